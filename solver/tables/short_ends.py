"""Energy over a boundary for any lengths of the tiles below it, short last tiles included.

It falls into two factors: what moving every different tile once costs, which the lengths along the
relevant dimensions decide, and how often each is visited, which those along the others do, through
their number of steps alone. The first is a sum over full and short tiles along each dimension,
elementwise over arrays of lengths; so a table of all lengths, also of those that divide nothing,
takes as many terms as there are combinations of full and short.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from zigzag_imc.core.layer import OPERANDS, OUTPUTS
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.energy import precharge_reads
from zigzag_imc.models.movement.tiles import window_positions
from zigzag_imc.models.movement.traffic import Access, output_bits, words
from zigzag_imc.models.movement.words import Amount, ceil_div
from zigzag_imc.solver.tables.lattice import Array

Lengths = Mapping[str, Amount]
"""Length of the full tile along every layer dimension: numbers, or arrays that broadcast."""


class ShortEndEnergy:
    """Energies of one layer under one spatial mapping, for tiles of any lengths.

    Notes
    -----
    Lengths are those after irrelevant loops have sunk below the cut: a dimension whose loops are
    all below has ``T_d``.
    """

    def __init__(self, model: CostModel, spatial: SpatialMapping) -> None:
        self._model, self._layer = model, model.layer
        self._laid = model.spread(spatial)
        self.sizes: Mapping[str, int] = self._laid.temporal

    def over(self, index: int, a: int, lengths: Lengths) -> Amount:
        """Energy in pJ of all that crosses boundary ``a`` of one operand."""
        boundary = self._model.boundaries[OPERANDS[index]][a]
        visits = self.visits(index, lengths)
        if index != OUTPUTS:
            bits = self._layer.precision.bits(OPERANDS[index])
            return visits * self.once(index, a, boundary.down, bits, lengths)
        partial = (visits > 1) | self._laid.operands[OUTPUTS].reduced_above[a]
        bits = output_bits(self._layer, partial)
        back = self._model.readbacks(visits, 1) * partial
        return visits * self.once(index, a, boundary.up, bits, lengths) + back * self.once(
            index, a, boundary.down, bits, lengths
        )

    def visits(self, index: int, lengths: Lengths) -> Amount:
        """How often every tile of an operand crosses: the steps of the irrelevant dimensions."""
        idle = self._layer.idle_dims(OPERANDS[index])
        return math.prod([ceil_div(self.sizes[dim], lengths[dim]) for dim in idle])

    def once(
        self, index: int, a: int, accesses: Sequence[Access], bits: Amount, lengths: Lengths
    ) -> Amount:
        """Energy in pJ of some accesses if every different tile crossed a boundary once.

        ``bits`` are those of one element; only lengths along relevant dimensions count.
        """
        of, profile = self._laid.operands[index], self._model.profile
        total: Amount = 0.0
        for tile, times in self.kinds(index, lengths):
            elements = self._elements(index, a, tile)
            for access in accesses:
                if access.energy_pj:
                    carried = access.amount(elements, of.fan_average[a]) * bits
                    instances = of.instances[a + access.upper]
                    counted = words(access.port, carried, times, instances, profile)
                    total = total + counted * access.energy_pj
        return total

    def precharge_pj(self, lengths: Lengths) -> Amount:
        """Local precharge where weights rest at the array for tiles of some lengths.

        Only of profiles that count it once per stationary period.
        """
        unit_pj = self._model.macro.precharge_pj
        steps = [ceil_div(size, lengths[dim]) for dim, size in self.sizes.items()]
        period = self._laid.steps / math.prod(steps)
        return unit_pj * precharge_reads(self._layer.macs, period, 1, self._model.profile)

    def energy_pj(self, lowest: Lengths, cuts: Sequence[Sequence[Lengths]]) -> Amount:
        """Energy of whole mappings.

        Parameters
        ----------
        lowest
            Lengths for which the weights rest at the array.
        cuts
            Per operand, the lengths at every boundary.
        """
        total = self._laid.fixed_pj + self.precharge_pj(lowest)
        for index, of_operand in enumerate(cuts):
            for a, lengths in enumerate(of_operand):
                total = total + self.over(index, a, lengths)
        return total

    def kinds(self, index: int, lengths: Lengths) -> Iterator[tuple[Lengths, Amount]]:
        """Full and short tiles in all combinations, with the number of each; zero where none is."""
        dims = sorted(self._layer.relevant(OPERANDS[index]) & self.sizes.keys())
        along = []
        for dim in dims:
            size, full = self.sizes[dim], lengths[dim]
            if np.all(size % full == 0):
                along.append([(full, size // full)])
            else:
                short = size % full
                along.append([(full, size // full), (short, np.minimum(short, 1))])
        for chosen in itertools.product(*along):
            tile = {dim: length for dim, (length, _) in zip(dims, chosen, strict=True)}
            yield tile, math.prod([number for _, number in chosen])

    def _elements(self, index: int, a: int, tile: Lengths) -> Amount:
        """Elements of a tile on average over the instances."""
        of = self._laid.operands[index]
        if a == 0:  # a single element
            return of.average[0]
        operand = OPERANDS[index]
        windows = self._layer.windows_of(operand)
        spans = [tile.get(dim, 1) for w in windows for dim in (w.output_dim, w.filter_dim)]
        rounded = self._model.profile.rounded_averages
        phantom = self._model.profile.phantom_dilation
        plain = math.prod([tile[dim] for dim in self._layer.plain_dims(operand)])
        positions = window_positions(windows, of.window_average[a], spans, phantom, rounded)
        elements = of.average[a] * plain * positions
        return np.rint(elements) if rounded else elements


def least_by_steps(table: Array, sizes: Sequence[int]) -> Array:
    """Least entry of a table over all lengths that make equally many steps.

    Lengths with equal numbers of steps are neighbours, so each number has one range of them. What
    is left is no more than any of them costs, and has some ``2 sqrt(T)`` entries along a dimension
    in place of ``T``.

    Parameters
    ----------
    table
        An entry for each length from one to the size along every dimension.
    sizes
        The sizes.

    Returns
    -------
    Array
        An entry for each number of steps that occurs, the largest number first.
    """
    least = table
    for axis, size in enumerate(sizes):
        least = np.minimum.reduceat(least, [low - 1 for low in first_lengths(size)], axis=axis)
    return least


def first_lengths(size: int) -> list[int]:
    """Shortest length of each number of steps: ``ceil(size / n)``, by falling number ``n``."""
    found = [1]
    while found[-1] < size:
        steps = ceil_div(size, found[-1])
        found.append(ceil_div(size, steps - 1))
    return found

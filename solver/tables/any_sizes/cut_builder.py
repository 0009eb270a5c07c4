"""Builds the cuts of a spatial mapping for tiles of any lengths: energies, and room."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial

import numpy as np

from zigzag_imc.core.layer import OPERANDS, OUTPUTS, WEIGHTS
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.energy import precharge_reads
from zigzag_imc.models.movement.room import TileRoom, tile_rooms
from zigzag_imc.models.movement.traffic import output_bits
from zigzag_imc.solver.tables.any_sizes.amount import Amount
from zigzag_imc.solver.tables.any_sizes.any_cut import AnyCut
from zigzag_imc.solver.tables.any_sizes.step_lattice import Numbers, StepLattice
from zigzag_imc.solver.tables.any_sizes.terms import Term
from zigzag_imc.solver.tables.cut import AT_ARRAY
from zigzag_imc.solver.tables.lattice import Array
from zigzag_imc.solver.tables.short_ends import ShortEndEnergy

Lengths = Mapping[str, Array]


class CutBuilder:
    """Builds the cuts of one spatial mapping.

    Parameters
    ----------
    costs
        Exact cost model of the layer.
    spatial
        The spatial mapping.

    Attributes
    ----------
    lattice
        Classes of tiles.
    laid
        How the spatial mapping spreads the layer.
    """

    def __init__(self, costs: CostModel, spatial: SpatialMapping) -> None:
        self.costs, self.layer = costs, costs.layer
        self.laid = costs.spread(spatial)
        self.lattice = StepLattice(tuple(self.laid.temporal.items()))
        self._energies = ShortEndEnergy(costs, spatial)
        self._rooms = [
            tile_rooms(costs.layer, costs.accelerator, operand, spatial) for operand in OPERANDS
        ]

    # ------------------------------------------------------------------ what no cut changes
    @property
    def fixed_pj(self) -> float:
        """Energy of the array, and of outputs that leave it at every activation."""
        ones = dict.fromkeys(self.laid.temporal, 1)
        fixed: float = self.laid.fixed_pj + self._energies.over(OUTPUTS, 0, ones)
        return fixed

    def fixed_bits(self) -> list[int]:
        """Per memory, bits of the operands whose top level it is; what is kept has room aside."""
        bits = [0] * len(self.costs.accelerator.memories)
        for index, operand in enumerate(OPERANDS):
            top = self._rooms[index][-1]
            if top.set_aside:
                continue
            held = self._elements(index, top, self.laid.temporal)
            bits[self.costs.accelerator.levels[operand][-1]] += int(
                held * self._element_bits(index, top.reduced_outside)
            )
        return bits

    # ------------------------------------------------------------------ cuts
    def cut(self, index: int, a: int) -> AnyCut:
        """Build boundary ``a`` of one operand."""
        operand, lattice = OPERANDS[index], self.lattice
        relevant = frozenset(dim for dim in lattice.dims if dim in self.layer.relevant(operand))
        lengths = {
            dim: self._fitting(index, a, dim) if dim in relevant else lattice.first[dim]
            for dim in lattice.dims
        }
        memory = self.costs.accelerator.levels[operand][a - 1] if a else AT_ARRAY
        along = self.along(lengths)
        return AnyCut(
            operand=index,
            boundaries=(a,),
            memory=memory,
            lattice=lattice,
            lengths=lengths,
            relevant=relevant,
            energy=Amount.later(partial(self._energy, index, a, along)),
            bits=self._bits(index, a, along),
        )

    def along(self, lengths: Mapping[str, Numbers]) -> dict[str, Array]:
        """Put the lengths of every dimension along its axis; one where there is a single step."""
        one = np.ones((1,) * len(self.lattice.shape), dtype=np.int64)
        return {
            dim: self.lattice.along(dim, lengths[dim]) if dim in lengths else one
            for dim in self.laid.temporal
        }

    def _fitting(self, index: int, a: int, dim: str) -> Numbers:
        """Lengths along a dimension that fit into the memory below if all others were one.

        What rests at the array is one element. The room of a tile rises with its lengths.
        """
        if a == 0:
            return np.ones(1, dtype=np.int64)
        room = self._rooms[index][a - 1]
        most = self.costs.accelerator.memory(OPERANDS[index], a - 1).size_bits
        bits = self._least_element_bits(index, room)
        low, high = 1, self.lattice.sizes[dim]
        while low < high:
            length = (low + high + 1) // 2
            fits = self._elements(index, room, {dim: length}) * bits <= most
            low, high = (length, high) if fits else (low, length - 1)
        return np.arange(1, low + 1)

    # ------------------------------------------------------------------ energy
    def _energy(self, index: int, a: int, lengths: Lengths) -> Amount:
        """Energy of all transfers over a boundary."""
        boundary, once = self.costs.boundaries[OPERANDS[index]][a], self._energies.once
        visits = np.asarray(self._energies.visits(index, lengths), dtype=np.float64)
        if index != OUTPUTS:
            bits = self.layer.precision.bits(OPERANDS[index])
            moved = Term(visits, as_array(once(index, a, boundary.down, bits, lengths), lengths))
            return Amount.of([moved, *self._precharge(index, a, lengths)])
        partial = (visits > 1) | self.laid.operands[OUTPUTS].reduced_above[a]
        final_bits, partial_bits = (output_bits(self.layer, kind) for kind in (0, 1))
        back = np.asarray(self.costs.readbacks(visits, 1), dtype=np.float64)
        return Amount.of(
            (
                Term(
                    visits * ~partial,
                    as_array(once(index, a, boundary.up, final_bits, lengths), lengths),
                ),
                Term(
                    visits * partial,
                    as_array(once(index, a, boundary.up, partial_bits, lengths), lengths),
                ),
                Term(
                    back * partial,
                    as_array(once(index, a, boundary.down, partial_bits, lengths), lengths),
                ),
            )
        )

    def _precharge(self, index: int, a: int, lengths: Lengths) -> list[Term]:
        """Local precharge for weights that rest at the cells, at most.

        Profiles that divide it by the length of what rests, too, take the longest of every class.
        """
        unit_pj = self.costs.macro.precharge_pj
        if (index, a) != (WEIGHTS, 0) or not unit_pj:
            return []
        lattice = self.lattice
        idle = [dim for dim in lattice.dims if dim not in self.layer.relevant(OPERANDS[index])]
        period = math.prod(
            [lattice.sizes[dim] / lattice.along(dim, lattice.rounds(dim)) for dim in idle]
        )
        resting = math.prod([lattice.along(dim, lattice.last[dim]) for dim in idle])
        reads = precharge_reads(self.layer.macs, period, resting, self.costs.profile)
        return [Term(as_array(unit_pj * reads, lengths), as_array(1.0, lengths))]

    # ------------------------------------------------------------------ room
    def _bits(self, index: int, a: int, lengths: Lengths) -> Amount:
        """Bits of the full tile in the memory below."""
        if a == 0:
            return Amount.of()
        room = self._rooms[index][a - 1]
        elements = as_array(self._elements(index, room, lengths), lengths)
        visits = np.asarray(self._energies.visits(index, lengths))
        bits = self._element_bits(index, (visits > 1) | room.reduced_outside)
        if not room.doubled:
            return Amount.of([Term(as_array(bits, lengths), elements)])
        whole = float(elements.flat[-1]) * float(np.asarray(bits).flat[-1])
        return Amount.of([Term(2.0 * as_array(bits, lengths), elements)], whole)

    def _element_bits(self, index: int, partial: Array | bool) -> Array | int:
        """Bits of one element."""
        if index != OUTPUTS:
            return self.layer.precision.bits(OPERANDS[index])
        bits: Array | int = output_bits(self.layer, partial)
        return bits

    def _least_element_bits(self, index: int, room: TileRoom) -> int:
        """Bits of one element at least."""
        kinds = (True,) if room.reduced_outside else (False, True)
        return min(int(self._element_bits(index, kind)) for kind in kinds)

    def _elements(self, index: int, room: TileRoom, lengths: Mapping[str, Array | int]) -> Array:
        """Elements of a full tile, whole unrollings counted."""
        operand = OPERANDS[index]
        plain = math.prod([lengths.get(dim, 1) for dim in self.layer.plain_dims(operand)])
        windows = self.layer.windows_of(operand)
        spans = [lengths.get(dim, 1) for w in windows for dim in (w.output_dim, w.filter_dim)]
        elements: Array = room.inside.elements(plain, spans)
        return elements


def as_array(values: Array | float, lengths: Lengths) -> Array:
    """Values in an array with as many axes as there are."""
    axes = next(iter(lengths.values())).ndim
    found = np.asarray(values, dtype=np.float64)
    return found if found.ndim == axes else found.reshape((1,) * axes)

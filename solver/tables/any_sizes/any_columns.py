"""All cuts of one spatial mapping for tiles of any lengths, and their classes as columns.

The columns over classes are bounds of all mappings: what a class costs is what the best of its
tiles costs, each amount by itself. So the dynamic programs over chains, which know nothing of
lengths, bound energy and latency among tiles of any lengths as they do among divisors.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.tables.amounts import Amounts
from zigzag_imc.solver.tables.any_sizes.amount import Amount
from zigzag_imc.solver.tables.any_sizes.any_cut import AnyCut
from zigzag_imc.solver.tables.any_sizes.cut_builder import CutBuilder
from zigzag_imc.solver.tables.any_sizes.lazily import Lazily
from zigzag_imc.solver.tables.any_sizes.permitted import passing_classes, permitted
from zigzag_imc.solver.tables.any_sizes.port_terms import PortTerms
from zigzag_imc.solver.tables.crossings import Crossings
from zigzag_imc.solver.tables.cut import (
    Cut,
    PerCut,
    PortKey,
    SpatialColumns,
    bandwidths_of,
    per_cut,
    summed,
)
from zigzag_imc.solver.tables.lattice import TileLattice
from zigzag_imc.solver.tables.layout import Layout
from zigzag_imc.solver.tables.port_uses import fixed_loads

_LOWEST_CUTS = (0, 0, 1)
"""Per operand, its lowest boundary that is a cut; outputs leave the array at every activation."""


@dataclass(frozen=True, eq=False)
class AnyColumns:
    """One spatial mapping.

    Attributes
    ----------
    cuts
        Per operand, its cuts from the lowest.
    timed
        What is known of classes of tiles but their energies: zero where tiles are allowed.
    most_bits
        Per cut, bits that a tile takes in its memory at most, beside the least of all others.
    """

    cuts: PerCut[AnyCut]
    timed: SpatialColumns
    most_bits: PerCut[float]

    @cached_property
    def classes(self) -> SpatialColumns:
        """What is known of classes of tiles; their energies take as long as all others."""
        return replace(self.timed, cuts=per_cut(AnyCut.with_energy, self.cuts, self.timed.cuts))

    @property
    def lattice(self) -> TileLattice:
        """Classes of tiles."""
        return self.timed.lattice


class AnyColumnBuilder:
    """Builds the columns of one layer's spatial mappings.

    Parameters
    ----------
    costs
        Exact cost model of the layer.
    with_latency
        Whether the latency takes part.
    constraints
        What mappings have to keep.
    """

    def __init__(self, costs: CostModel, with_latency: bool, constraints: Constraints = ()) -> None:
        self._costs, self._with_latency, self._constraints = costs, with_latency, constraints
        self._crossings = Crossings(costs, Amounts(costs))
        self._bandwidths = bandwidths_of(costs.accelerator)
        self._sizes_bits = [memory.size_bits for memory in costs.accelerator.memories]

    def build(self, spatial: SpatialMapping) -> SpatialColumns:
        """Work out the columns over classes of one spatial mapping."""
        return self.fine(spatial).classes

    def fine(self, spatial: SpatialMapping) -> AnyColumns:
        """Work out the cuts of one spatial mapping."""
        builder = CutBuilder(self._costs, spatial)
        ports = PortTerms(self._costs, spatial, builder) if self._with_latency else None
        cuts = tuple(self._cuts_of(builder, ports, index) for index in range(len(OPERANDS)))
        cuts = tuple(tuple(permitted(self._costs, spatial, self._constraints, own)) for own in cuts)
        fixed_bits = builder.fixed_bits()
        in_order = partial(passing_classes, self._constraints, builder.lattice)
        classes = per_cut(in_order, per_cut(AnyCut.timed_cut, cuts))
        most_bits = self._most_bits(classes, fixed_bits)
        array = self._costs.accelerator.array
        loads = dict[str, dict[PortKey, float]](self._fixed_loads(spatial))
        columns = SpatialColumns(
            spatial=spatial,
            laid=builder.laid,
            lattice=builder.lattice,
            cuts=per_cut(_within, classes, most_bits),
            fixed_energy_pj=builder.fixed_pj,
            fixed_busy=loads["busy"],
            fixed_stuck=loads["stuck"],
            fixed_bits=tuple(fixed_bits),
            compute_cycles=builder.laid.steps * array.cycles_per_activation,
            bandwidths=self._bandwidths,
            fits=all(map(operator.le, fixed_bits, self._sizes_bits)),
        )
        return AnyColumns(cuts, columns, most_bits)

    def _cuts_of(
        self, builder: CutBuilder, ports: PortTerms | None, index: int
    ) -> tuple[AnyCut, ...]:
        """Cuts of one operand, lowest first."""
        boundaries = range(
            _LOWEST_CUTS[index], len(self._costs.accelerator.levels[OPERANDS[index]])
        )
        cuts = [builder.cut(index, a) for a in boundaries]
        if ports is not None:
            cuts = list(map(ports.add_to, cuts))
        return tuple(_merged(cuts))

    def _fixed_loads(self, spatial: SpatialMapping) -> Iterator[tuple[str, dict[PortKey, float]]]:
        """Loads of the ports that no cut changes: outputs leaving the array."""
        found = []
        if self._with_latency and self._costs.profile.ports_stall:
            layout = Layout.of(self._costs, spatial)
            traffic = self._crossings.of_every_activation(layout)
            rate = self._costs.accelerator.array.cycles_per_activation
            found = list(fixed_loads(layout, traffic, rate))
        yield "busy", summed((load.key, load.busy) for load in found)
        yield "stuck", summed((load.key, load.stuck) for load in found)

    def _most_bits(self, classes: PerCut[Cut], fixed_bits: Sequence[int]) -> PerCut[float]:
        """Bits of a tile at most: those that the least of all other cuts leave."""
        left = list(map(operator.sub, map(float, self._sizes_bits), fixed_bits))
        for cuts in classes:
            for cut in cuts:
                if not cut.is_at_array:
                    left[cut.memory] -= cut.least_bits

        def most(cut: Cut) -> float:
            return np.inf if cut.is_at_array else left[cut.memory] + cut.least_bits

        return per_cut(most, classes)


def _within(cut: Cut, most_bits: float) -> Cut:
    """Return classes of which none overflows the memory."""
    return replace(cut, energy_pj=np.where(cut.bits > most_bits, np.inf, cut.energy_pj))


def _merged(cuts: list[AnyCut]) -> list[AnyCut]:
    """Join the two lowest cuts of an input whose lowest memory holds one element.

    All that lies below either is irrelevant loops, which rest at both: they coincide.
    """
    if len(cuts) < 2 or not cuts[0].is_at_array:
        return cuts
    array, first, *higher = cuts
    if any(len(first.lengths[dim]) > 1 for dim in first.relevant):
        return cuts
    joined = replace(
        first,
        boundaries=(0, 1),
        energy=first.energy.plus(array.energy),
        busy=_added(first.busy, array.busy),
        stuck=_added(first.stuck, array.stuck),
    )
    return [joined, *higher]


def _added(
    one: Mapping[PortKey, Amount], other: Mapping[PortKey, Amount]
) -> Mapping[PortKey, Amount]:
    """Add up what two cuts take of every port."""

    def of(key: PortKey) -> Amount:
        if key in one and key in other:
            return one[key].plus(other[key])
        return one[key] if key in one else other[key]

    return Lazily({key: partial(of, key) for key in dict.fromkeys((*one, *other))})

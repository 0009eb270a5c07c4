"""What every tile at every memory cut contributes to cost and capacity, for one spatial mapping.

Given the spatial mapping, each cost term of the exact model belongs to one boundary of one operand
and depends only on the tile below it. So the energy of a mapping is a sum with one term per cut,
and so are the loads of every memory port, the on- and offloading, and the bits held in every
memory. A `Cut` has these terms for all tiles at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.movement.spread import Spread
from zigzag_imc.solver.tables.chains import Chain
from zigzag_imc.solver.tables.lattice import Array, TileLattice

T = TypeVar("T")

PerCut = tuple[tuple[T, ...], ...]
"""Something of every cut of a spatial mapping: per operand, from the lowest cut."""

PortKey = tuple[int, int]
"""Memory index and port index; port -1 of the cells is their row-by-row write port."""

ROW_PORT = -1

AT_ARRAY = -1
"""In the place of a memory: what lies below the cut rests at the array itself."""

_Amount = TypeVar("_Amount", Array, float)


@dataclass(frozen=True, slots=True)
class Cut:
    """One memory cut of one operand, with a value per tile of the lattice.

    Attributes
    ----------
    operand
        Operand index.
    boundaries
        Boundaries of the operand that lie at this cut; two where they always coincide.
    memory
        Index of the memory below the cut, whose capacity the tile takes; `AT_ARRAY` where
        there is none.
    energy_pj
        Energy of all transfers over the cut; infinite where the tile is not allowed here.
    bits
        Bits that the tile takes in the memory.
    busy
        Per port, cycles of transfer after the first period.
    stuck
        Per port, the part of ``busy`` that its own window surely cannot hide.
    link_of
        Works out ``link``; that of cuts of which no bound asks is never worked out.
    loads
        Per port, cycles of the on- or offloading whether exposed or not.
    passing
        Per port, cycles of all transfers of these loads, once or several times.
    taken
        Per port, bits per cycle that periodic loads take from the loads made once.
    activities
        Per port, transfers after the first period and the cycles of each: what ``busy`` is made of.
    need, least_need
        Bits that a second tile takes beside the first one, where the loop below the cut is
        irrelevant, and at least.
    """

    operand: int
    boundaries: tuple[int, ...]
    memory: int
    energy_pj: Array
    bits: Array
    busy: Mapping[PortKey, Array] = field(default_factory=dict)
    stuck: Mapping[PortKey, Array] = field(default_factory=dict)
    link_of: Callable[[], Array | float] = float
    loads: Mapping[PortKey, Array] = field(default_factory=dict)
    passing: Mapping[PortKey, Array] = field(default_factory=dict)
    taken: Mapping[PortKey, Array] = field(default_factory=dict)
    activities: Mapping[PortKey, Sequence[tuple[Array, Array]]] = field(default_factory=dict)
    need: Array | None = None
    least_need: Array | None = None

    @property
    def link(self) -> Array | float:
        """Cycles of the on- or offloading over the cut that are surely exposed."""
        return self.link_of()

    @property
    def place(self) -> tuple[int, int]:
        """Operand and uppermost boundary: what tells the cuts of a mapping apart."""
        return self.operand, self.boundaries[-1]

    @property
    def is_at_array(self) -> bool:
        """Whether there is no memory below, but the array itself."""
        return self.memory < 0

    def most(self, loads: Mapping[PortKey, Array], port: PortKey) -> float:
        """Largest load of a port by any tile that is allowed here; zero where there is none."""
        if port not in loads:
            return 0.0
        allowed = np.isfinite(self.energy_pj)
        return float(loads[port][allowed].max(initial=0.0))

    @property
    def least_bits(self) -> float:
        """Bits of the smallest tile."""
        return float(self.bits.min())


@dataclass(frozen=True)
class SpatialColumns:
    """All cuts of one spatial mapping, and the cost terms that no cut changes.

    ``cuts`` are grouped by operand, lowest first; ``fixed_bits`` per memory are what its operands
    hold for which it is the top level. ``fits`` is false where those alone overflow a memory.

    Attributes
    ----------
    spatial, laid
        The spatial mapping, and how it spreads the layer.
    lattice
        All tiles that it leaves for time.
    cuts
        Per operand, its cuts from the lowest.
    fixed_energy_pj
        Energy that no cut changes.
    fixed_busy, fixed_stuck
        Per port, cycles as in `Cut` that no cut changes.
    fixed_bits
        Per memory, bits of the operands whose top level it is.
    compute_cycles
        Clock cycles of computing.
    bandwidths
        Bits per cycle of every port.
    fits
        Whether the fixed bits fit.
    """

    spatial: SpatialMapping
    laid: Spread
    lattice: TileLattice
    cuts: tuple[tuple[Cut, ...], ...]
    fixed_energy_pj: float
    fixed_busy: Mapping[PortKey, float]
    fixed_stuck: Mapping[PortKey, float]
    fixed_bits: tuple[int, ...]
    compute_cycles: float
    bandwidths: Mapping[PortKey, int]
    fits: bool

    @property
    def all_cuts(self) -> tuple[Cut, ...]:
        """Cuts of all operands."""
        return tuple(cut for cuts in self.cuts for cut in cuts)

    @property
    def memory_cuts(self) -> tuple[Cut, ...]:
        """Cuts of all operands above a memory, whose capacity tiles take."""
        return tuple(cut for cut in self.all_cuts if not cut.is_at_array)

    @property
    def least_held_bits(self) -> tuple[int, ...]:
        """Per memory, bits that the smallest tiles of all operands take there."""
        held = list(self.fixed_bits)
        for cut in self.memory_cuts:
            held[cut.memory] += int(cut.least_bits)
        return tuple(held)

    def per_cut(self, function: Callable[[Cut], T]) -> PerCut[T]:
        """Work out something of every cut."""
        return per_cut(function, self.cuts)

    def tiles_of(self, chain: Chain) -> Iterator[tuple[Cut, tuple[int, ...]]]:
        """Yield the cuts of a chain, lowest first, with the index of the tile at each."""
        for (operand, rank), index in chain.tiles:
            yield self.cuts[operand][rank], index


def per_cut(function: Callable[..., T], *values: Sequence[Sequence[Any]]) -> PerCut[T]:
    """Work out something of every cut from one or several things that are known of each."""
    return tuple(tuple(map(function, *rows)) for rows in zip(*values, strict=True))


def ports_of(columns: SpatialColumns) -> Mapping[PortKey, None]:
    """Ports with any load in the columns, in a fixed order."""
    keys = {key for cut in columns.all_cuts for key in (*cut.busy, *cut.stuck)}
    return dict.fromkeys(sorted(keys | set(columns.fixed_busy) | set(columns.fixed_stuck)))


def bandwidths_of(accelerator: Accelerator) -> dict[PortKey, int]:
    """Bits per cycle of every port of the memories."""
    return {
        (number, place): port.bandwidth_max
        for number, memory in enumerate(accelerator.memories)
        for place, port in enumerate(memory.ports)
    }


def summed(parts: Iterable[tuple[PortKey, _Amount]]) -> dict[PortKey, _Amount]:
    """Add up what different parts are for one port."""
    total: dict[PortKey, _Amount] = {}
    for key, amount in parts:
        total[key] = total[key] + amount if key in total else amount
    return total

"""The data of the CP-SAT model: what is left to decide after presolve.

A `Candidate` is one tile at one cut of one spatial mapping: where it lies, what it costs, how it
loads the ports, and what room it takes. A `Problem` has all that are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.formulation.ranges import scale_for
from zigzag_imc.solver.formulation.scaling import Scale
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey, SpatialColumns
from zigzag_imc.solver.tables.links import link_kinds

Axis = tuple[str, int]
"""Dimension and prime of one exponent of a tile."""

TileKey = tuple[int, CutPlace, tuple[int, ...]]
"""Number of the spatial mapping, cut and lattice index: what tells candidates apart."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a candidate tile lies.

    Attributes
    ----------
    option
        Number of its spatial mapping.
    place
        Its cut: operand index and (uppermost) boundary.
    index
        Index in the lattice of tiles: the exponent of every prime, axis by axis.
    powers
        The same by (dimension, prime), without those that are zero.
    steps
        Iterations of all loops below the cut.
    """

    option: int
    place: CutPlace
    index: tuple[int, ...]
    powers: Mapping[Axis, int]
    steps: int

    @property
    def operand(self) -> int:
        """Index of the operand that is cut."""
        return self.place[0]


@dataclass(frozen=True, slots=True)
class PortLoads:
    """How the transfers over a cut load the memory ports.

    Attributes
    ----------
    busy
        Cycles of transfer after the first period, per port.
    stuck
        The part of ``busy`` that its own window surely cannot hide, per port.
    activities
        Transfers after the first period and the cycles of each, per port: what ``busy`` is made of.
    once
        Cycles of the on- or offloading whether exposed or not, per port.
    exposed
        Cycles of the on- or offloading that are surely exposed.
    taken
        Bits per cycle that periodic loads take from those made once, per port.
    """

    busy: Mapping[PortKey, float]
    stuck: Mapping[PortKey, float]
    activities: Mapping[PortKey, tuple[tuple[float, float], ...]]
    once: Mapping[PortKey, float]
    exposed: float
    taken: Mapping[PortKey, int]

    @property
    def longest_once(self) -> float:
        """Cycles of the on- or offloading on the port that it keeps longest."""
        return max([self.exposed, *self.once.values()])

    @property
    def longest_periodic(self) -> float:
        """Cycles for which the periodic transfers keep any port, at most."""
        return max([0.0, *self.busy.values(), *self.stuck.values()])


@dataclass(frozen=True, slots=True)
class Room:
    """What a candidate tile takes in the memory below its cut.

    Attributes
    ----------
    memory
        Index of the memory; -1 at the array.
    bits
        Bits that the tile takes.
    need
        Bits that a second tile takes where the loop below the cut is irrelevant.
    least_need
        Bits that a second tile takes at least.
    """

    memory: int
    bits: int
    need: int = 0
    least_need: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """One tile at one cut of one spatial mapping, which may be part of an optimal mapping.

    Attributes
    ----------
    at
        Where it lies.
    energy_pj
        Energy of all transfers over the cut, in pJ.
    ports
        How these load the memory ports.
    room
        What it takes in the memory below.
    """

    at: Where
    energy_pj: float
    ports: PortLoads
    room: Room

    @property
    def key(self) -> TileKey:
        """What tells it apart from all others of a search."""
        return self.at.option, self.at.place, self.at.index

    def of_option(self, number: int) -> Candidate:
        """Return the same candidate with another number of its spatial mapping."""
        return replace(self, at=replace(self.at, option=number))


@dataclass(frozen=True)
class Problem:
    """Spatial mappings, the tiles of each, and what is minimised.

    Attributes
    ----------
    accelerator
        Its memories limit the tiles.
    spatials
        Cost tables of the spatial mappings that are left.
    candidates
        Tiles that are left; ``at.option`` is a place in ``spatials``.
    goal
        What is minimised, within which limits.
    scale
        Units of the model.
    relevant
        Relevant dimensions per operand.
    link_kinds
        How the onloading over each input cut combines with the rest: ``shared``, ``private`` or
        ``hidden`` (behind an outer one).
    """

    accelerator: Accelerator
    spatials: tuple[SpatialColumns, ...]
    candidates: tuple[Candidate, ...]
    goal: Goal
    scale: Scale
    relevant: tuple[frozenset[str], ...]
    link_kinds: Mapping[CutPlace, str]

    @classmethod
    def of(
        cls,
        costs: CostModel,
        goal: Goal,
        spatials: Sequence[SpatialColumns],
        candidates: Iterable[Candidate],
        most_value: float,
    ) -> Problem:
        """Build from the candidates of some spatial mappings; those without any are left out.

        Parameters
        ----------
        costs
            Cost model of the layer.
        goal
            What is minimised.
        spatials, candidates
            Cost tables, and tiles whose ``at.option`` is a place among them.
        most_value
            Objective above which nothing is of interest.
        """
        candidates = tuple(candidates)
        used = sorted({candidate.at.option for candidate in candidates})
        number_of = {option: number for number, option in enumerate(used)}
        left = tuple(spatials[option] for option in used)
        return cls(
            accelerator=costs.accelerator,
            spatials=left,
            candidates=tuple(tile.of_option(number_of[tile.at.option]) for tile in candidates),
            goal=goal,
            scale=scale_for(goal, left, candidates, most_value),
            relevant=tuple(costs.layer.relevant(operand) for operand in OPERANDS),
            link_kinds=link_kinds(costs),
        )

    @cached_property
    def by_place(self) -> dict[CutPlace, list[int]]:
        """Numbers of the candidates at every cut, in the order of the cuts."""
        found: dict[CutPlace, list[int]] = {}
        for number, candidate in enumerate(self.candidates):
            found.setdefault(candidate.at.place, []).append(number)
        return dict(sorted(found.items()))

    def in_memory(self, memory: int) -> list[int]:
        """Numbers of the candidates that take room in a memory."""
        return [number for number, tile in enumerate(self.candidates) if tile.room.memory == memory]

    def size_bits(self, memory: int) -> int:
        """Capacity of a memory in bits."""
        return self.accelerator.memories[memory].size_bits

    def bandwidth(self, key: PortKey) -> int:
        """Bits per cycle of a port."""
        return self.accelerator.memories[key[0]].ports[key[1]].bandwidth_max

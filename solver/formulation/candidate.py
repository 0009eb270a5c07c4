"""Candidates: the tiles among which the CP-SAT model chooses.

A `Candidate` is one tile at one cut of one spatial mapping: where it lies, what it costs, how it
loads the ports, and what room it takes. Where tiles may have any lengths, it may be a *bundle* of
them: then every amount is the least that any of them has, unless something else is said.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey
from zigzag_imc.solver.tables.lattice import Array

_ROUNDING = 1 - 1e-12
"""Windows are whole numbers of cycles, which are met from below."""

Axis = tuple[str, int]
"""Dimension and prime of one exponent of a tile."""


class Activity(NamedTuple):
    """Equal transfers; of a bundle, a number for every tile.

    Attributes
    ----------
    transfers
        How many there are.
    busy
        Cycles of each.
    share
        How long the window of each is, relative to that of a full tile.
    """

    transfers: Array | float
    busy: Array | float
    share: Array | float = 1.0

    def unhidden(self, window: Array | int, transfers: Array | float | None = None) -> Array:
        """Cycles that windows cannot hide, of which that of a full tile is so long.

        Of all transfers, or of so many.
        """
        own = np.ceil(window * self.share * _ROUNDING)
        number = self.transfers if transfers is None else transfers
        cycles: Array = number * np.maximum(0.0, self.busy - own)
        return cycles


class Points(NamedTuple):
    """An amount of a bundle, by the length along one dimension: the least of its tiles so long.

    Attributes
    ----------
    lengths, amounts
        The lengths that it has, by rising length, and the amount of each.
    """

    lengths: tuple[int, ...]
    amounts: tuple[float, ...]


ByLength = Mapping[str, Points]
"""Points of an amount, for the dimensions along which a bundle has several lengths."""


def most_of(least: float, by_length: ByLength) -> float:
    """Return the most that is said of an amount: of a bundle, at any of its lengths."""
    return max([least, *(max(points.amounts) for points in by_length.values())])


class Plane(NamedTuple):
    """A plane below an amount of all tiles of a bundle, over its lengths.

    Attributes
    ----------
    origin
        What it is at some corner of the bundle.
    slopes
        By dimension, the length there, and by how much the plane rises with every step from there.
    """

    origin: int
    slopes: Mapping[str, tuple[int, int]]


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
        Iterations of all loops below the cut; of a bundle at most.
    lengths
        Where tiles may have any lengths: by dimension, those that it may have, by rising length.
    held_steps
        There, for every tile of a bundle, the product of those that are relevant to its operand.
    """

    option: int
    place: CutPlace
    index: tuple[int, ...]
    powers: Mapping[Axis, int]
    steps: int
    lengths: Mapping[str, Sequence[int]] = field(default_factory=dict)
    held_steps: Array | int = 1

    def least_steps(self, beside: Collection[str] = ()) -> int:
        """Steps at least, where tiles may have any lengths, but for those of some dimensions."""
        return math.prod([own[0] for dim, own in self.lengths.items() if dim not in beside])

    @property
    def operand(self) -> int:
        """Index of the operand that is cut."""
        return self.place[0]

    def lies_inside(self, other: Where) -> bool:
        """Whether the tile divides another, larger one of the same lattice."""
        return self.steps < other.steps and all(map(operator.le, self.index, other.index))

    def powers_along(self, axes: Iterable[int]) -> list[int]:
        """Exponents along some axes of the lattice."""
        return [self.index[axis] for axis in axes]


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
    most_taken
        The most of a bundle, where that differs.
    exposed_by
        What is surely exposed of a bundle, by length.
    """

    busy: Mapping[PortKey, float]
    stuck: Mapping[PortKey, float]
    activities: Mapping[PortKey, Sequence[Activity]]
    once: Mapping[PortKey, float]
    exposed: float
    taken: Mapping[PortKey, int]
    most_taken: Mapping[PortKey, int] = field(default_factory=dict)
    exposed_by: ByLength = field(default_factory=dict)

    @property
    def longest_once(self) -> float:
        """Cycles of the on- or offloading on the port that it keeps longest.

        Of a bundle that is the least of its tiles, unless more is surely exposed at some length.
        """
        return max([most_of(self.exposed, self.exposed_by), *self.once.values()])

    @property
    def longest_periodic(self) -> float:
        """Cycles for which the periodic transfers keep any port, at most."""
        return max([0.0, *self.busy.values(), *self.stuck.values()])

    def lost_in(self, window: Array | int) -> dict[PortKey, float]:
        """Cycles that no window of some length hides, beyond those ``stuck`` anyway, per port.

        Of a bundle, the least of any tile, each in its own window.
        """
        return {
            key: float(np.min(sum(own.unhidden(window) for own in activities)))
            - self.stuck.get(key, 0.0)
            for key, activities in self.activities.items()
        }


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
    more_need
        How many bits more a second tile of a bundle takes than that of its least one, at most.
    need_of_step
        Where tiles may have any lengths, bits that a second tile takes for each of its steps along
        what indexes its operand alone: the least of all tiles at the cut.
    need_by, most_need_by
        Bits that a second tile of a bundle takes, at least and at most, by length.
    need_planes, most_need_planes
        Planes below the bits that it takes, and below their negative, where a bundle has several
        lengths along several dimensions.
    bits_by, bits_planes
        Bits that the tile itself takes, likewise.
    """

    memory: int
    bits: int
    need: int = 0
    least_need: int = 0
    more_need: int = 0
    need_of_step: Fraction = Fraction()
    need_by: ByLength = field(default_factory=dict)
    most_need_by: ByLength = field(default_factory=dict)
    need_planes: Sequence[Plane] = ()
    most_need_planes: Sequence[Plane] = ()
    bits_by: ByLength = field(default_factory=dict)
    bits_planes: Sequence[Plane] = ()

    @property
    def most_need(self) -> int:
        """Bits that a second tile takes at most."""
        return self.need + self.more_need


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
    energy_by
        Energy of a bundle, by length.
    """

    at: Where
    energy_pj: float
    ports: PortLoads
    room: Room
    energy_by: ByLength = field(default_factory=dict)

    @property
    def key(self) -> TileKey:
        """What tells it apart from all others of a search."""
        return self.at.option, self.at.place, self.at.index

    @property
    def most_energy_pj(self) -> float:
        """Energy that is said of it at most, in pJ."""
        return most_of(self.energy_pj, self.energy_by)

    def of_option(self, number: int) -> Candidate:
        """Return the same candidate with another number of its spatial mapping."""
        return replace(self, at=replace(self.at, option=number))

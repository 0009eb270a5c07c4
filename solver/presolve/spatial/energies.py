"""Bounds of the energy of spatial mappings: worked out at once, or when they are asked for.

Of tens of millions of spatial mappings they take much longer than bounds of the latency. Whoever
minimises the latency asks for those of a few at most: of mappings that are fast enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.budget import never
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.solver.presolve.spatial.rounding import number_for, rounded_down
from zigzag_imc.solver.tables.lattice import Array

ShouldStop = Callable[[], bool]
"""Whether there is no time left for something."""

Numbers = npt.NDArray[np.intp]
"""Numbers of spatial mappings in a list."""

InBlocks = Callable[[SpatialSpace, ShouldStop], Iterator[Array]]
"""Works out bounds (pJ) of spatial mappings block by block; the first ones whatever the time."""


@dataclass(frozen=True, slots=True)
class Stops:
    """When to end what is done before the search itself.

    Attributes
    ----------
    listing, bounding
        Of listing spatial mappings, and of bounding all of them.
    everything
        Of the whole search.
    """

    listing: ShouldStop = never
    bounding: ShouldStop = never
    everything: ShouldStop = never


NEVER = Stops()
"""Where there is all the time."""


class Energies(Protocol):
    """Lower bounds of the energy of spatial mappings, in pJ."""

    def between(self, start: int, end: int) -> Array:
        """Return those of all from one on, and before another one."""

    def at(self, numbers: Numbers) -> Array:
        """Return those of some of them."""


class EnergiesOfAll(Energies, Protocol):
    """Lower bounds of the energy of all spatial mappings of a list, in pJ."""

    def of_all(self) -> Array:
        """Return those of all of them."""

    def of_those(self, wanted: npt.NDArray[np.bool_]) -> Energies:
        """Return those that are wanted; those of others may be infinite."""

    def in_time(self) -> int:
        """How many, from the first on, there is time for."""


@dataclass(frozen=True, slots=True)
class Known:
    """Bounds that are worked out.

    Attributes
    ----------
    energy_pj
        Per spatial mapping, in pJ.
    """

    energy_pj: Array

    def between(self, start: int, end: int) -> Array:
        """Return those of all from one on, and before another one."""
        return self.energy_pj[start:end]

    def at(self, numbers: Numbers) -> Array:
        """Return those of some of them."""
        return self.energy_pj[numbers]

    def of_all(self) -> Array:
        """Return all of them."""
        return self.energy_pj

    def of_those(self, wanted: npt.NDArray[np.bool_]) -> Energies:
        """Return all of them."""
        return self

    def in_time(self) -> int:
        """All of them."""
        return len(self.energy_pj)


@dataclass(frozen=True, slots=True)
class OfSome:
    """Bounds of a few of many spatial mappings; those of the others are infinite.

    Attributes
    ----------
    numbers
        Which they are, ascending.
    energy_pj
        Bounds of these, in pJ.
    """

    numbers: Numbers
    energy_pj: Array

    def between(self, start: int, end: int) -> Array:
        """Return those of all from one on, and before another one."""
        first, last = np.searchsorted(self.numbers, (start, end))
        found = np.full(end - start, np.inf)
        found[self.numbers[first:last] - start] = self.energy_pj[first:last]
        return found

    def at(self, numbers: Numbers) -> Array:
        """Return those of some of them."""
        found = np.full(len(numbers), np.inf)
        places = np.searchsorted(self.numbers, numbers)
        is_known = np.isin(numbers, self.numbers)
        found[is_known] = self.energy_pj[places[is_known]]
        return found


@dataclass(frozen=True)
class Later:
    """Bounds that are worked out when they are asked for.

    Attributes
    ----------
    spatials
        The spatial mappings.
    in_blocks
        Works their bounds out.
    least_pj
        What every mapping needs at least, in pJ: the bound where there is no time for another one.
    stops
        When to end.
    """

    spatials: SpatialSpace
    in_blocks: InBlocks
    least_pj: float = 0.0
    stops: Stops = NEVER

    def between(self, start: int, end: int) -> Array:
        """Return those of all from one on, and before another one."""
        return self._all[start:end]

    def at(self, numbers: Numbers) -> Array:
        """Return those of some of them."""
        return self._all[numbers]

    def of_all(self) -> Array:
        """Return those of all of them, which are kept."""
        return self._all

    def in_time(self) -> int:
        """How many, from the first on, there is time for."""
        return self._worked_out[1]

    @property
    def _all(self) -> Array:
        return self._worked_out[0]

    @cached_property
    def _worked_out(self) -> tuple[Array, int]:
        return self._bounded(self.spatials, self.stops.bounding)

    def of_those(self, wanted: npt.NDArray[np.bool_]) -> Energies:
        """Return those that are wanted; those of others may be infinite."""
        numbers = np.flatnonzero(wanted)
        if "_worked_out" in vars(self) or len(numbers) == len(wanted):
            return Known(self._all)
        found, _ = self._bounded(self.spatials.at(numbers), self.stops.everything)
        return OfSome(numbers, found)

    def _bounded(self, spatials: SpatialSpace, should_stop: ShouldStop) -> tuple[Array, int]:
        """Bound some of them, and tell how many there was time for.

        The others are bounded by what all mappings need.
        """
        number = number_for(len(self.spatials))
        least_pj = rounded_down(np.array(self.least_pj), number)
        found, bounded = np.full(len(spatials), least_pj, dtype=number), 0
        for block in self.in_blocks(spatials, should_stop):
            found[bounded : bounded + len(block)] = rounded_down(block, number)
            bounded += len(block)
        return found, bounded

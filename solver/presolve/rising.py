"""Spatial mappings by rising bound, of which only those at the front are bounded more precisely."""

from __future__ import annotations

import heapq
import math
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.listing import Listing
from zigzag_imc.solver.presolve.quick_values import QuickValues
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.tables.lattice import Array

if TYPE_CHECKING:
    from zigzag_imc.solver.presolve.spatial.refined import Refinement

_FIRST, _MOST = 64, 4096
"""Spatial mappings bounded more precisely at a time: few at first, as each that is looked at may
give a mapping that spares the others."""

_WORTH_IT = 4
"""Spatial mappings from which on it is faster to bound them together than to look at each."""


_MANY = 4096
"""Spatial mappings of a listing from which on the first of them is bounded more precisely, too: a
search of so many may end before the first is closed, whose bound then counts for all."""


class Promising(NamedTuple):
    """A spatial mapping with what its mappings cost at least; the one of the lowest bound is first.

    Attributes
    ----------
    bound
        Objective.
    number
        Number of the spatial mapping in its listing.
    energy_pj, latency
        In pJ and clock cycles; an energy of zero is known of nothing where it takes no part.
    """

    bound: float
    number: int
    energy_pj: float
    latency: float


class Rising:
    """Spatial mappings of a listing, likely better ones first.

    Parameters
    ----------
    bench, goal
        The layer, and what is minimised.
    listing
        Spatial mappings with their quick bounds.
    """

    def __init__(self, bench: Workbench, goal: Goal, listing: Listing) -> None:
        self._listing = listing
        # Most of them may be out after the first: only then the others are put in order.
        self._unsorted = QuickValues(goal, listing.quick)
        self._taken: int | None = None  # number of the first, once it is taken
        self._left: npt.NDArray[Any] = np.empty(0, dtype=np.uint8)
        self._bounds = np.empty(0)
        self._is_begun = self._is_sorted = False
        self._bench, self._goal = bench, goal
        self._found: list[Promising] = []
        self._at_a_time = _FIRST

    @property
    def least(self) -> float:
        """Lower bound of the objective of all that is left; infinite where nothing is."""
        bounded = self._found[0].bound if self._found else math.inf
        if not self._is_sorted:
            return min(self._unsorted.least(without=self._taken), bounded)
        return float(min(self._bounds[:1].min(initial=math.inf), bounded))

    def next(self, value: float) -> Promising | None:
        """Take a spatial mapping that can reach a value; ``None`` where none is left.

        Of those bounded more precisely it is the one of the lowest bound. As long as another one
        may have a lower one, a few more are bounded each time: whoever looks at one in between may
        come back with a lower value.

        Hundreds of thousands may be left that turn out not to reach it. So where there is a value
        to reach it is also ``None`` when the time is over; `least` tells one from the other.
        """
        if not self._is_begun:
            self._is_begun = True
            first = self._first(value)
            if first is not None:
                return first
        self._leave_out(value)
        if self._may_be_lower():
            self._bound_more(value)
        while not self._has_one(value) and len(self._left):
            if math.isfinite(value) and self._bench.budget.is_over():
                return None
            self._bound_more(value)
        return heapq.heappop(self._found) if self._has_one(value) else None

    def _first(self, value: float) -> Promising | None:
        """Take the first of all, which as a rule gives a mapping that spares many others."""
        number, bound = self._unsorted.lowest()
        if not _is_within(bound, value):
            return None
        self._taken = number
        if len(self._unsorted) < _MANY or not self._refinement.applies:
            return self._told(number, bound)
        return next(iter(self._refined(np.array([number]), np.array([bound]), value)), None)

    def _leave_out(self, value: float) -> None:
        """Leave out what cannot reach a value; put the others in order."""
        if not self._is_sorted:
            self._put_in_order(value)
        within_value = int(np.searchsorted(self._bounds, value, side="right"))
        if within_value < len(self._bounds):
            # Copies: a view would keep the room of all that is out.
            self._left = self._left[:within_value].copy()
            self._bounds = self._bounds[:within_value].copy()

    def _put_in_order(self, value: float) -> None:
        """Leave those that can reach a value, by rising bound."""
        self._left, self._bounds = self._unsorted.within(value, without=self._taken)
        self._is_sorted = True

    def _has_one(self, value: float) -> bool:
        """Whether one that is bounded more precisely can reach a value."""
        return bool(self._found) and _is_within(self._found[0].bound, value)

    def _may_be_lower(self) -> bool:
        """Whether one of the others may have a lower bound than all bounded more precisely."""
        if not len(self._left):
            return False
        return not self._found or self._bounds[0] < self._found[0].bound

    def _bound_more(self, value: float) -> None:
        """Bound the first of the others more precisely; keep those that can reach a value."""
        taken, self._left = np.split(self._left, [self._at_a_time])
        taken = taken.astype(np.intp)
        bounds, self._bounds = np.split(self._bounds, [self._at_a_time])
        if len(taken) >= _WORTH_IT and self._refinement.applies:
            self._at_a_time = min(2 * self._at_a_time, _MOST)
            found = self._refined(taken, bounds, value)
        else:
            found = list(map(self._told, taken.tolist(), bounds.tolist()))
        for each in found:
            heapq.heappush(self._found, each)
        self._leave_out(value)

    @cached_property
    def _refinement(self) -> Refinement:
        """What bounds them more precisely; the bounds of many small layers ask for none."""
        from zigzag_imc.solver.presolve.spatial.refined import Refinement

        return Refinement(self._bench.costs, self._goal, self._bench.lengths)

    def _told(self, number: int, bound: float) -> Promising:
        """Return a spatial mapping with its quick bounds."""
        energy_pj = float(self._unsorted.energies.at(np.array([number]))[0])
        return Promising(bound, number, energy_pj, float(self._listing.quick.latency[number]))

    def _refined(self, taken: npt.NDArray[np.intp], bounds: Array, value: float) -> list[Promising]:
        """Return those of some spatial mappings that can reach a value, with tighter bounds."""
        kept, least = self._refinement.within(self._listing.spatials.at(taken), value)
        taken = taken[kept]
        columns = (
            np.maximum(least.value, bounds[kept]),
            taken,
            np.maximum(least.energy_pj, self._unsorted.energies.at(taken)),
            np.maximum(least.latency, self._listing.quick.latency[taken]),
        )
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [Promising(*row) for row in rows if math.isfinite(row[0])]


def _is_within(bound: float, value: float) -> bool:
    """Whether mappings of a bound can reach a value."""
    return bound <= value and math.isfinite(bound)

"""Loop orders inside one segment: one for each way its top can look to the operands around it.

A segment is what lies between two consecutive different tiles. From above, an operand sees only the
*run* at its top: how many iterations of loops that are all held, or all idle, to the operand. From
below, an operand cut there sees only whether the lowest loop sinks under its cut.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Mapping
from functools import lru_cache, reduce

from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import Loop
from zigzag_imc.models.mapspace.factors import divisors
from zigzag_imc.solver.scoring.distinct_orders import DistinctOrders, Loops
from zigzag_imc.solver.scoring.runs import Run, kinds_to, sinks_under

MOST_ARRANGEMENTS = 4000
"""Loop orders tried for one choice of tiles before giving up on telling all of them apart."""

Runs = tuple[Run, ...]
"""The run at the top of a segment, as every operand that sees it from above sees it."""

_goes_on = operator.attrgetter("goes_on")


class SegmentOrders:
    """Finds the loop orders of one segment that can differ in cost.

    Parameters
    ----------
    layer
        The layer whose loops they are.
    seen_from
        Operands that see the segment from above, by index.
    resting_on
        Operands cut directly below the segment, by index.
    sizes
        Iterations of the segment per dimension.

    Notes
    -----
    The descent adds loops from the top down until every run has ended; what is then left may stand
    in any order. Loops that are idle to an operand cut directly below would sink under that cut,
    which makes them another choice of tiles; so where there is a choice, such a loop stands lowest.
    """

    def __init__(
        self,
        layer: Layer,
        seen_from: frozenset[int],
        resting_on: frozenset[int],
        sizes: Mapping[str, int],
    ) -> None:
        self._all: Loops = tuple(sorted(sizes.items()))
        self._observers = len(seen_from)
        self._kinds = kinds_to(layer, seen_from)
        self._found = DistinctOrders(self._kinds, sinks_under(layer, resting_on))
        self._visited: set[tuple[Loops, Runs]] = set()

    def all(self) -> list[Loops]:
        """Return the orders, innermost loop first, likely best ones first."""
        if len(self._all) < 2:
            return [self._all]
        self._descend((), self._all, (Run(),) * self._observers)
        return self._found.likely_best_first()

    def _descend(self, top: Loops, left: Loops, runs: Runs) -> None:
        """Add every loop that is left below those at the top, highest first."""
        if len(left) < 2 or not any(map(_goes_on, runs)):
            # One more loop changes nothing where several are left: all runs have ended then.
            self._found.add(top, left, reduce(self._longer, left[:1], runs))
            return
        # Which loops are left and how the runs stand decides all that can follow, whatever the
        # order so far.
        state = (left, runs)
        if state in self._visited or len(self._found) > MOST_ARRANGEMENTS:
            return
        self._visited.add(state)
        for loop, rest in next_loops(left):
            self._descend((*top, loop), rest, self._longer(runs, loop))

    def _longer(self, runs: Runs, loop: Loop) -> Runs:
        """Return the runs with one more loop below them."""
        dim, factor = loop
        return tuple(map(Run.above, runs, self._kinds[dim], itertools.repeat(factor)))


@lru_cache(maxsize=4096)
def next_loops(left: Loops) -> tuple[tuple[Loop, Loops], ...]:
    """Every loop that may stand above all others that are left, with those others."""
    return tuple(
        ((dim, factor), (*left[:place], *_rest(dim, size // factor), *left[place + 1 :]))
        for place, (dim, size) in enumerate(left)
        for factor in divisors(size)[1:]
    )


def _rest(dim: str, size: int) -> Loops:
    """What is left of a dimension."""
    return ((dim, size),) if size > 1 else ()

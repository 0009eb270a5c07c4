"""The corners of the energy-latency front of a network, over all choices of what is kept.

The corners of the convex hull of all choices, those of least ``per_pj * E + per_cycle * L`` for
some weights: one search of weighted sums finds and proves each. Between two corners there is no
choice below the straight line, which a search with the weights of the line itself proves. What lies
above the line and is beaten by no other choice either is on the front, too, but is not listed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from zigzag_imc.core.tolerances import COARSEST, RESOLUTION
from zigzag_imc.locality.fallback import Chosen
from zigzag_imc.locality.search import Rounds
from zigzag_imc.locality.weighing import Weights
from zigzag_imc.solver.network.edp import NOTHING, Totals


@dataclass(frozen=True)
class Corner:
    """A choice that is best for some weights of energy and latency.

    Attributes
    ----------
    chosen
        What is kept.
    totals
        Energy and latency of the network under it, with the mappings that these weights ask for.
    """

    chosen: Chosen
    totals: Totals


@dataclass(frozen=True)
class Corners:
    """The corners of a front.

    Attributes
    ----------
    corners
        By rising latency and falling energy.
    proved
        Whether no choice lies below the lines between them, nor is faster or thriftier than all.
    """

    corners: tuple[Corner, ...]
    proved: bool


def corners_of(rounds: Rounds) -> Corners:
    """Find all corners: the ends first, then what lies farthest below the line between two."""
    least, guess = rounds.least_totals()
    if not (math.isfinite(least.energy_pj) and math.isfinite(guess.energy_pj)):
        return Corners((), proved=False)
    walk = _Walk(rounds)
    scale = guess.pj_per_cycle
    # Next to nothing of the other weight tells choices apart that are equal at the end.
    thriftiest = walk.best_for(Weights(1.0, RESOLUTION * scale))
    fastest = walk.best_for(Weights(RESOLUTION, scale))
    if thriftiest is None or fastest is None:
        return Corners((), proved=False)
    found = [fastest]
    if not _is_same(fastest.totals, thriftiest.totals):
        found += [*walk.between(fastest, thriftiest), thriftiest]
    return Corners(tuple(found), walk.proved)


@dataclass
class _Walk:
    """A walk along the corners.

    Attributes
    ----------
    rounds
        The search.
    proved
        Whether all that was asked so far is proved.
    """

    rounds: Rounds
    proved: bool = True

    def best_for(self, weights: Weights) -> Corner | None:
        """Find the choice of least weighted sum; ``None`` where none is known in time."""
        answer = self.rounds.least(weights)
        if not math.isfinite(answer.best.value):
            self.proved = False
            return None
        is_close = answer.bound >= answer.best.value * (1 - COARSEST)
        self.proved = self.proved and answer.is_settled and is_close
        return Corner(answer.best, self._totals(answer.best, weights))

    def between(self, fast: Corner, thrifty: Corner) -> Iterator[Corner]:
        """Yield the corners between two, by rising latency.

        With the weights of the line through both, either has the same sum: a choice of less lies
        below the line, and is a corner itself; where there is none, nor is there a corner.
        """
        weights = Weights(
            thrifty.totals.latency - fast.totals.latency,
            fast.totals.energy_pj - thrifty.totals.energy_pj,
        )
        found = self.best_for(weights)
        if found is None:
            return
        on_line = _sum(fast.totals, weights)
        if _sum(found.totals, weights) < on_line * (1 - RESOLUTION):
            yield from self.between(fast, found)
            yield found
            yield from self.between(found, thrifty)

    def _totals(self, chosen: Chosen, weights: Weights) -> Totals:
        """Totals of a choice, every layer with its best mapping for the weights."""
        total = NOTHING
        for case in chosen.cases:
            points = self.rounds.knowledge.of(case).points()
            best = min(points, key=lambda point: weights.of_cost(point.cost))
            total = total.plus(Totals.of(best.cost))
        return total


def _sum(totals: Totals, weights: Weights) -> float:
    """Weighted sum of an energy and a latency."""
    return weights.of(totals.energy_pj, totals.latency)


def _is_same(one: Totals, other: Totals) -> bool:
    """Whether two choices cost the same, to the resolution of proofs."""
    return math.isclose(one.latency, other.latency, rel_tol=RESOLUTION) or math.isclose(
        one.energy_pj, other.energy_pj, rel_tol=RESOLUTION
    )

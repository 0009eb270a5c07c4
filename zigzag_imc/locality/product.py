"""What to keep for the least energy-delay product of a network."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from zigzag_imc.core.tolerances import COARSEST, RESOLUTION
from zigzag_imc.locality.fallback import Chosen
from zigzag_imc.locality.search import Rounds
from zigzag_imc.locality.weighing import Weights
from zigzag_imc.solver.network.edp import NOTHING, Totals, choose
from zigzag_imc.solver.network.tangents import Line, worst_corner
from zigzag_imc.solver.solution import ParetoPoint

Points = Mapping[tuple[object, ...], ParetoPoint]
"""Mapping of every case of a choice, by key."""


@dataclass(frozen=True)
class ProductAnswer:
    """The best choice found, and what is proved of all.

    Attributes
    ----------
    best
        Best choice; ``None`` where none is known.
    points
        Mapping of every case of it, by key.
    value
        Its energy-delay product, in pJ x cycles.
    bound
        Certified lower bound of the product, whatever is kept.
    is_settled
        Whether nothing ended the search before its proof.
    """

    best: Chosen | None
    points: Points
    value: float
    bound: float
    is_settled: bool


def least_product(
    rounds: Rounds, gap: float = 0.0, known: tuple[Chosen, Points] | None = None
) -> ProductAnswer:
    """Find the choice of least energy-delay product.

    One line after another is added at the worst corner, until no corner is below the best choice.
    One that is ``known``, with its mappings, is the answer, too, where no other has less.
    """
    least, guess = rounds.least_totals()
    lines = [Line(1.0, 0.0, least.energy_pj), Line(0.0, 1.0, least.latency)]
    corner = guess
    best: Chosen | None = None
    points: Points = {}
    value = math.inf
    if known is not None:
        best, points = known
        total = _total_of(best, points)
        value, corner = total.product, total
    while True:
        weights = Weights(1.0, corner.pj_per_cycle)
        answer = rounds.least(weights)
        lines.append(Line(weights.per_pj, weights.per_cycle, answer.bound))
        if math.isfinite(answer.best.value):
            found, product = _points_of(rounds, answer.best)
            if product < value:
                best, points, value = answer.best, found, product
        before, corner = corner, worst_corner(lines)
        allowed = max(RESOLUTION, gap)
        is_proved = corner.product >= value * (1 - allowed)
        is_stuck = corner == before or not answer.is_settled
        if is_proved or is_stuck:
            # Where no line helps any more, what rounding left is within what products promise.
            is_close = corner.product >= value * (1 - max(COARSEST, gap))
            settled = answer.is_settled and is_close
            return ProductAnswer(best, points, value, min(corner.product, value), settled)


def _points_of(
    rounds: Rounds, chosen: Chosen
) -> tuple[dict[tuple[object, ...], ParetoPoint], float]:
    """Best mapping of every case of a choice, all together, and the product of their totals."""
    counts = Counter(case.key for case in chosen.cases)
    fronts = {case.key: rounds.knowledge.of(case).walked for case in chosen.cases}
    places, _ = choose(list(fronts.values()), [counts[key] for key in fronts])
    points = {
        key: front.points[place] for (key, front), place in zip(fronts.items(), places, strict=True)
    }
    return points, float(_total_of(chosen, points).product)


def _total_of(chosen: Chosen, points: Points) -> Totals:
    """Totals of a choice with a mapping for each of its cases."""
    total = NOTHING
    for case in chosen.cases:
        total = total.plus(Totals.of(points[case.key].cost))
    return total

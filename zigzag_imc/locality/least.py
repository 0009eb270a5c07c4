"""The least objective of a network over all choices of what is kept, in one order or in any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.locality.fallback import Chosen
from zigzag_imc.locality.product import least_product
from zigzag_imc.locality.search import Rounds
from zigzag_imc.locality.weighing import ENERGY, LATENCY
from zigzag_imc.solver.solution import ParetoPoint


@dataclass(frozen=True)
class Least:
    """The best choice of what is kept, and what is proved of all.

    Attributes
    ----------
    best
        What is kept; ``None`` where nothing was found in time.
    value, bound
        Objective of the network, and its certified lower bound.
    is_settled
        Whether nothing ended the search before its proof.
    points
        Mapping of every case by key, where the layers' mappings are chosen together.
    """

    best: Chosen | None
    value: float
    bound: float
    is_settled: bool
    points: Mapping[tuple[object, ...], ParetoPoint] | None = None


def least_of(
    rounds: Rounds, objective: Objective, gap: float = 0.0, known: Least | None = None
) -> Least:
    """Search for what to keep, as the objective asks; one that is known may be the answer."""
    best = None if known is None else known.best
    if objective == "edp":
        points = None if known is None else known.points
        start = None if best is None or points is None else (best, points)
        found = least_product(rounds, gap, start)
        return Least(found.best, found.value, found.bound, found.is_settled, found.points)
    answer = rounds.least(LATENCY if objective == "latency" else ENERGY, best)
    return Least(answer.best, answer.best.value, answer.bound, answer.is_settled)


@dataclass(frozen=True)
class InAnyOrder:
    """The best choice with the steps in the order of the graph, and in any order.

    Attributes
    ----------
    own
        With the order of the graph.
    best
        Together with the order of the steps; that of the graph, where no other costs less.
    """

    own: Least
    best: Least


def least_in_any_order(rounds: Rounds, objective: Objective, gap: float = 0.0) -> InAnyOrder:
    """Search for what to keep in the order of the graph, and then for a better order.

    So it is never worse than the order of the graph, however early the time ends.
    """
    own = least_of(rounds, objective, gap)
    if rounds.timeline.dataflow.has_one_order:
        return InAnyOrder(own, own)
    freed = rounds.with_free_order()
    best = least_of(freed, objective, gap, own)
    rounds.take_over(freed)
    if best.value >= own.value * (1 - RESOLUTION):
        best = replace(own, bound=min(best.bound, own.value), is_settled=best.is_settled)
    return InAnyOrder(own, best)

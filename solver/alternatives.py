"""One answer from the searches for a layer and for the same with its other operand stored.

Both are of the same product, so the better mapping of the two is the mapping of the layer, and what
is a lower bound of both is one of the layer. What is as good goes to the layer as it stands.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from zigzag_imc.core.tolerances import COARSEST, RESOLUTION, TOLERANCE
from zigzag_imc.solver.solution import Front, LastWord, ParetoPoint, Solution, Tie, undominated

if TYPE_CHECKING:
    from zigzag_imc.solver.underside import Underside


def better_solution(own: Solution, other: Solution) -> Solution:
    """Return what two searches say of the layer together.

    Parameters
    ----------
    own
        Answer for the layer as it stands.
    other
        Answer for it with its other operand stored; its mapping is marked as swapped.
    """
    other = replace(other, swapped=True)
    answers = (own, other)
    best = _best(own, other)
    proved = all(answer.status in ("OPTIMAL", "INFEASIBLE") for answer in answers)
    bound = _bound(own, other)
    together = replace(
        best,
        bound=bound,
        exact_scores=own.exact_scores + other.exact_scores,
        spatial_mappings=_sum(own.spatial_mappings, other.spatial_mappings),
        mapspace_size=_sum(own.mapspace_size, other.mapspace_size),
        last_word=_last_word(own.last_word, other.last_word),
        seconds=own.seconds + other.seconds,
    )
    if best.objective_value is None:
        status = "INFEASIBLE" if proved else "UNKNOWN"
        reason = next((one.reason for one in answers if one.status == status), best.reason)
        return replace(together, status=status, reason=reason)  # type: ignore[arg-type]
    if bound is not None:
        together = replace(together, bound=min(bound, best.objective_value))
    if proved:
        return replace(together, tie=_tie(best, own, other))
    open_ones = [one for one in answers if one.status not in ("OPTIMAL", "INFEASIBLE")]
    return replace(together, status="FEASIBLE", reason=open_ones[0].reason, tie=None)


def joint_underside(own: Underside, other: Underside) -> Underside:
    """Return what is known below a front of either alternative; every gap counts for both."""
    found = other.found if other.found is None else replace(other.found, swapped=True)
    from zigzag_imc.solver.underside import Underside

    return Underside(
        gaps=own.gaps + other.gaps,
        closed=own.closed + other.closed,
        found=own.found or found,
        reason=own.reason or other.reason,
        exact_scores=own.exact_scores + other.exact_scores,
        seconds=own.seconds + other.seconds,
    )


def joint_front(own: Front, other: Front) -> Front:
    """Return the front of a layer from those of its two alternatives; see `better_solution`."""
    marked = (replace(point, swapped=True) for point in other.points)
    open_one = next((front for front in (own, other) if not front.proved), own)
    points: tuple[ParetoPoint, ...] = undominated([*own.points, *marked])
    fitting = [front for front in (own, other) if front.points or not front.proved]
    return Front(
        points=points,
        proved=own.proved and other.proved,
        reason=open_one.reason,
        exact_scores=own.exact_scores + other.exact_scores,
        seconds=own.seconds + other.seconds,
        least_energy_pj=min((front.least_energy_pj for front in fitting), default=0.0),
        least_latency_cycles=min((front.least_latency_cycles for front in fitting), default=0.0),
        spatial_mappings=_sum(own.spatial_mappings, other.spatial_mappings),
        mapspace_size=_sum(own.mapspace_size, other.mapspace_size),
        last_word=_last_word(own.last_word, other.last_word),
    )


def _best(own: Solution, other: Solution) -> Solution:
    """Return the answer with the better mapping: the objective first, then what comes second.

    Values within the resolution of a proof of each other are equally good, as long as the bound of
    the two shows the one with the larger value as optimal, too.
    """
    if own.objective_value is None or other.objective_value is None:
        return other if own.objective_value is None and other.objective_value is not None else own
    if not _as_good(own.objective_value, other.objective_value):
        return min(own, other, key=_value)
    seconds = _second(own), _second(other)
    best = other if seconds[1] < seconds[0] * (1 - TOLERANCE) else own
    bound = _bound(own, other)
    is_within = bound is None or _value(best) <= bound * (1 + COARSEST / 2)
    return best if is_within else min(own, other, key=_value)


def _as_good(one: float, another: float) -> bool:
    return max(one, another) <= min(one, another) * (1 + RESOLUTION)


def _value(answer: Solution) -> float:
    return math.inf if answer.objective_value is None else answer.objective_value


def _second(answer: Solution) -> float:
    """What decides between mappings that are as good: latency after energy, else energy."""
    assert answer.cost is not None or answer.objective_value is not None
    if answer.cost is None:
        return 0.0  # of a search by another tool, which claims a value alone
    return float(
        answer.cost.latency_cycles if answer.objective == "energy" else answer.cost.energy_pj
    )


def _bound(own: Solution, other: Solution) -> float | None:
    """Lower bound of both; nothing bounds what does not fit, and an unknown bound is none."""
    bounds = [math.inf if _fits_nowhere(one) else one.bound for one in (own, other)]
    known = [bound for bound in bounds if bound is not None]
    least = min(known) if len(known) == len(bounds) else None
    return None if least is None or math.isinf(least) else least


def _fits_nowhere(answer: Solution) -> bool:
    return answer.status == "INFEASIBLE" and answer.bound is None


def _tie(best: Solution, own: Solution, other: Solution) -> Tie | None:
    """Return what decided between all mappings as good as the best, of both alternatives."""
    alike = [one for one in (own, other) if _as_good(_value(one), _value(best))]
    ties = [one.tie for one in alike]
    if best.tie is None or None in ties:
        return None
    return replace(best.tie, bound=min(tie.bound for tie in ties if tie is not None))


def _last_word(one: LastWord | None, another: LastWord | None) -> LastWord | None:
    """What CP-SAT was left of both; where one needed none, that of the other."""
    if one is None or another is None:
        return one or another
    return one.and_of(another)


def _sum(one: int | None, another: int | None) -> int | None:
    return None if one is None or another is None else one + another

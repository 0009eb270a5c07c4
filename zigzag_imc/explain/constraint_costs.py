"""What each constraint of a layer costs: the layer mapped again, with proof, without it."""

from __future__ import annotations

from collections.abc import Mapping

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Stopped
from zigzag_imc.explain.records import ConstraintCostRecord
from zigzag_imc.library.answers import map_under_each
from zigzag_imc.library.query import Query
from zigzag_imc.results.result import LayerResult


def without_each(
    layer: Layer, accelerator: Accelerator, query: Query, constraints: Constraints, base: float
) -> tuple[tuple[ConstraintCostRecord, ...], Stopped | None]:
    """Map a layer without each of its constraints.

    Parameters
    ----------
    layer, accelerator
        What is mapped onto what.
    query
        For what, and how: the objective, the cost model, the limits, the jobs and the seed.
    constraints
        All of them; they hold but for the one that is left out.
    base
        Objective with all of them.
    """
    left: Mapping[str, Constraints] = {
        str(one): tuple(other for other in constraints if other != one) for one in constraints
    }
    found, stopped = map_under_each(layer, accelerator, left, query)
    records = (_record(text, found[text], base) for text in left)
    return tuple(records), stopped


def _record(text: str, found: LayerResult, base: float) -> ConstraintCostRecord:
    value, bound = found.objective_value, found.bound
    proved = value if found.status == "OPTIMAL" else bound
    return ConstraintCostRecord(
        constraint=text,
        status=found.status,
        without=value,
        bound=bound,
        cost=_relative(base, value),
        most_cost=_relative(base, proved),
    )


def _relative(base: float, without: float | None) -> float | None:
    """How much more the objective is with a constraint, relative to that without it."""
    if without is None or without <= 0:
        return None
    return max(0.0, base / without - 1)

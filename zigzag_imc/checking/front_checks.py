"""Checks of the energy-latency front of a layer: every point of it, and their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from zigzag_imc.core.errors import ZigzagImcError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.stored_operand import Position
from zigzag_imc.core.tolerances import TOLERANCE, below
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.results.differences import differences
from zigzag_imc.results.parts import ParetoRecord
from zigzag_imc.results.result import LayerResult


def front_problems(record: LayerResult, models: Sequence[CostModel | None]) -> Iterator[str]:
    """Yield where a front is not legal, costs something else, or is no front.

    There is a model for each operand that may be stored, if its bits fit.
    """
    front = record.pareto or ()
    by_stored = {_position(model.layer): model for model in models if model is not None}
    for number, point in enumerate(front):
        for problem in _point_problems(point, record, by_stored.get(point.stored)):
            yield f"pareto[{number}]{problem}"
    for number, (low, high) in enumerate(pairwise(front), start=1):
        if not (high.latency_cycles > low.latency_cycles and high.energy_pj < low.energy_pj):
            yield (
                f"pareto[{number}]: does not cost less energy and more cycles than the point before"
            )
    if record.pareto_proved and _beats_front(record):
        yield "pareto: the mapping of the layer beats the front, which is said to be complete"


def _position(layer: Layer) -> Position | None:
    return None if layer.stored is None else layer.stored.position


def _point_problems(
    point: ParetoRecord, record: LayerResult, model: CostModel | None
) -> Iterator[str]:
    """Yield what follows the name of the point."""
    if model is None:
        yield f".stored is {point.stored!r}, which the layer may not store"
        return
    try:
        mapping = point.mapping()
        assert mapping is not None, "a point of a front has a mapping"
        check_mapping(model.layer, model.accelerator, mapping, model.profile, record.asked())
    except ZigzagImcError as error:
        yield f": not legal: {error}"
        return
    cost = model.evaluate(mapping)
    expected = {"energy_pj": float(cost.energy_pj), "latency_cycles": float(cost.latency_cycles)}
    yield from differences(point, expected, ".")
    yield from _bound_problems(record, cost)


def _bound_problems(record: LayerResult, cost: Cost) -> Iterator[str]:
    """No point costs less than the bound of the layer, unless that is a bound of the network."""
    if record.bound is None or record.objective == "network_edp":
        return
    value = cost.value(record.objective)
    if below(value, record.bound):
        yield f": its {record.objective} {value!r} is below the bound {record.bound!r}"


def _beats_front(record: LayerResult) -> bool:
    """Whether no point is at least as good as the mapping of the layer."""
    if record.energy_pj is None or record.latency_cycles is None:
        return False
    energy, latency = (cost * (1 + TOLERANCE) for cost in (record.energy_pj, record.latency_cycles))
    return not any(
        point.energy_pj <= energy and point.latency_cycles <= latency
        for point in record.pareto or ()
    )

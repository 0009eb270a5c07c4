"""Checks of what stays on chip: where tensors may lie, their room, and what layers find there."""

from __future__ import annotations

from collections.abc import Iterator

from zigzag_imc.checking.network_fronts import front_problems
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import ZigzagImcError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.tolerances import COARSEST, below, same
from zigzag_imc.models.locality.greedy import greedy_placement
from zigzag_imc.models.locality.timeline import Timeline
from zigzag_imc.results.differences import differences
from zigzag_imc.results.locality import (
    LocalityRecord,
    SituationRecord,
    memory_records,
    tensor_records,
    weights_record,
)
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.results.totals import relative_gap


def locality_problems(result: NetworkResult, accelerator: Accelerator) -> Iterator[str]:
    """Yield what does not hold of what stays on chip."""
    locality = result.locality
    if locality is None:
        for record in result.layers:
            if record.situation is not None:
                yield f"layer {record.name!r}: has a situation, but the network has no locality"
        return
    try:
        timeline = _timeline(result, locality, accelerator)
        yield from _tensor_problems(timeline, locality)
        yield from _graph_order_problems(timeline, locality)
        yield from _room_problems(timeline, locality, result)
        yield from front_problems(timeline, locality, result)
    except (ZigzagImcError, KeyError, ValueError, IndexError) as error:
        yield f"locality: makes no timeline: {error}"
        return
    yield from _claim_problems(result, locality)


def _timeline(
    result: NetworkResult, locality: LocalityRecord, accelerator: Accelerator
) -> Timeline:
    """Rebuild the steps of the network, and its layers from their records, as they were asked.

    What may be kept where depends on which operands a product of activations might store.
    """
    layers: dict[str, Layer] = {}
    for record in result.layers:
        layers |= {name: record.layer_as_asked(name) for name in record.names}
    return locality.timeline(layers, accelerator)


def _tensor_problems(timeline: Timeline, locality: LocalityRecord) -> Iterator[str]:
    """Yield where tensors are not what steps and layers make them, or lie where they may not."""
    placement = locality.placement()
    steps = {step.name for step in timeline.steps if step.kind != "operator"}
    for name in timeline.layers.keys() - steps:
        yield f"locality.steps: layer {name!r} is no step"
    yield from _order_problems(timeline)
    if not timeline.is_legal(placement):
        yield "locality.tensors: a tensor is kept where it may not be"
        return
    residence = locality.residence()
    if residence is not None and not timeline.may_stay(residence):
        yield f"locality.weights: those of all layers do not fit into {residence.memory}"
    if locality.weights != weights_record(timeline, residence):
        yield f"locality.weights: all layers have {timeline.weight_bits} bits of them"
    expected = tensor_records(timeline, placement)
    if locality.tensors != expected:
        yield "locality.tensors: sizes and lives are not those that the steps make"
    if locality.rule == "zigzag" and placement != greedy_placement(timeline):
        yield "locality.tensors: ZigZag's greedy rule keeps others, or keeps them elsewhere"


def _order_problems(timeline: Timeline) -> Iterator[str]:
    """Yield the steps that read what is written only later."""
    producers = timeline.dataflow.producers
    for place, step in enumerate(timeline.steps):
        for name in step.reads:
            if producers.get(name, -1) >= place:
                yield f"locality.steps: {step.name!r} reads {name!r} before it is written"


def _graph_order_problems(timeline: Timeline, locality: LocalityRecord) -> Iterator[str]:
    """Yield where the steps do not run in an order that the graph allows, or in a worse one."""
    graph = locality.graph_order
    if graph is None:
        return
    where, places = "locality.graph_order", graph.places
    if sorted(places) != list(range(len(timeline.steps))):
        yield f"{where}: places are not those of {len(timeline.steps)} steps"
        return
    in_graph = timeline.reordered(sorted(range(len(places)), key=places.__getitem__))
    is_order_of_graph = not any(_order_problems(in_graph))
    if not (is_order_of_graph and in_graph.dataflow.is_order(places)):
        yield f"{where}: a step runs before one that it depends on"
    value, own, bound = locality.objective_value, graph.objective_value, graph.bound
    if own is None:
        return
    if value is None or below(own, value):
        yield f"{where}.objective_value {own!r} is below that of the order taken, {value!r}"
    if bound is not None and below(own, bound):
        yield f"{where}.bound {bound!r} is above objective_value {own!r}"


def _room_problems(
    timeline: Timeline, locality: LocalityRecord, result: NetworkResult
) -> Iterator[str]:
    """Yield where a memory overflows, or a layer finds something else than its record says."""
    placement = locality.placement()
    extra: dict[tuple[int, str], int] = {}
    for record in result.layers:
        for name in record.names:
            yield from _situation_problems(timeline, locality, record, name)
            if record.situation is not None and not record.situation.finished:
                extra |= timeline.extra_of(name, record.layer(), placement)
    expected = memory_records(timeline, placement, extra, locality.residence())
    if locality.memories != expected:
        yield "locality.memories: the use of a memory is not that of the tensors in it"
    for memory in expected:
        if max(memory.used_bits, default=0) > memory.size_bits:
            yield (
                f"locality: memory {memory.memory} holds {memory.size_bits} bits, the tensors "
                f"kept in it take up to {max(memory.used_bits)}"
            )


def _situation_problems(
    timeline: Timeline, locality: LocalityRecord, record: LayerResult, name: str
) -> Iterator[str]:
    """Yield where one layer finds something else than its record says."""
    if record.spatial is None:
        return
    where = f"layer {name!r}"
    if record.situation is None:
        yield f"{where}: has no situation"
        return
    layer = record.layer()
    finished = record.situation.finished
    places = locality.placement(), finished, locality.residence()
    found = timeline.situation(timeline.step_of(name), layer, *places)
    if found is None:
        yield f"{where}: the memories do not hold what is kept while it runs"
        return
    yield from differences(
        record, {"situation": SituationRecord.of(found, record.situation.stored_free)}, f"{where}: "
    )
    for constraint in map(str, found.constraints(timeline.accelerator)):
        if constraint not in record.constraints:
            yield f"{where}: constraints: outputs come finished, but {constraint!r} is missing"


def _claim_problems(result: NetworkResult, locality: LocalityRecord) -> Iterator[str]:
    """Yield where value, bound, gap and status of the whole do not agree."""
    value, bound = locality.objective_value, locality.bound
    totals = result.totals
    own = {"edp": totals.edp, "energy": totals.energy_pj, "latency": totals.latency_cycles}[
        result.objective
    ]
    if value is None:
        if locality.status in ("OPTIMAL", "FEASIBLE"):
            yield f"locality: status is {locality.status}, but there is no objective_value"
        return
    if own is None or not same(value, own):
        yield f"locality.objective_value is {value!r}, that of the layers is {own!r}"
    if bound is not None and below(value, bound):
        yield f"locality.bound {bound!r} is above objective_value {value!r}"
    gap = relative_gap(value, bound)
    if (gap is None) != (locality.gap is None) or abs((gap or 0) - (locality.gap or 0)) > 1e-9:
        yield f"locality.gap is {locality.gap!r}, value and bound make it {gap!r}"
    allowed = max(COARSEST, result.limits.gap)
    if locality.status == "OPTIMAL" and (gap is None or gap > allowed):
        yield "locality: status is OPTIMAL, but the bound does not reach the value"

"""Checks of one layer of a result: what it is, its mapping, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zigzag_imc.checking.claim_checks import certificate_problems, claim_problems
from zigzag_imc.checking.front_checks import front_problems
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import ZigzagImcError
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.array.slicing import misfit
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.capacity import overflows
from zigzag_imc.models.mapspace.constraints.names import check_names
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.results.differences import differences
from zigzag_imc.results.records import cost_fields, hardware_fields, layer_fields
from zigzag_imc.results.result import LayerResult, NetworkResult

_COSTS = ("energy_pj", "latency_cycles", "edp", "edp_js", "utilization", "breakdown")
_FRONT = ("pareto", "pareto_proved")
_CLAIMS = ("spatial", "temporal", "objective_value", "bound", "gap", *_COSTS, *_FRONT)


def layer_problems(
    record: LayerResult, result: NetworkResult, accelerator: Accelerator, profile: CostProfile
) -> Iterator[str]:
    """Yield everything about one layer that does not hold.

    Only the first reason where one leads to others.
    """
    try:
        layer = record.layer()
        check_names(record.asked(), layer.sizes, accelerator)
        found = record.found_by(accelerator)
        models = [_model(one, found, profile) for one in layer.alternatives]
    except (ZigzagImcError, KeyError, ValueError, ZeroDivisionError) as error:
        yield f"makes no layer: {error}"
        return
    yield from differences(record, layer_fields(layer, record.names), "")
    yield from differences(record, hardware_fields(accelerator, profile), "")
    yield from _identity_problems(record, result)
    if record.status in ("INFEASIBLE", "UNKNOWN"):
        yield from _unmapped_problems(record, models)
        yield from certificate_problems(record, layer, found, profile)
        return
    model = models[0]
    if model is None:
        yield f"not legal: {misfit(accelerator, layer.precision, profile)}"
        return
    of_mapping = list(_mapping_problems(record, layer, model))
    yield from of_mapping
    if of_mapping:
        return
    yield from claim_problems(record)
    yield from certificate_problems(record, layer, found, profile)
    yield from front_problems(record, models)


def _model(layer: Layer, accelerator: Accelerator, profile: CostProfile) -> CostModel | None:
    """Return what scores mappings of a layer; ``None`` where its bits do not fit the array."""
    if misfit(accelerator, layer.precision, profile) is not None:
        return None
    return CostModel(layer, accelerator, profile)


def _identity_problems(record: LayerResult, result: NetworkResult) -> Iterator[str]:
    """Name, cost model and objective, against the names and the result."""
    first = record.names[0] if record.names else None
    if record.name != first:
        yield f"name is {record.name!r}, the first of names is {first!r}"
    if record.cost_model != result.cost_model:
        yield f"cost_model is {record.cost_model!r}, that of the result is {result.cost_model!r}"
    is_network_edp = result.scope == "network" and result.objective == "edp"
    objective = "network_edp" if is_network_edp else result.objective
    if record.objective != objective:
        yield f"objective is {record.objective!r}, that of the result is {objective!r}"


def _mapping_problems(record: LayerResult, layer: Layer, model: CostModel) -> Iterator[str]:
    try:
        mapping = record.mapping()
        if mapping is None:
            yield f"status is {record.status}, but there is no mapping"
            return
        check_mapping(layer, model.accelerator, mapping, model.profile, record.asked())
    except ZigzagImcError as error:
        yield f"not legal: {error}"
        return
    yield from differences(record, cost_fields(model.evaluate(mapping)), "")


def _unmapped_problems(record: LayerResult, models: Sequence[CostModel | None]) -> Iterator[str]:
    """Yield what a layer without a mapping may not claim.

    There is a model for each operand that may be stored, if its bits fit.
    """
    is_infeasible = record.status == "INFEASIBLE"
    for claim in _CLAIMS:
        is_allowed = claim == "bound" and not is_infeasible
        if getattr(record, claim) is not None and not is_allowed:
            yield f"status is {record.status}, but {claim} is given"
    if not record.reason:
        yield f"status is {record.status}, but no reason is given"
    if not set(record.conflict) <= set(record.constraints):
        yield "conflict has constraints that are not among those of the layer"
    if not is_infeasible or record.constraints:
        return
    fitting = (model for model in models if model is not None)
    if any(_smallest_fits(one.layer, one.accelerator) for one in fitting):
        yield "status is INFEASIBLE, but the mapping with the smallest tiles fits"


def _smallest_fits(layer: Layer, accelerator: Accelerator) -> bool:
    """Whether single elements fit everywhere.

    With all reductions innermost, so that only finished outputs move.
    """
    reductions = [dim for dim, _ in layer.loop_dims if dim not in layer.output_dims]
    others = [dim for dim, _ in layer.loop_dims if dim in layer.output_dims]
    loops = tuple((dim, layer.sizes[dim]) for dim in (*reductions, *others) if layer.sizes[dim] > 1)
    inner = sum(dim in reductions for dim, _ in loops)
    cuts = {operand: (0,) * (len(accelerator.levels[operand]) - 1) for operand in OPERANDS}
    cuts["O"] = (inner,) * len(cuts["O"])
    temporal = TemporalMapping(loops, (cuts["W"], cuts["I"], cuts["O"]))
    return not overflows(layer, accelerator, LayerMapping(SpatialMapping(()), temporal))

"""An independent checker.

Scores every mapping of a result again from the result alone, without the solver.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import OptionError, ZigzagImcError
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.core.tolerances import COARSEST, TOLERANCE, below, same
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import accelerator_digest, accelerator_from_dict
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace, mapspace_size
from zigzag_imc.models.profile import CostProfile, profile_named
from zigzag_imc.results.differences import differences
from zigzag_imc.results.reading import read_result
from zigzag_imc.results.records import cost_fields, hardware_fields, layer_fields
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.results.totals import relative_gap, totals_of

_COSTS = ("energy_pj", "latency_cycles", "edp", "utilization", "breakdown")
_CLAIMS = ("spatial", "temporal", "objective_value", "bound", "gap", *_COSTS)


@dataclass(frozen=True, slots=True)
class Report:
    """Outcome of a check.

    Attributes
    ----------
    problems
        What does not hold, one line each; empty when all holds.
    layers, mappings, pareto_points
        Distinct layers, mappings scored again, and points of fronts scored again.
    proofs, reproved
        Layers that claim to be optimal, and those of them proved again by enumeration.
    totals_checked
        Whether the totals were compared with the sum of the layers, as they are where all layers
        hold.
    """

    problems: tuple[str, ...]
    layers: int
    mappings: int
    pareto_points: int
    proofs: int
    reproved: int = 0
    totals_checked: bool = True

    @property
    def holds(self) -> bool:
        """Whether all holds."""
        return not self.problems


def verify_result(
    result: str | os.PathLike[str] | NetworkResult, *, exhaustive: bool = False
) -> Report:
    """Check everything a result says, from its contents alone.

    Layers and accelerator are rebuilt from the result; every mapping, points of fronts included,
    must be legal and cost what the result says in every term; bounds, gaps and statuses must agree
    with the values; totals must add up. They are only checked where all layers hold: the sum of
    wrong values is wrong, too, and says nothing of its own.

    Parameters
    ----------
    result
        What to check: a result, or the path of its file.
    exhaustive
        Also prove the optima of small mapspaces again, by enumeration.

    Raises
    ------
    ResultError
        When the file is not a result.
    OptionError
        When there is nothing to enumerate with.
    """
    if not isinstance(result, NetworkResult):
        result = read_result(result)
    if exhaustive and _enumeration() is None:
        raise OptionError("exhaustive: this version cannot enumerate mapspaces; check without")
    problems: list[str] = []
    points = sum(len(layer.pareto or ()) for layer in result.layers)
    mapped = sum(layer.spatial is not None for layer in result.layers)
    proofs = sum(layer.status == "OPTIMAL" for layer in result.layers)
    reproved = 0
    try:
        accelerator = accelerator_from_dict(
            result.accelerator.description, "accelerator.description"
        )
        profile = profile_named(result.cost_model)
    except ZigzagImcError as error:
        return Report((str(error),), len(result.layers), 0, 0, proofs, totals_checked=False)
    problems += _accelerator_problems(result, accelerator)
    of_accelerator = len(problems)
    for layer in result.layers:
        found = list(_layer_problems(layer, result, accelerator, profile))
        if exhaustive and not found and layer.status == "OPTIMAL":
            disproof = _disproof(layer, accelerator, profile)
            reproved += disproof == ""
            found += [disproof] if disproof else []
        problems += [f"layer {layer.name!r}: {problem}" for problem in found]
    in_layers = len(problems) > of_accelerator
    problems += _name_problems(result)
    if not in_layers:
        problems += _totals_problems(result, accelerator)
    return Report(
        tuple(problems),
        len(result.layers),
        mapped,
        points,
        proofs,
        reproved,
        totals_checked=not in_layers,
    )


def _accelerator_problems(result: NetworkResult, accelerator: Accelerator) -> Iterator[str]:
    if result.accelerator.name != accelerator.name:
        yield (
            f"accelerator.name is {result.accelerator.name!r}, its description says "
            f"{accelerator.name!r}"
        )
    digest = accelerator_digest(accelerator)
    if result.accelerator.digest != digest:
        yield (
            f"accelerator.digest is {result.accelerator.digest}, that of the description "
            f"is {digest}"
        )


def _layer_problems(
    record: LayerResult, result: NetworkResult, accelerator: Accelerator, profile: CostProfile
) -> Iterator[str]:
    """Everything about one layer that does not hold; the first reason where one leads to others."""
    try:
        layer = record.layer()
        model = CostModel(layer, accelerator, profile)
    except (ZigzagImcError, KeyError, ValueError, ZeroDivisionError) as error:
        yield f"makes no layer: {error}"
        return
    yield from differences(record, layer_fields(layer, record.names), "")
    yield from differences(record, hardware_fields(accelerator), "")
    if not record.names or record.names[0] != record.name:
        yield (
            f"name is {record.name!r}, the first of names is "
            f"{record.names[0] if record.names else None!r}"
        )
    if record.cost_model != result.cost_model:
        yield f"cost_model is {record.cost_model!r}, that of the result is {result.cost_model!r}"
    expected_objective = (
        "network_edp"
        if result.scope == "network" and result.objective == "edp"
        else result.objective
    )
    if record.objective != expected_objective:
        yield f"objective is {record.objective!r}, that of the result is {expected_objective!r}"
    if record.status in ("INFEASIBLE", "UNKNOWN"):
        yield from _unmapped_problems(record, layer, accelerator)
        return
    broken = False
    for problem in _mapping_problems(record, layer, model):
        broken = True
        yield problem
    if broken:
        return
    yield from _claim_problems(record)
    yield from _certificate_problems(record, layer, accelerator)
    yield from _front_problems(record, layer, model)


def _mapping_problems(record: LayerResult, layer: Layer, model: CostModel) -> Iterator[str]:
    try:
        mapping = record.mapping()
        if mapping is None:
            yield f"status is {record.status}, but there is no mapping"
            return
        check_mapping(layer, model.accelerator, mapping)
    except ZigzagImcError as error:
        yield f"not legal: {error}"
        return
    yield from differences(record, cost_fields(model.evaluate(mapping)), "")


def _unmapped_problems(
    record: LayerResult, layer: Layer, accelerator: Accelerator
) -> Iterator[str]:
    for claim in _CLAIMS:
        if getattr(record, claim) is not None and (
            claim != "bound" or record.status == "INFEASIBLE"
        ):
            yield f"status is {record.status}, but {claim} is given"
    if not record.reason:
        yield f"status is {record.status}, but no reason is given"
    if record.status == "INFEASIBLE" and _smallest_fits(layer, accelerator):
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
    try:
        check_mapping(layer, accelerator, LayerMapping(SpatialMapping(()), temporal))
    except ZigzagImcError:
        return False
    return True


def _claim_problems(record: LayerResult) -> Iterator[str]:
    """Value, bound, gap and status against each other."""
    value, bound = record.objective_value, record.bound
    own = {"energy": record.energy_pj, "latency": record.latency_cycles, "edp": record.edp}.get(
        record.objective
    )
    if value is None:
        yield f"status is {record.status}, but there is no objective_value"
        return
    if own is not None and not same(value, own):
        yield f"objective_value is {value!r}, the {record.objective} of the mapping is {own!r}"
    if bound is not None and below(value, bound):
        yield f"bound {bound!r} is above objective_value {value!r}"
    gap = relative_gap(value, bound)
    if (gap is None) != (record.gap is None) or (
        gap is not None and abs(gap - (record.gap or 0.0)) > TOLERANCE
    ):
        yield f"gap is {record.gap!r}, value and bound make it {gap!r}"
    if record.status == "OPTIMAL":
        if record.certificate is None:
            yield "status is OPTIMAL, but there is no certificate"
        elif (
            gap is None
            or gap > record.certificate.resolution
            or record.certificate.resolution > COARSEST
        ):
            yield f"status is OPTIMAL, but bound {bound!r} does not reach objective_value {value!r}"


def _certificate_problems(
    record: LayerResult, layer: Layer, accelerator: Accelerator
) -> Iterator[str]:
    if record.certificate is None:
        return
    if record.certificate.spatial_mappings is None and record.status in ("FEASIBLE", "UNKNOWN"):
        return  # stopped before all were listed
    space = SpatialSpace.of(layer, accelerator)
    counts: dict[str, int] = {
        "spatial_mappings": len(space),
        "mapspace_size": mapspace_size(layer, accelerator, space),
    }
    yield from differences(record.certificate, counts, "certificate.")


def _front_problems(record: LayerResult, layer: Layer, model: CostModel) -> Iterator[str]:
    front = record.pareto or ()
    for number, point in enumerate(front):
        try:
            mapping = point.mapping()
            assert mapping is not None, "a point of a front has a mapping"
            check_mapping(layer, model.accelerator, mapping)
        except ZigzagImcError as error:
            yield f"pareto[{number}]: not legal: {error}"
            continue
        cost = model.evaluate(mapping)
        yield from differences(
            point,
            {"energy_pj": float(cost.energy_pj), "latency_cycles": float(cost.latency_cycles)},
            f"pareto[{number}].",
        )
        if record.bound is not None and record.objective != "network_edp":
            value = cost.value(record.objective)
            if below(value, record.bound):
                yield (
                    f"pareto[{number}]: its {record.objective} {value!r} is below the "
                    f"bound {record.bound!r}"
                )
    for number, (low, high) in enumerate(pairwise(front), start=1):
        if not (high.latency_cycles > low.latency_cycles and high.energy_pj < low.energy_pj):
            yield (
                f"pareto[{number}]: does not cost less energy and more cycles than the point before"
            )
    if record.energy_pj is not None and record.latency_cycles is not None and record.pareto_proved:
        energy, latency = (
            cost * (1 + TOLERANCE) for cost in (record.energy_pj, record.latency_cycles)
        )
        if not any(
            point.energy_pj <= energy and point.latency_cycles <= latency for point in front
        ):
            yield "pareto: the mapping of the layer beats the front, which is said to be complete"


def _name_problems(result: NetworkResult) -> Iterator[str]:
    names = [name for layer in result.layers for name in layer.names]
    if len(set(names)) != len(names):
        yield f"layers: {next(name for name in names if names.count(name) > 1)!r} occurs twice"


def _totals_problems(result: NetworkResult, accelerator: Accelerator) -> Iterator[str]:
    totals = totals_of(result.layers, accelerator, result.totals.seconds)
    yield from differences(
        result.totals, {key: getattr(totals, key) for key in type(totals).model_fields}, "totals."
    )
    together = [layer for layer in result.layers if layer.objective == "network_edp"]
    for layer in together:
        if layer.objective_value is not None and (
            totals.edp is None or not same(layer.objective_value, totals.edp)
        ):
            yield (
                f"layer {layer.name!r}: objective_value is {layer.objective_value!r}, the "
                f"network's is {totals.edp!r}"
            )


def _disproof(record: LayerResult, accelerator: Accelerator, profile: CostProfile) -> str | None:
    """Enumerate the mapspace.

    What is wrong about the optimum, nothing when it is one, ``None`` when not tried.
    """
    enumerate_optimum = _enumeration()
    if enumerate_optimum is None or record.objective == "network_edp":
        return None
    optimum = enumerate_optimum(record.layer(), accelerator, profile, record.objective)
    if optimum is None:
        return None
    value = record.objective_value
    if value is not None and same(value, optimum):
        return ""
    return f"status is OPTIMAL with objective_value {value!r}, enumeration finds {optimum!r}"


def _enumeration() -> Callable[[Layer, Accelerator, CostProfile, str], float | None] | None:
    """Return what finds the least objective by enumeration, if anything.

    It returns ``None`` for a mapspace that is too large.
    """
    from zigzag_imc.models.mapspace.enumeration import optimum_if_small

    return optimum_if_small

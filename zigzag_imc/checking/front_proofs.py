"""Second proofs of fronts: that no mapping lies below the points that a result has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from zigzag_imc.checking.proofs import Proof
from zigzag_imc.checking.questions import Setting, corners_of
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.array.slicing import misfit
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.enumeration import enumerate_mappings
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.runs.job import Outcome
from zigzag_imc.solver.underside import Corner


def claimed_fronts(result: NetworkResult) -> Iterator[LayerResult]:
    """Yield the layers whose front is said to be complete."""
    for record in result.layers:
        if record.pareto_proved and record.pareto:
            yield record


def front_by_enumeration(record: LayerResult, setting: Setting) -> Proof:
    """Look at all mappings for one below the front."""
    clock = Budget.of()
    scored = 0
    proof = _proof(record, "enumeration")
    for model, mapping in _all_mappings(record, setting):
        scored += 1
        corner = _corner(model, mapping)
        if corner.is_below(corners_of(record)):
            proof = _refuted(proof, mapping, corner)
            break
    return replace(proof, mappings=scored, seconds=clock.elapsed_s)


def _all_mappings(
    record: LayerResult, setting: Setting
) -> Iterator[tuple[CostModel, LayerMapping]]:
    """Yield every mapping of a layer, with either operand stored, beside what scores it."""
    accelerator, profile = setting.found_by(record), setting.profile
    for layer in record.layer().alternatives:
        if misfit(accelerator, layer.precision, profile) is not None:
            continue
        model = CostModel(layer, accelerator, profile)
        for mapping in enumerate_mappings(layer, accelerator, profile, record.space()):
            yield model, mapping


def front_by_solver(record: LayerResult, outcome: Outcome, setting: Setting) -> Proof:
    """Judge the answer to the question whether a mapping lies below the front.

    A mapping that is said to is scored again.
    """
    proof = replace(_proof(record, "solver"), seconds=outcome.seconds)
    underside = outcome.underside
    if underside is None:  # the search did not come back
        reason = None if outcome.solution is None else outcome.solution.reason
        return replace(proof, outcome="not proved", reason=reason)
    proof = replace(proof, mappings=underside.exact_scores)
    if underside.found is not None:
        mapping = underside.found.mapping
        model = setting.cost_model(record, swapped=underside.found.swapped)
        check_mapping(model.layer, model.accelerator, mapping, model.profile, record.asked())
        corner = _corner(model, mapping)
        if corner.is_below(corners_of(record)):
            return _refuted(proof, mapping, corner)
    if underside.is_empty:
        return proof
    closed = f"{underside.closed} of {underside.gaps} gaps between the points are proved empty"
    reason = f"{closed}: {underside.reason}" if underside.reason else closed
    return replace(proof, outcome="not proved", reason=reason)


def _proof(record: LayerResult, method: Literal["enumeration", "solver"]) -> Proof:
    points = len(record.pareto or ())
    return Proof(record.name, "front", None, method, "proved", points=points)


def _corner(model: CostModel, mapping: LayerMapping) -> Corner:
    cost = model.evaluate(mapping)
    return Corner(float(cost.latency_cycles), float(cost.energy_pj))


def _refuted(proof: Proof, mapping: LayerMapping, corner: Corner) -> Proof:
    reason = (
        f"a mapping has energy {corner.energy_pj!r} and latency {corner.latency_cycles!r}: no "
        "point of the front is as good"
    )
    return replace(proof, outcome="refuted", reason=reason, cheaper=mapping)

"""What the answers to the questions of a second proof mean for the claims."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter

from zigzag_imc.checking.claims import Claim
from zigzag_imc.checking.proofs import Proof
from zigzag_imc.checking.questions import Setting
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.models.mapspace.enumeration import best_by_enumeration
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.runs.job import Job, Outcome
from zigzag_imc.solver.network.edp import choose, network_bound
from zigzag_imc.solver.solution import Solution


def by_enumeration(claim: Claim, setting: Setting) -> Proof:
    """Prove a claim by going through all mappings."""
    clock = Budget.of()
    space, accelerator = claim.record.space(), setting.found_by(claim.record)
    found = [
        best_by_enumeration(layer, accelerator, setting.profile, claim.objective, space)
        for layer in claim.record.layer().alternatives
    ]
    best = min((one for one in found if one is not None), key=itemgetter(0), default=None)
    certificate = claim.record.certificate
    size = 0 if certificate is None else certificate.mapspace_size or 0
    proof = Proof(
        claim.record.name, claim.objective, claim.floor, "enumeration", "proved", mappings=size
    )
    proof = replace(proof, seconds=clock.elapsed_s)
    if best is None or best[0] >= claim.least:
        return proof
    return _refuted(proof, claim, best[1], best[0])


def by_solver(claim: Claim, job: Job, outcome: Outcome, setting: Setting) -> Proof:
    """Judge the answer to the question whether anything is cheaper, as a job asked it.

    A mapping that is said to be is scored again.
    """
    solution = outcome.solution
    assert solution is not None, "the job asked for an optimum"
    proof = Proof(
        claim.record.name,
        claim.objective,
        claim.floor,
        "joint" if job.options.method == "cp-sat" else "solver",
        "proved",
        mappings=solution.exact_scores,
        seconds=outcome.seconds,
    )
    if solution.mapping is not None:
        model = setting.cost_model(claim.record, swapped=solution.swapped)
        constraints = claim.record.asked()
        check_mapping(model.layer, model.accelerator, solution.mapping, model.profile, constraints)
        value = model.evaluate(solution.mapping).value(claim.objective)
        if value < claim.least:
            return _refuted(proof, claim, solution.mapping, value)
    if _nothing_below(claim, solution):
        return proof
    return replace(
        proof,
        outcome="not proved",
        reason=solution.reason or f"a bound of {solution.bound!r} is proved",
    )


def _nothing_below(claim: Claim, solution: Solution) -> bool:
    if math.isinf(claim.floor):
        return solution.status == "INFEASIBLE"
    return solution.bound is not None and solution.bound >= claim.least


def _refuted(proof: Proof, claim: Claim, mapping: LayerMapping, value: float) -> Proof:
    reason = (
        f"a mapping fits, with {claim.objective} {value!r}"
        if math.isinf(claim.floor)
        else f"a mapping has {claim.objective} {value!r}, less than {claim.floor!r}"
    )
    return replace(proof, outcome="refuted", reason=reason, cheaper=mapping, cheaper_value=value)


def _claimed(record: LayerResult) -> float:
    """Return what a layer claims that the whole costs at least."""
    claimed = record.objective_value if record.status == "OPTIMAL" else record.bound
    assert claimed is not None, "only layers with a bound of the whole are proved together"
    return claimed


def by_fronts(
    result: NetworkResult, records: Sequence[LayerResult], outcomes: Sequence[Outcome]
) -> Proof:
    """Choose again among the fronts of all layers."""
    value = max(_claimed(record) for record in records)
    fronts = [
        outcome.front for outcome in outcomes if outcome.front is not None and outcome.front.points
    ]
    scores = sum(front.exact_scores for front in fronts)
    seconds = sum(outcome.seconds for outcome in outcomes)
    proof = Proof(
        result.network.name,
        "network_edp",
        value,
        "fronts",
        "proved",
        mappings=scores,
        seconds=seconds,
    )
    if len(fronts) < len(records):
        return replace(
            proof, outcome="not proved", reason="some layers' fronts were not found in time"
        )
    counts = [record.count for record in records]
    chosen, complete = choose(fronts, counts)
    points = [front.points[number] for front, number in zip(fronts, chosen, strict=True)]
    energy = sum(count * point.cost.energy_pj for count, point in zip(counts, points, strict=True))
    latency = sum(
        count * point.cost.latency_cycles for count, point in zip(counts, points, strict=True)
    )
    if energy * latency < value * (1 - COARSEST):
        reason = f"a choice of mappings has edp {energy * latency!r}, less than {value!r}"
        return replace(
            proof, outcome="refuted", reason=reason, cheaper_value=float(energy * latency)
        )
    if not complete and network_bound(fronts, counts) < value * (1 - COARSEST):
        return replace(
            proof, outcome="not proved", reason="some layers' fronts were not completed in time"
        )
    return proof

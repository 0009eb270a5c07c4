"""A second proof of what a result claims, from its contents alone.

Small mapspaces are enumerated. For the others the solver builds its model again, and is asked only
whether anything costs less, with another seed and other search parameters.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from zigzag_imc.checking.claims import Claim, claims_of
from zigzag_imc.checking.verify import Report, verify_result
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Stopped
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.library.options import MapOptions
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.mapspace.enumeration import LIMIT, best_by_enumeration, is_small
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import CostProfile, profile_named
from zigzag_imc.results.files import read_result
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.runs.job import Job, Outcome
from zigzag_imc.runs.local import run_jobs
from zigzag_imc.runs.run import Progress, ProgressCallback
from zigzag_imc.solver.network.edp import choose, network_bound
from zigzag_imc.solver.solution import SearchOptions, Solution

PARAMETERS = (
    ("cp_model_probing_level", 0),
    ("linearization_level", 0),
    ("permute_presolve_constraint_order", True),
    ("permute_variable_randomly", True),
    ("symmetry_level", 0),
)
"""CP-SAT parameters of the second proof; a first one uses the defaults."""

SEED_STEP = 104_729
"""Distance of the second proof's seed from the first one's."""

SMALL = 20_000
"""Mappings up to which a mapspace is enumerated; takes some seconds."""

Outcomes = Literal["proved", "refuted", "not proved"]


@dataclass(frozen=True, slots=True)
class Proof:
    """One claim of a result, and what came of proving it again.

    Attributes
    ----------
    layer
        Name of the layer; that of the network for the claim about all layers together.
    objective, floor
        Nothing costs less than so much (pJ, cycles or pJ x cycles); an infinite floor says that no
        mapping fits. ``network_edp`` is the energy-delay product of all layers together.
    method
        ``enumeration``, ``solver``, or ``fronts`` for the layers of a network together.
    mappings
        How many were scored.
    outcome
        ``refuted``: a cheaper mapping exists. ``not proved``: a limit ended the search, see
        ``reason``.
    cheaper, cheaper_value
        The mapping that refutes the claim, where there is one, and its objective.
    """

    layer: str
    objective: Literal["energy", "latency", "edp", "network_edp"]
    floor: float
    method: Literal["enumeration", "solver", "fronts"]
    outcome: Outcomes
    reason: str | None = None
    mappings: int = 0
    seconds: float = 0.0
    cheaper: LayerMapping | None = None
    cheaper_value: float | None = None

    @property
    def claim(self) -> str:
        """The claim for people."""
        if math.isinf(self.floor):
            return "no mapping fits"
        of = "edp of all layers" if self.objective == "network_edp" else self.objective
        return f"{of} >= {self.floor:.6g}"


@dataclass(frozen=True, slots=True)
class ProofReport:
    """What was proved again.

    Attributes
    ----------
    checks
        Outcome of the checks without a solver; where they fail, nothing is proved.
    proofs
        One per claim, in the order of the layers.
    stopped
        What ended the proofs early, if anything did.
    """

    checks: Report
    proofs: tuple[Proof, ...] = ()
    stopped: Stopped | None = None

    @property
    def holds(self) -> bool:
        """Whether all checks hold and all claims are proved again."""
        return self.checks.holds and all(proof.outcome == "proved" for proof in self.proofs)


def prove_result(
    result: str | os.PathLike[str] | NetworkResult,
    *,
    exhaustive: bool = False,
    jobs: int | None = None,
    time_limit: float | None = None,
    total_time_limit: float | None = None,
    progress: ProgressCallback | None = None,
) -> ProofReport:
    """Check a result and prove again every optimum, bound and infeasibility that it claims.

    Layers and accelerator are rebuilt from the result. Energy-latency fronts are checked, but not
    proved again.

    Parameters
    ----------
    result
        A result, or the path of its file.
    exhaustive
        Enumerate mapspaces of up to 200,000 mappings instead of 20,000.
    jobs
        Layers proved side by side; as many as there are cores by default.
    time_limit, total_time_limit
        Seconds for each layer, and for all; a claim that is open by then counts as not proved.
    progress
        Called whenever a proof starts or ends.

    Raises
    ------
    ZigzagImcError
        When the file is not a result, or an option is out of its range.
    """
    MapOptions(jobs=jobs, time_limit=time_limit, total_time_limit=total_time_limit)
    found = result if isinstance(result, NetworkResult) else read_result(result)
    started = time.monotonic()
    checks = verify_result(found)
    if not checks.holds:
        return ProofReport(checks)
    accelerator = accelerator_from_dict(found.accelerator.description, "accelerator.description")
    profile = profile_named(found.cost_model)
    claims = list(claims_of(found))
    limit = LIMIT if exhaustive else SMALL
    small: list[Claim] = []
    large: list[Claim] = []
    for claim in claims:
        (small if is_small(claim.record.layer(), accelerator, limit) else large).append(claim)
    together = [
        record
        for record in found.layers
        if record.objective == "network_edp" and record.bound is not None
    ]
    work = [_job(claim, accelerator, profile, time_limit) for claim in large]
    work += [_front_job(record, accelerator, profile, time_limit) for record in together]
    proofs: dict[str, Proof] = {}
    for claim in small:
        name = claim.record.name
        _tell(progress, Progress(name, None, len(proofs), len(small) + len(work)))
        proofs[name] = _enumerated(claim, accelerator, profile)
        _tell(progress, Progress(name, "OPTIMAL", len(proofs), len(small) + len(work)))
    outcomes, stopped = run_jobs(
        work, jobs, total_time_limit, _shifted(progress, len(small)), started
    )
    if stopped is None:
        outcomes[: len(large)], stopped = _again(
            large, work, outcomes, jobs, total_time_limit, started
        )
    for claim, outcome in zip(large, outcomes[: len(large)], strict=True):
        proofs[claim.record.name] = _judged(claim, outcome, accelerator, profile)
    ordered = [proofs[record.name] for record in found.layers if record.name in proofs]
    if together:
        ordered.append(_network_proof(found, together, outcomes[len(large) :]))
    return ProofReport(checks, tuple(ordered), stopped)


# ------------------------------------------------------------------ questions
def _options(
    record: LayerResult, time_limit: float | None, cutoff: float = math.inf
) -> SearchOptions:
    seed = record.certificate.seed if record.certificate is not None else 0
    return SearchOptions(
        time_limit, seed=(seed + SEED_STEP) % 2**31, cutoff=cutoff, parameters=PARAMETERS
    )


def _job(
    claim: Claim, accelerator: Accelerator, profile: CostProfile, time_limit: float | None
) -> Job:
    """Ask for anything cheaper; half of the resolution is left for the rounding of the proof."""
    options = _options(claim.record, time_limit, claim.floor * (1 - claim.resolution / 2))
    return Job(claim.record.layer(), accelerator, profile, claim.objective, options)


def _front_job(
    record: LayerResult, accelerator: Accelerator, profile: CostProfile, time_limit: float | None
) -> Job:
    return Job(
        record.layer(),
        accelerator,
        profile,
        "edp",
        _options(record, time_limit),
        optimum=False,
        front=True,
    )


def _tell(progress: ProgressCallback | None, news: Progress) -> None:
    if progress is not None:
        progress(news)


def _shifted(progress: ProgressCallback | None, done: int) -> ProgressCallback | None:
    """Count the proofs by enumeration among those done."""
    if progress is None or not done:
        return progress
    return lambda news: progress(replace(news, done=news.done + done, total=news.total + done))


# ------------------------------------------------------------------ proofs
def _enumerated(claim: Claim, accelerator: Accelerator, profile: CostProfile) -> Proof:
    started = time.monotonic()
    layer = claim.record.layer()
    best = best_by_enumeration(layer, accelerator, profile, claim.objective)
    size = (
        (claim.record.certificate.mapspace_size or 0) if claim.record.certificate is not None else 0
    )
    proof = Proof(
        claim.record.name, claim.objective, claim.floor, "enumeration", "proved", mappings=size
    )
    proof = replace(proof, seconds=time.monotonic() - started)
    if best is None or best[0] >= claim.least:
        return proof
    return _refuted(proof, claim, best[1], best[0])


def _again(
    claims: Sequence[Claim],
    work: Sequence[Job],
    outcomes: Sequence[Outcome],
    jobs: int | None,
    total_time_limit: float | None,
    started_s: float,
) -> tuple[list[Outcome], Stopped | None]:
    """Ask once more, without a margin, where a proof was complete but rounded down to just below
    the claim.
    """
    found = list(outcomes[: len(claims)])
    close = [
        number
        for number, (claim, outcome) in enumerate(zip(claims, found, strict=True))
        if outcome.solution is not None
        and outcome.solution.status in ("OPTIMAL", "INFEASIBLE")
        and outcome.solution.bound is not None
        and outcome.solution.bound < claim.least <= outcome.solution.bound * (1 + 2 * COARSEST)
        and not (outcome.solution.objective_value or math.inf) < claim.least
    ]
    retries = [
        replace(work[n], options=replace(work[n].options, cutoff=claims[n].floor)) for n in close
    ]
    repeated, stopped = run_jobs(retries, jobs, total_time_limit, None, started_s)
    for number, outcome in zip(close, repeated, strict=True):
        found[number] = outcome
    return found, stopped


def _judged(
    claim: Claim, outcome: Outcome, accelerator: Accelerator, profile: CostProfile
) -> Proof:
    """Judge the answer to the question whether anything is cheaper.

    A mapping that is said to be is scored again.
    """
    solution = outcome.solution
    assert solution is not None, "the job asked for an optimum"
    proof = Proof(
        claim.record.name,
        claim.objective,
        claim.floor,
        "solver",
        "proved",
        mappings=solution.exact_scores,
        seconds=outcome.seconds,
    )
    if solution.mapping is not None:
        layer = claim.record.layer()
        check_mapping(layer, accelerator, solution.mapping)
        value = (
            CostModel(layer, accelerator, profile).evaluate(solution.mapping).value(claim.objective)
        )
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


def _network_proof(
    result: NetworkResult, records: Sequence[LayerResult], outcomes: Sequence[Outcome]
) -> Proof:
    """Choose again among the fronts of all layers."""
    value = records[0].bound
    assert value is not None, "only layers with a bound of the whole are proved together"
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

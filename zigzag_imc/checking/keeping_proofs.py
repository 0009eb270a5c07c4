"""A second proof of what stays on chip: the search done again, with another seed and parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from zigzag_imc.checking.proofs import Proof
from zigzag_imc.checking.questions import PARAMETERS, SEED_STEP, Setting
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Stopped
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.library.query import Query
from zigzag_imc.locality.cases import spot_of
from zigzag_imc.locality.product import least_product
from zigzag_imc.locality.search import Rounds
from zigzag_imc.locality.weighing import ENERGY, LATENCY
from zigzag_imc.models.locality.timeline import Timeline
from zigzag_imc.results.locality import LocalityRecord
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.runs.job import Job, Outcome
from zigzag_imc.runs.local import run_jobs
from zigzag_imc.solver.solution import SearchOptions


def choice_by_search(
    found: NetworkResult, locality: LocalityRecord, setting: Setting, query: Query, budget: Budget
) -> Proof:
    """Search again for a choice that costs less than is claimed, from the result alone.

    Where a rule said what is kept, for mappings that cost less under it.
    """
    clock = Budget.of()
    claimed = locality.objective_value if locality.status == "OPTIMAL" else locality.bound
    assert claimed is not None, "only choices with a bound are proved again"
    rounds = _rounds(found, locality, setting, query, budget)
    rounds.relax()
    if found.objective == "edp":
        product = least_product(rounds)
        bound, value = product.bound, product.value
    else:
        answer = rounds.least(LATENCY if found.objective == "latency" else ENERGY)
        bound, value = answer.bound, math.inf if answer.best is None else answer.best.value
    proof = Proof(
        found.network.name,
        "kept",
        claimed,
        "choices",
        "proved",
        mappings=rounds.searches,
        seconds=clock.elapsed_s,
    )
    least = claimed * (1 - COARSEST)
    if value < least:
        reason = f"a choice of what is kept has {found.objective} {value!r}, less than {claimed!r}"
        return replace(proof, outcome="refuted", reason=reason, cheaper_value=value)
    if bound < least:
        reason = f"a bound of {bound!r} is proved"
        return replace(proof, outcome="not proved", reason=reason)
    return proof


def _rounds(
    found: NetworkResult, locality: LocalityRecord, setting: Setting, query: Query, budget: Budget
) -> Rounds:
    """Lay out the search again."""
    records = {name: record for record in found.layers for name in record.names}
    layers = {name: _free(record, name) for name, record in records.items()}
    timeline = Timeline(locality.dataflow(), layers, setting.accelerator, locality.keep_ends)
    spots = tuple(
        spot_of(timeline, name, _asked(record, setting)) for name, record in records.items()
    )
    first = found.layers[0]
    options = SearchOptions(
        setting.time_limit,
        seed=(found.seed + SEED_STEP) % 2**31,
        parameters=PARAMETERS,
        space=replace(first.space(), constraints=()),
    )

    def run(jobs: Sequence[Job]) -> tuple[list[Outcome], Stopped | None]:
        return run_jobs(jobs, query.jobs, budget, query.progress)

    with_latency = found.objective != "energy"
    given = locality.placement() if locality.rule == "zigzag" else None
    return Rounds(timeline, setting.profile, options, spots, run, budget, with_latency, given)


def _free(record: LayerResult, name: str) -> Layer:
    """Return a layer by one of its names, free to store either operand where it was."""
    layer = record.layer().replace(name=name)
    is_free = record.situation is not None and record.situation.stored_free
    if layer.stored is None or not is_free:
        return layer
    return layer.replace(stored=replace(layer.stored, free=True))


def _asked(record: LayerResult, setting: Setting) -> Constraints:
    """Return what a user asked of a layer, without what its situation asks."""
    situation = record.situation
    own = () if situation is None else situation.situation().constraints(setting.accelerator)
    return tuple(one for one in record.asked() if one not in own)

"""A second proof of what stays on chip: the search done again, with another seed and parameters."""

from __future__ import annotations

from dataclasses import replace

from zigzag_imc.checking.proofs import Proof
from zigzag_imc.checking.questions import PARAMETERS, SEED_STEP, Setting
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.library.query import Query
from zigzag_imc.locality.again import Manner, search_again
from zigzag_imc.results.locality import LocalityRecord
from zigzag_imc.results.result import NetworkResult
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
    options = SearchOptions(
        setting.time_limit, seed=(found.seed + SEED_STEP) % 2**31, parameters=PARAMETERS
    )
    manner = Manner(options, query.jobs, budget, query.progress)
    again = search_again(found, setting.accelerator, manner)
    proof = Proof(
        found.network.name,
        "kept",
        claimed,
        "choices",
        "proved",
        mappings=again.searches,
        seconds=clock.elapsed_s,
    )
    least = claimed * (1 - COARSEST)
    if again.value < least:
        reason = (
            f"a choice of what is kept has {found.objective} {again.value!r}, less than {claimed!r}"
        )
        return replace(proof, outcome="refuted", reason=reason, cheaper_value=again.value)
    if again.bound < least:
        reason = f"a bound of {again.bound!r} is proved"
        return replace(proof, outcome="not proved", reason=reason)
    return proof

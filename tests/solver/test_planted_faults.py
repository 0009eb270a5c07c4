"""Faults planted into the solver on purpose.

The checks that guard it have to see every one of them.

Each fault is planted, and the checks named beside it look at small cases from the given one on
until all of them have found something. The solver without the fault must pass the same checks on
the same cases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import pytest

from tests.solver import faults_of_costs as costs
from tests.solver import faults_of_diagonals as diagonals
from tests.solver import faults_of_search as search
from tests.solver.bound_checks import bounds_above_costs
from tests.solver.differential import (
    ENGINES,
    against_checker,
    against_enumeration,
    enumerated,
    solved,
)
from tests.solver.small_cases import Case, case, diagonal_case, resting_case, stalling_case
from zigzag_imc import crosscheck_network
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.mapspace.enumeration import front_by_enumeration
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.solver.presolve.spatial.sharing import SHARING
from zigzag_imc.solver.staircase import underside
from zigzag_imc.solver.underside import Corner

MOST_CASES = 8
"""Cases that the checks may look at for one fault."""

MOST_MAPPINGS = 1500
"""Mappings of a case at most."""

Kind = Literal["any", "stalling", "resting", "diagonal"]
Check = Callable[[Case, Objective], list[str]]

DRAW: dict[Kind, Callable[[int, int], Case]] = {
    "any": case,
    "stalling": stalling_case,
    "resting": resting_case,
    "diagonal": diagonal_case,
}


# ---------------------------------------------------------------- the checks
def verify(drawn: Case, objective: Objective) -> list[str]:
    """``zigzag-imc verify --exhaustive``."""
    return list(against_checker(solved(drawn, objective), exhaustive=True))


def crosscheck(drawn: Case, objective: Objective) -> list[str]:
    """``zigzag-imc crosscheck`` with the heuristic engines."""
    network = Network("case", (drawn.layer,))
    found = crosscheck_network(
        network,
        drawn.accelerator,
        engines=ENGINES,
        zigzag=False,
        objective=objective,
        cost_model=drawn.profile.name,
        jobs=1,
        seed=drawn.seed,
        space=drawn.space,
    )
    return list(found.contradictions)


def differential(drawn: Case, objective: Objective) -> list[str]:
    """Check the optimum by enumeration, as ``benchmarks/differential.py`` does."""
    return list(
        against_enumeration(solved(drawn, objective).layers[0], objective, enumerated(drawn))
    )


def fronts(drawn: Case, objective: Objective) -> list[str]:
    """Check the energy-latency front as well."""
    return list(
        against_enumeration(
            solved(drawn, objective, pareto=True).layers[0], objective, enumerated(drawn)
        )
    )


def undersides(drawn: Case, objective: Objective) -> list[str]:
    """Look below fronts that lack a point, as ``zigzag-imc verify --prove`` does."""
    del objective
    front = [
        Corner(latency, energy)
        for latency, energy in front_by_enumeration(drawn.layer, drawn.accelerator, drawn.profile)
    ]
    lacking = [[*front[:at], *front[at + 1 :]] for at in range(len(front)) if len(front) > 1]
    below = (underside(drawn.layer, drawn.accelerator, drawn.profile, one) for one in lacking)
    return [f"nothing is found without point {at}" for at, one in enumerate(below) if one.is_empty]


def bounds(drawn: Case, objective: Objective) -> list[str]:
    """Compare every bound with the costs it is a bound of, as ``test_bounds`` does."""
    return list(bounds_above_costs(drawn, (objective,), fixings=30))


ALL = (verify, crosscheck, differential)


# ---------------------------------------------------------------- the faults
@dataclass(frozen=True, slots=True)
class Planted:
    """A fault, the case from which on it is looked for, and the checks that have to see it."""

    fault: Callable[[pytest.MonkeyPatch], None]
    kind: Kind
    seed: int
    objective: Objective
    checks: tuple[Check, ...]


PLANTED = (
    Planted(search.no_capacities_in_the_model, "any", 8, "energy", ALL),
    Planted(search.chains_always_fit, "any", 8, "energy", ALL),
    Planted(search.single_tiles_always_fit, "stalling", 0, "energy", ALL),
    Planted(search.nothing_fits, "any", 4, "energy", (*ALL, bounds)),
    Planted(search.partial_sums_as_small_as_outputs, "any", 1, "latency", ALL),
    Planted(search.no_halo_in_columns, "any", 12, "energy", (*ALL, bounds)),
    Planted(search.halo_a_position_too_small, "stalling", 3, "energy", ALL),
    Planted(search.every_register_is_merged, "any", 0, "energy", (*ALL, bounds)),
    Planted(search.no_chain, "stalling", 15, "edp", ALL),
    Planted(search.no_chain_between_operands, "stalling", 15, "edp", ALL),
    Planted(search.one_order_of_operands, "stalling", 0, "edp", (verify, differential, bounds)),
    Planted(search.chains_along_most_axes, "any", 0, "energy", (*ALL, bounds)),
    Planted(search.excluded_family_too_large, "stalling", 81, "edp", (verify, differential)),
    Planted(search.one_loop_order_of_many, "stalling", 5, "latency", (bounds,)),
    Planted(search.tiles_discarded_too_eagerly, "any", 10, "latency", ALL),
    Planted(search.tiles_within_a_limit_seem_dearer, "any", 0, "energy", (bounds,)),
    Planted(search.spatial_mappings_left_out, "any", 3, "latency", ALL),
    Planted(search.proofs_end_too_early, "any", 10, "latency", (verify, differential)),
    Planted(search.the_last_word_is_always_no, "any", 3, "edp", ALL),
    Planted(search.what_remains_seems_dearer, "any", 3, "edp", ALL),
    Planted(search.an_array_dimension_of_what_remains_is_halved, "any", 3, "edp", ALL),
    Planted(search.fronts_with_gaps, "any", 4, "latency", (fronts,)),
    Planted(search.a_gap_below_fronts_left_out, "any", 0, "edp", (undersides,)),
    Planted(search.gaps_below_fronts_end_too_early, "any", 22, "edp", (undersides,)),
    Planted(search.scores_an_access_too_low, "any", 0, "energy", ALL),
    Planted(search.scores_a_cycle_too_fast, "any", 2, "edp", ALL),
    Planted(costs.energy_columns_a_bit_too_high, "stalling", 162, "energy", (*ALL, bounds)),
    Planted(costs.one_transfer_too_many, "any", 0, "energy", (*ALL, bounds)),
    Planted(costs.one_activation_too_many, "stalling", 16, "energy", (*ALL, bounds)),
    Planted(costs.partial_sums_read_back_at_first, "stalling", 20, "energy", (*ALL, bounds)),
    Planted(costs.energy_bound_too_high, "stalling", 13, "energy", (*ALL, bounds)),
    Planted(costs.room_is_never_credited, "any", 8, "energy", (*ALL, bounds)),
    Planted(costs.loads_a_cycle_too_long, "any", 0, "edp", (*ALL, bounds)),
    Planted(costs.loads_never_hide, "stalling", 28, "edp", (*ALL, bounds)),
    Planted(
        costs.onloading_one_after_the_other, "stalling", 0, "edp", (verify, differential, bounds)
    ),
    Planted(costs.ports_expose_half, "stalling", 0, "latency", (bounds,)),
    Planted(costs.all_loops_outside_are_rounds, "any", 24, "latency", (differential, bounds)),
    Planted(costs.rounds_are_full_cycles, "stalling", 0, "latency", (differential, bounds)),
    Planted(costs.hidden_links_count, "any", 8, "latency", (bounds,)),
    Planted(costs.transfers_a_cycle_too_long, "any", 0, "edp", (*ALL, bounds)),
    Planted(costs.every_lowest_window_is_short, "stalling", 2, "latency", (bounds,)),
    Planted(costs.window_terms_doubled, "stalling", 5, "latency", (bounds,)),
    Planted(costs.nothing_is_double_buffered, "stalling", 230, "latency", (bounds,)),
    Planted(costs.rows_a_cycle_too_slow, "any", 10, "edp", (*ALL, bounds)),
    Planted(costs.stalls_count_twice, "stalling", 6, "latency", (verify, differential, bounds)),
    Planted(costs.latency_sums_a_cycle_too_high, "any", 10, "edp", (*ALL, bounds)),
    Planted(costs.nothing_that_passes_hides, "stalling", 1, "latency", (bounds,)),
    Planted(costs.quick_bounds_too_high, "any", 40, "energy", (*ALL, bounds)),
    Planted(costs.quick_bounds_count_the_first_load, "any", 38, "latency", (bounds,)),
    Planted(
        costs.every_register_holds_one_element, "stalling", 0, "edp", (verify, differential, bounds)
    ),
    Planted(costs.no_cut_holds_what_rests, "resting", 6, "energy", (bounds,)),
    Planted(costs.first_transfers_compete, "resting", 33, "latency", (bounds,)),
    Planted(costs.objective_a_bit_too_high, "stalling", 82, "edp", (verify, differential, bounds)),
    Planted(costs.rounded_up, "stalling", 6, "latency", (verify, differential, bounds)),
    Planted(diagonals.bands_a_row_short, "diagonal", 44, "latency", (verify, crosscheck)),
    Planted(diagonals.full_bands_left_out, "diagonal", 37, "latency", ALL),
    Planted(diagonals.blocks_count_twice, "diagonal", 142, "latency", ALL),
    Planted(diagonals.columns_add_up_the_whole_band, "diagonal", 142, "energy", (bounds,)),
)


@lru_cache(maxsize=64)
def _drawn(kind: Kind, seed: int) -> Case:
    return DRAW[kind](seed, MOST_MAPPINGS)


@lru_cache(maxsize=256)
def _said_without_a_fault(
    check: Check, kind: Kind, seed: int, objective: Objective
) -> tuple[str, ...]:
    return tuple(check(_drawn(kind, seed), objective))


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.fault.__name__)
def test_planted_faults_are_seen(planted: Planted) -> None:
    unseen = {check.__name__: check for check in planted.checks}
    looked: list[tuple[Check, int]] = []
    for seed in range(planted.seed, planted.seed + MOST_CASES):
        with pytest.MonkeyPatch.context() as patch:
            planted.fault(patch)
            SHARING.forget()  # the fault may be in what was kept, or what is kept now be at fault
            for name, check in list(unseen.items()):
                looked.append((check, seed))
                if check(_drawn(planted.kind, seed), planted.objective):
                    del unseen[name]
        SHARING.forget()
        if not unseen:
            break
    assert not unseen, (
        f"{planted.fault.__doc__} {MOST_CASES} cases, and these checks see nothing: "
        f"{', '.join(unseen)}"
    )
    for check, seed in looked:
        said = _said_without_a_fault(check, planted.kind, seed, planted.objective)
        assert not said, f"without the fault, {check.__name__} of case {seed} says {said}"


def test_every_fault_is_planted() -> None:
    known = {
        value
        for module in (search, costs, diagonals)
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    }
    assert {planted.fault for planted in PLANTED} == known

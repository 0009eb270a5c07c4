"""Among mappings that are equally good, one that is best in what comes second: by enumeration."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.solver.corner_cases import bits_case, corner_case
from tests.solver.differential import OBJECTIVES
from tests.solver.small_cases import Case, case, diagonal_case, stalling_case
from tests.solver.tables.tiny_columns import model_of
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import COARSEST, RESOLUTION
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.enumeration import enumerate_mappings
from zigzag_imc.solver import ties
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.minimise import minimise
from zigzag_imc.solver.proof.verdict import Verdict
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions


def second_of(objective: Objective, cost: Cost) -> float:
    """What comes second: latency after energy, energy after the others."""
    return cost.latency_cycles if objective == "energy" else cost.energy_pj


def all_costs(drawn: Case) -> list[Cost]:
    """Score every mapping."""
    model = CostModel(drawn.layer, drawn.accelerator, drawn.profile)
    mappings = enumerate_mappings(drawn.layer, drawn.accelerator, drawn.profile)
    return [model.evaluate(mapping) for mapping in mappings]


@pytest.mark.parametrize("draw", [case, stalling_case, corner_case, bits_case, diagonal_case])
@pytest.mark.parametrize("seed", range(8))
def test_what_comes_second_is_least_among_all_optima(
    draw: Callable[[int, int], Case], seed: int
) -> None:
    """And its bound reaches it."""
    drawn = draw(seed, 800)
    costs = all_costs(drawn)
    for objective in OBJECTIVES if costs else ():
        found = solve(drawn.layer, drawn.accelerator, drawn.profile, objective)
        assert found.cost is not None
        assert found.tie is not None
        best = min(cost.value(objective) for cost in costs)
        optima = [cost for cost in costs if cost.value(objective) <= best * (1 + RESOLUTION / 2)]
        least = min(second_of(objective, cost) for cost in optima)
        assert found.tie.value == second_of(objective, found.cost)
        assert found.tie.value <= least * (1 + COARSEST)
        assert found.tie.gap <= COARSEST
        assert found.cost.value(objective) <= best * (1 + 2 * RESOLUTION)


def test_some_optima_differ_in_what_comes_second() -> None:
    """Or the tests above would show nothing."""
    costs = [all_costs(stalling_case(seed, 800)) for seed in range(4)]
    spreads = []
    for scored in filter(None, costs):
        fastest = min(cost.latency_cycles for cost in scored)
        energies = {cost.energy_pj for cost in scored if cost.latency_cycles == fastest}
        spreads.append(max(energies) / min(energies))
    assert max(spreads) > 1.05


@pytest.mark.parametrize("options", [SearchOptions(gap=0.5), SearchOptions(cutoff=1e12)])
def test_other_questions_leave_ties_open(options: SearchOptions) -> None:
    """Whoever asks for a gap, or whether there is a mapping at all, does not ask for more."""
    model = model_of()
    found = solve(model.layer, model.hardware, model.profile, "energy", options)
    assert found.mapping is not None
    assert found.tie is None


def test_what_is_proved_of_products_leaves_ties_to_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns end where the floor is within a millionth of what they ask for."""
    asked: list[tuple[float, float]] = []

    def told(bench: Workbench, goal: Goal) -> Verdict:
        if bench.proved_value:
            asked.append((bench.proved_value, bench.options.cutoff))
        return minimise(bench, goal)

    monkeypatch.setattr(ties, "minimise", told)
    model = model_of()
    found = solve(model.layer, model.hardware, model.profile, "edp")
    assert asked
    for proved, most in asked:
        assert proved < (found.objective_value or 0.0) <= most
        assert proved < most * (1 - COARSEST)

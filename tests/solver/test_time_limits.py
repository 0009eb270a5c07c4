"""Limits are used and kept where there are more spatial mappings than anybody lists in time."""

from __future__ import annotations

import copy
import time

import pytest

from tests.accelerators import base
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer_building import conv_layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.engines.catalogue import engine_named
from zigzag_imc.solver.search import solve

LAYER = conv_layer(
    "wide", out_channels=128, in_channels=128, output_size=28, filter_size=3, input_size=28
)
LATE_S = 1.0
"""Seconds of the processor that a search may take longer."""


def budget_of(limit_s: float) -> Budget:
    """Start the processor's own clock, which runs no faster where others use the machine, too."""
    return Budget.of(limit_s, clock=time.process_time)


def macros(*counts: int) -> Accelerator:
    """Macros of 64 x 256 in so many directions, one memory over all of them."""
    data = copy.deepcopy(base("dimc"))
    dims = [f"D{number}" for number in range(1, 3 + len(counts))]
    data["operational_array"] |= {"dimensions": dims, "sizes": [64, 256, *counts]}
    for name in ("sram_256KB", "dram"):
        data["memories"][name]["served_dimensions"] = dims
    return accelerator_from_dict(data, "macros")


@pytest.mark.parametrize("counts", [(16,), (4, 4)])
def test_a_search_uses_its_time_and_has_a_bound(counts: tuple[int, ...]) -> None:
    limit_s = 1.0
    budget = budget_of(limit_s)
    found = solve(LAYER, macros(*counts), IMC, "edp", budget=budget)
    assert found.mapping is not None
    assert found.bound is not None
    assert 0 < found.bound <= (found.objective_value or 0)
    assert found.status == "OPTIMAL" or 0.95 * limit_s <= budget.elapsed_s <= limit_s + LATE_S


@pytest.mark.parametrize("objective", ["energy", "latency"])
def test_the_bound_of_other_objectives_is_not_zero_either(objective: Objective) -> None:
    found = solve(LAYER, macros(4, 4), IMC, objective, budget=budget_of(0.5))
    assert found.bound is not None
    assert 0 < found.bound <= (found.objective_value or 0)


@pytest.mark.parametrize("name", ["loma", "salsa", "random"])
def test_engines_keep_their_limits(name: str) -> None:
    budget = budget_of(0.5)
    found = engine_named(name).search(LAYER, macros(16, 4), IMC, "edp", budget=budget)
    assert found.status == "FEASIBLE"
    assert budget.elapsed_s <= 0.5 + LATE_S


def test_the_exhaustive_engine_refuses_what_it_cannot_even_count() -> None:
    with pytest.raises(OptionError, match=r"would go through more than .* takes at least"):
        engine_named("exhaustive").check(LAYER, macros(32, 16), IMC)


def test_a_forced_exhaustive_search_keeps_its_limit() -> None:
    engine = engine_named("exhaustive", {"force": True})
    budget = budget_of(0.5)
    found = engine.search(LAYER, macros(16, 4), IMC, "edp", budget=budget)
    assert found.status in ("FEASIBLE", "UNKNOWN")
    assert budget.elapsed_s <= 0.5 + LATE_S


def test_a_giant_prime_stalls_nothing() -> None:
    layer = conv_layer(
        "prime", out_channels=4, in_channels=2**50 - 27, output_size=1, filter_size=1
    )
    budget = budget_of(0.5)
    found = solve(layer, macros(16), IMC, "edp", budget=budget)
    assert found.status == "INFEASIBLE"
    assert budget.elapsed_s <= 0.5 + LATE_S

"""The search among tiles of any size finds and proves what scoring every mapping finds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

import pytest

from tests.solver.small_cases import Case, case, stalling_case, told
from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.space import ANY_OUTERMOST
from zigzag_imc.core.tolerances import RESOLUTION, TOLERANCE
from zigzag_imc.models.array.slicing import misfit
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.enumeration import best_by_enumeration
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import IMC, ZIGZAG_IMC, CostProfile
from zigzag_imc.solver.proof.verdict import Verdict
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.short_tiles import held, model, search
from zigzag_imc.solver.short_tiles.refuting import Refuting
from zigzag_imc.solver.solution import SearchOptions, Solution

MOST_MAPPINGS = 3000
SEEDS = range(16)


@lru_cache
def known(draw: Callable[[int, int], Case], seed: int, profile: CostProfile) -> float | None:
    """Least energy of a small case; ``None`` where it is too large, or nothing fits."""
    drawn = draw(seed, 300)
    layer, accelerator = drawn.layer, drawn.accelerator
    if misfit(accelerator, layer.precision, profile) is not None:
        return None
    if mapspace_size(layer, drawn.seen, profile, ANY_OUTERMOST) > MOST_MAPPINGS:
        return None
    best = best_by_enumeration(layer, accelerator, profile, "energy", ANY_OUTERMOST)
    return None if best is None else best[0]


def cases() -> Iterator[tuple[Case, CostProfile, float]]:
    """Small cases with their least energies."""
    for draw in (case, stalling_case):
        for seed in SEEDS:
            for profile in (IMC, ZIGZAG_IMC):
                value = known(draw, seed, profile)
                if value is not None:
                    yield draw(seed, 300), profile, value


def by_models_alone(drawn: Case, profile: CostProfile, value: float) -> Solution:
    """Search without a first mapping, and for little more than the optimum.

    So every claim is one of the models, and none may count too much.
    """
    options = SearchOptions(space=ANY_OUTERMOST, cutoff=(1 + 1e-6) * value)
    costs = CostModel(drawn.layer, drawn.accelerator, profile)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "minimise", lambda *_: Verdict(None, 0.0, "left to the models"))
        found = search.search_short_tiles(costs, options, Budget.of())
    assert found is not None
    return found


def is_right(found: Solution, value: float) -> bool:
    """Whether an answer is the optimum, with a bound that is not above it."""
    return (
        found.status == "OPTIMAL"
        and math.isclose(found.objective_value or 0.0, value, rel_tol=RESOLUTION)
        and (found.bound or 0.0) <= value * (1 + TOLERANCE)
    )


@pytest.mark.parametrize("profile", [IMC, ZIGZAG_IMC])
@pytest.mark.parametrize("draw", [case, stalling_case])
@pytest.mark.parametrize("seed", SEEDS)
def test_least_energy_of_small_cases(
    draw: Callable[[int, int], Case], seed: int, profile: CostProfile
) -> None:
    value = known(draw, seed, profile)
    if value is None:
        return
    drawn = draw(seed, 300)
    options = SearchOptions(space=ANY_OUTERMOST)
    found = solve(drawn.layer, drawn.accelerator, profile, "energy", options)
    for answer in (found, by_models_alone(drawn, profile, value)):
        assert is_right(answer, value), told(drawn)
        assert answer.mapping is not None
        check_mapping(drawn.layer, drawn.accelerator, answer.mapping, profile)


def test_there_are_cases_enough() -> None:
    assert len(list(cases())) >= 20


# ------------------------------------------------------------------ planted faults
def _tiles_that_divide_alone(patch: pytest.MonkeyPatch) -> None:
    """All of a dimension is no link of its own."""
    patch.setattr(model, "divides", lambda inner, outer, size: outer % inner == 0)


def _twice_the_room(patch: pytest.MonkeyPatch) -> None:
    """Every memory holds two tiles."""
    patch.setattr(held._Room, "_copies", lambda *_: [(2, [])])


def _everything_is_refuted(patch: pytest.MonkeyPatch) -> None:
    """Ranges refute what they do not."""
    patch.setattr(Refuting, "succeeds", lambda _: True)


FAULTS = (
    _tiles_that_divide_alone,
    _twice_the_room,
    _everything_is_refuted,
)


def _tiny(sram_bits: int) -> Accelerator:
    """One multiplier, and a memory for a few elements."""
    dimc = load_accelerator("dimc")
    memories = tuple(
        replace(memory, size_bits=sram_bits) if memory.name.startswith("sram") else memory
        for memory in dimc.memories
    )
    array = replace(dimc.array, dimensions=(("D1", 1), ("D2", 1)))
    return dimc.replace(array=array, memories=memories)


@lru_cache
def _odd() -> tuple[tuple[Case, float], ...]:
    """Layers with few divisors over small memories, and their least energies."""
    found = []
    for rows, out_channels, in_channels, bits in ((5, 3, 1, 64), (11, 2, 1, 64), (5, 1, 3, 64)):
        layer = matmul_layer("x", rows=rows, out_channels=out_channels, in_channels=in_channels)
        accelerator = _tiny(bits)
        best = best_by_enumeration(layer, accelerator, IMC, "energy", ANY_OUTERMOST)
        assert best is not None
        found.append((Case(0, layer, {}, accelerator, IMC), best[0]))
    return tuple(found)


def test_odd_sizes_over_small_memories() -> None:
    assert all(is_right(by_models_alone(drawn, IMC, value), value) for drawn, value in _odd())


@pytest.mark.parametrize("plant", FAULTS)
def test_planted_faults_are_seen(plant: Callable[[pytest.MonkeyPatch], None]) -> None:
    found = _odd()
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        right = [is_right(by_models_alone(drawn, IMC, value), value) for drawn, value in found]
    assert not all(right)

"""The solver against the enumeration of every mapping: equal optimum, sound bound, on random small cases."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import get_args

import pytest

from tests.solver.small_cases import PROFILES, Case, case
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.capacity import check_mapping, check_spatial, overflows
from zigzag_imc.models.enumeration import (
    best_by_enumeration,
    enumerate_mappings,
    front_by_enumeration,
    is_small,
    optimum_if_small,
)
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace import is_smallest, prime_factors, spatial_mappings
from zigzag_imc.models.profile import IMC
from zigzag_imc.models.spatial_space import mapspace_size
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import Objective

OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
CASES = range(210)
SAME = 1e-9


def _optima(drawn: Case) -> dict[str, tuple[float, LayerMapping]]:
    """Least value and mapping per objective, all from one enumeration; empty when no mapping fits."""
    model = CostModel(drawn.layer, drawn.accelerator, drawn.profile)
    best: dict[str, tuple[float, LayerMapping]] = {}
    for mapping in enumerate_mappings(drawn.layer, drawn.accelerator):
        cost = model.evaluate(mapping)
        for objective in OBJECTIVES:
            value = cost.value(objective)
            if objective not in best or value < best[objective][0]:
                best[objective] = (value, mapping)
    return best


def _told(drawn: Case) -> str:
    """What to know of a case that fails."""
    sizes = ", ".join(f"{dim} {size}" for dim, size in drawn.layer.loop_dims if size > 1)
    return f"case({drawn.seed}): {drawn.layer.name} ({sizes}) under {drawn.profile.name}"


@pytest.mark.parametrize("first", range(CASES.start, CASES.stop, 10))
def test_the_solver_finds_what_enumeration_finds(first: int) -> None:
    wrong = []
    for seed in range(first, first + 10):
        drawn = case(seed)
        optima = _optima(drawn)
        for objective in OBJECTIVES:
            found = solve(drawn.layer, drawn.accelerator, drawn.profile, objective)
            told = f"{_told(drawn)}, {objective}: {found.status} {found.objective_value} (bound {found.bound})"
            if objective not in optima:
                if found.status != "INFEASIBLE":
                    wrong.append(f"{told}, but no mapping fits")
                continue
            value, mapping = optima[objective]
            reached = math.isclose(found.objective_value or 0.0, value, rel_tol=SAME)
            if found.status != "OPTIMAL" or not reached or found.bound is None or found.bound > value * (1 + SAME):
                wrong.append(f"{told}, enumeration {value} by {mapping}")
            elif found.mapping is not None:
                try:
                    check_mapping(drawn.layer, drawn.accelerator, found.mapping)
                except MappingError as error:
                    wrong.append(f"{told}, not legal: {error}")
    assert not wrong, "\n".join(wrong)


def test_the_cases_have_all_features() -> None:
    seen: Counter[str] = Counter()
    for drawn in map(case, CASES):
        layer, accelerator = drawn.layer, drawn.accelerator
        seen[drawn.profile.name] += 1
        seen[f"group depth {accelerator.group_depth}"] += 1
        seen[f"{len(accelerator.array.dimensions)} array dimensions"] += 1
        seen["analog" if accelerator.array.analog else "digital"] += 1
        for operand in OPERANDS:
            seen[f"{operand} {len(accelerator.levels[operand])} levels"] += 1
        seen["stride"] += any(w.stride > 1 for w in layer.windows)
        seen["dilation"] += any(w.dilation > 1 for w in layer.windows)
        seen["matrix product"] += layer.is_matrix_product
        seen["groups"] += layer.sizes.get("G", 1) > 1
        seen["batch"] += layer.sizes.get("B", 1) > 1
        seen["forced double buffer"] += any(memory.double_buffered for memory in accelerator.memories)
        for memory in accelerator.memories[:-1]:
            seen[f"shared by {len(memory.operands)}"] += 1
        spatials = list(spatial_mappings(layer, accelerator))
        seen["diagonal"] += any({"OX", "OY"} & s.on("D1").keys() and {"FX", "FY"} & s.on("D2").keys() for s in spatials)
        seen["not dividing"] += any(
            layer.sizes[dim] % factor for spatial in spatials for dim, factor in spatial.factors.items()
        )
        fitting = sum(1 for _ in enumerate_mappings(layer, accelerator))
        seen["infeasible"] += fitting == 0
    expected = [
        *(profile.name for profile in PROFILES), "group depth 1", "group depth 2", "2 array dimensions",
        "3 array dimensions", "analog", "digital", "W 2 levels", "W 3 levels", "I 2 levels", "I 3 levels",
        "O 2 levels", "O 3 levels", "stride", "dilation", "matrix product", "groups", "batch", "forced double buffer",
        "shared by 2", "shared by 3", "diagonal", "not dividing", "infeasible",
    ]  # fmt: skip
    assert [feature for feature in expected if seen[feature] < 3] == []


# ---------------------------------------------------------------- the enumeration itself
def _every_mapping(drawn: Case) -> list[LayerMapping]:
    """Every mapping that fits, spelled out: all unrollings, all permutations of prime factors, all cuts."""
    layer, accelerator = drawn.layer, drawn.accelerator
    found: dict[LayerMapping, None] = {}
    for spatial in _every_spatial(drawn):
        primes = [
            (dim, prime)
            for dim, size in spatial.temporal_sizes(layer.loop_dims).items()
            for prime, exponent in prime_factors(size)
            for _ in range(exponent)
        ]
        for loops in set(itertools.permutations(primes)):
            choices = [
                [
                    cuts
                    for cuts in itertools.product(range(len(loops) + 1), repeat=len(accelerator.levels[operand]) - 1)
                    if list(cuts) == sorted(cuts)
                ]
                for operand in OPERANDS
            ]
            for w, i, o in itertools.product(*choices):
                mapping = LayerMapping(spatial, TemporalMapping(loops, (w, i, o)))
                if not overflows(layer, accelerator, mapping):
                    found[mapping] = None
    return list(found)


def _every_spatial(drawn: Case) -> list[SpatialMapping]:
    """Every combination of unrollings that the array takes and none of which can be lowered for free."""
    layer, accelerator = drawn.layer, drawn.accelerator
    slots = [(name, dim) for name, _ in accelerator.array.dimensions for dim, size in layer.loop_dims if size > 1]
    lanes = dict(accelerator.array.dimensions)
    found = []
    for factors in itertools.product(*(range(1, min(lanes[name], layer.sizes[dim]) + 1) for name, dim in slots)):
        unrollings: dict[str, dict[str, int]] = {}
        for (name, dim), factor in zip(slots, factors, strict=True):
            unrollings.setdefault(name, {})[dim] = factor
        if any(math.prod(used.values()) > lanes[name] for name, used in unrollings.items()):
            continue
        if not all(
            is_smallest(size, tuple(used.get(dim, 1) for used in unrollings.values())) for dim, size in layer.loop_dims
        ):
            continue
        spatial = SpatialMapping.of(unrollings)
        try:
            check_spatial(layer, accelerator, spatial)
        except MappingError:
            continue
        found.append(spatial)
    return found


@pytest.mark.parametrize("seed", range(24))
def test_leaving_out_equal_cuts_loses_nothing(seed: int) -> None:
    drawn = case(seed, most_mappings=300)
    layer, accelerator = drawn.layer, drawn.accelerator
    spatials = set(spatial_mappings(layer, accelerator))
    legal = set(_every_spatial(drawn))
    assert spatials - legal == set(), "the mapspace has spatial mappings that are not legal"
    assert legal - spatials == set(), "the mapspace lacks legal spatial mappings"
    everything, kept = _every_mapping(drawn), list(enumerate_mappings(layer, accelerator))
    assert len(set(kept)) == len(kept)
    assert set(kept) <= set(everything)
    assert len(everything) <= mapspace_size(layer, accelerator)
    model = CostModel(layer, accelerator, drawn.profile)
    for objective in OBJECTIVES:
        values = [model.evaluate(mapping).value(objective) for mapping in everything]
        best = best_by_enumeration(layer, accelerator, drawn.profile, objective)
        assert (best and best[0]) == (min(values) if values else None)


def test_the_front_ends_at_the_two_optima() -> None:
    for drawn in map(case, range(10)):
        front = front_by_enumeration(drawn.layer, drawn.accelerator, drawn.profile)
        optima = _optima(drawn)
        assert bool(front) == bool(optima)
        if front:
            assert front[0][0] == optima["latency"][0]
            assert front[-1][1] == optima["energy"][0]
            assert front == sorted(set(front))
            assert [energy for _, energy in front] == sorted((energy for _, energy in front), reverse=True)


def test_large_mapspaces_are_left_alone() -> None:
    drawn = case(0)
    assert is_small(drawn.layer, drawn.accelerator)
    assert not is_small(drawn.layer, drawn.accelerator, limit=1)
    large = drawn.layer.replace(loop_dims=tuple((dim, 64) for dim, _ in drawn.layer.loop_dims))
    assert optimum_if_small(large, drawn.accelerator, IMC, "energy") is None

"""The solver against the enumeration of every mapping.

Equal optimum, sound bound, on random small cases.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable

import pytest

from tests.lines import lines_are_kept
from tests.solver.corner_cases import CORNER_FEATURES, corner_case, corner_features
from tests.solver.differential import OBJECTIVES, enumerated
from tests.solver.small_cases import (
    FEATURES,
    PROFILES,
    Case,
    case,
    diagonal_case,
    features,
    stalling_case,
    told,
)
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.capacity import overflows
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.enumeration import (
    best_by_enumeration,
    enumerate_mappings,
    front_by_enumeration,
    is_small,
    optimum_if_small,
)
from zigzag_imc.models.mapspace.factors import prime_factors
from zigzag_imc.models.mapspace.legality import check_mapping, check_spatial
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.mapspace.unrollings import is_smallest
from zigzag_imc.models.profile import IMC, ZIGZAG
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions

CASES = range(120)
STALLING_CASES = range(20)
CORNER_CASES = range(40)
DIAGONAL_CASES = range(30)

BATCHES = [
    *((case, first) for first in range(CASES.start, CASES.stop, 10)),
    *((stalling_case, first) for first in range(STALLING_CASES.start, STALLING_CASES.stop, 10)),
    *((corner_case, first) for first in range(CORNER_CASES.start, CORNER_CASES.stop, 10)),
    *((diagonal_case, first) for first in range(DIAGONAL_CASES.start, DIAGONAL_CASES.stop, 10)),
]


@pytest.mark.parametrize(("draw", "first"), BATCHES)
def test_the_solver_finds_what_enumeration_finds(draw: Callable[[int], Case], first: int) -> None:
    wrong = []
    for seed in range(first, first + 10):
        drawn = draw(seed)
        optima, options = enumerated(drawn).optima, SearchOptions(space=drawn.space)
        for objective in OBJECTIVES:
            found = solve(drawn.layer, drawn.accelerator, drawn.profile, objective, options)
            said = (
                f"{told(drawn)}, {objective}: {found.status} {found.objective_value} "
                f"(bound {found.bound})"
            )
            if objective not in optima:
                if found.status != "INFEASIBLE":
                    wrong.append(f"{said}, but no mapping fits")
                continue
            value, mapping = optima[objective]
            reached = math.isclose(found.objective_value or 0.0, value, rel_tol=TOLERANCE)
            if (
                found.status != "OPTIMAL"
                or not reached
                or found.bound is None
                or found.bound > value * (1 + TOLERANCE)
            ):
                wrong.append(f"{said}, enumeration {value} by {mapping}")
            elif found.mapping is not None:
                try:
                    check_mapping(drawn.layer, drawn.accelerator, found.mapping, drawn.profile)
                except MappingError as error:
                    wrong.append(f"{said}, not legal: {error}")
    assert not wrong, "\n".join(wrong)


def test_the_cases_have_all_features() -> None:
    seen: Counter[str] = Counter()
    for drawn in (*map(case, CASES), *map(diagonal_case, DIAGONAL_CASES)):
        seen.update((drawn.profile.name, *features(drawn)))
        seen["infeasible"] += not any(
            True
            for _ in enumerate_mappings(drawn.layer, drawn.accelerator, drawn.profile, drawn.space)
        )
    expected = [*(profile.name for profile in PROFILES), *FEATURES, "infeasible"]
    assert [feature for feature in expected if seen[feature] < 3] == []


def test_the_corner_cases_have_what_is_rare() -> None:
    seen = Counter(
        feature for seed in CORNER_CASES for feature in corner_features(corner_case(seed))
    )
    assert [feature for feature in CORNER_FEATURES if not seen[feature]] == []


# ---------------------------------------------------------------- the enumeration itself
def _every_mapping(drawn: Case) -> list[LayerMapping]:
    """Every mapping that fits, spelled out.

    All unrollings, all permutations of prime factors, all cuts.
    """
    layer, accelerator = drawn.layer, drawn.seen
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
                    for cuts in itertools.product(
                        range(len(loops) + 1), repeat=len(accelerator.levels[operand]) - 1
                    )
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
    """Every combination of unrollings that the array takes.

    And none of which can be lowered for free.
    """
    layer, accelerator = drawn.layer, drawn.seen
    slots = [
        (name, dim)
        for name, _ in accelerator.array.dimensions
        for dim, size in layer.loop_dims
        if size > 1
    ]
    lanes = dict(accelerator.array.dimensions)
    found = []
    for factors in itertools.product(
        *(range(1, min(lanes[name], layer.sizes[dim]) + 1) for name, dim in slots)
    ):
        unrollings: dict[str, dict[str, int]] = {}
        for (name, dim), factor in zip(slots, factors, strict=True):
            unrollings.setdefault(name, {})[dim] = factor
        if any(math.prod(used.values()) > lanes[name] for name, used in unrollings.items()):
            continue
        if not all(
            is_smallest(size, tuple(used.get(dim, 1) for used in unrollings.values()))
            for dim, size in layer.loop_dims
        ):
            continue
        spatial = SpatialMapping.of(unrollings)
        if not drawn.profile.wide_lines and not lines_are_kept(layer, accelerator, spatial):
            continue
        try:
            check_spatial(layer, accelerator, spatial, ZIGZAG)
        except MappingError:
            continue
        found.append(spatial)
    return found


@pytest.mark.parametrize(
    ("draw", "seed"),
    [*((case, seed) for seed in range(24)), *((corner_case, seed) for seed in range(12))],
)
def test_leaving_out_equal_cuts_loses_nothing(draw: Callable[[int, int], Case], seed: int) -> None:
    drawn = draw(seed, 300)
    layer, accelerator = drawn.layer, drawn.seen
    spatials = set(SpatialSpace.of(layer, accelerator, drawn.profile))
    legal = set(_every_spatial(drawn))
    assert spatials - legal == set(), "the mapspace has spatial mappings that are not legal"
    assert legal - spatials == set(), "the mapspace lacks legal spatial mappings"
    everything, kept = (
        _every_mapping(drawn),
        list(enumerate_mappings(layer, accelerator, drawn.profile)),
    )
    assert len(set(kept)) == len(kept)
    assert set(kept) <= set(everything)
    assert len(everything) <= mapspace_size(layer, accelerator, drawn.profile)
    model = CostModel(layer, accelerator, drawn.profile)
    for objective in OBJECTIVES:
        values = [model.evaluate(mapping).value(objective) for mapping in everything]
        best = best_by_enumeration(layer, accelerator, drawn.profile, objective)
        assert (best and best[0]) == (min(values) if values else None)


def test_the_front_ends_at_the_two_optima() -> None:
    for drawn in map(case, range(10)):
        front = front_by_enumeration(drawn.layer, drawn.accelerator, drawn.profile)
        optima = enumerated(drawn).optima
        assert bool(front) == bool(optima)
        if front:
            assert front[0][0] == optima["latency"][0]
            assert front[-1][1] == optima["energy"][0]
            assert front == sorted(set(front))
            assert [energy for _, energy in front] == sorted(
                (energy for _, energy in front), reverse=True
            )


def test_large_mapspaces_are_left_alone() -> None:
    drawn = case(0)
    assert is_small(drawn.layer, drawn.accelerator, drawn.profile)
    assert not is_small(drawn.layer, drawn.accelerator, drawn.profile, limit=1)
    large = drawn.layer.replace(loop_dims=tuple((dim, 64) for dim, _ in drawn.layer.loop_dims))
    assert optimum_if_small(large, drawn.accelerator, IMC, "energy") is None

"""Small cases with one feature or two that the search treats apart: each alone, and every pair."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.solver.corner_cases import corner_layer
from tests.solver.plain_constraints import KINDS, random_constraint
from tests.solver.small_cases import (
    Case,
    has_diagonal,
    random_accelerator,
    random_layer,
    spatials_of,
)
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.core.space import Space
from zigzag_imc.models.array.slicing import misfit
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.factors import prime_factors
from zigzag_imc.models.profile import IMC, ZIGZAG_IMC, CostProfile

PAIRED = ("diagonals", "short tiles", "macros", "group depth", "constraints", "odd bits")
"""Features that are switched on alone and in pairs."""

COMBINATIONS: tuple[frozenset[str], ...] = tuple(
    frozenset(some) for count in (1, 2) for some in itertools.combinations(PAIRED, count)
)
"""Every feature alone, then every pair; the seeds take them in turn."""


def paired_case(seed: int, most_mappings: int = 2000) -> Case:
    """Draw a case that has the features whose turn it is, and none of the others.

    ``most_mappings`` bounds the mapspace without constraints.
    """
    wanted = COMBINATIONS[seed % len(COMBINATIONS)]
    rng, profile = random.Random(f"paired {seed}"), _profile(seed)
    space = Space("any-outermost" if "short tiles" in wanted else "divisors", "diagonals" in wanted)
    while True:
        data = _accelerator(rng, wanted)
        layer = _layer(rng, wanted)
        accelerator = accelerator_from_dict(data, "paired")
        if not _is_fit(layer, accelerator, profile, space, most_mappings):
            continue
        drawn = Case(seed, layer, data, accelerator, profile, space)
        if set(_found(drawn)) != wanted - {"constraints"}:
            continue
        return _constrained(drawn, rng) if "constraints" in wanted else drawn


def _profile(seed: int) -> CostProfile:
    """Return the profile of a seed; neighbouring rounds of combinations take turns."""
    return (IMC, IMC, ZIGZAG_IMC)[seed // len(COMBINATIONS) % 3]


def paired_features(drawn: Case) -> frozenset[str]:
    """Which of `PAIRED` a case has."""
    found = set(_found(drawn))
    if drawn.space.constraints:
        found.add("constraints")
    return frozenset(found)


def _found(drawn: Case) -> Iterator[str]:
    accelerator, bits = drawn.accelerator, drawn.layer.precision
    if drawn.space.diagonals and any(has_diagonal(drawn, one) for one in spatials_of(drawn)):
        yield "diagonals"
    if drawn.space.tile_sizes == "any-outermost" and _has_short_tiles(drawn):
        yield "short tiles"
    if len(accelerator.array.dimensions) > 2:
        yield "macros"
    if accelerator.group_depth > 1:
        yield "group depth"
    if any(width != 8 for width in (bits.W, bits.I)):
        yield "odd bits"


def _has_short_tiles(drawn: Case) -> bool:
    """Whether some mapping has tiles that do not divide."""
    free = replace(drawn.space, constraints=())
    sizes = [
        mapspace_size(drawn.layer, drawn.seen, drawn.profile, space)
        for space in (free, replace(free, tile_sizes="divisors"))
    ]
    return sizes[0] > sizes[1]


def _is_fit(
    layer: Layer, accelerator: Accelerator, profile: CostProfile, space: Space, most: int
) -> bool:
    """Whether there is something to choose, and not too much of it."""
    primes = sum(exponent for _, size in layer.loop_dims for _, exponent in prime_factors(size))
    if not 2 <= primes <= 7 or misfit(accelerator, layer.precision, profile) is not None:
        return False
    return 1 < mapspace_size(layer, accelerator, profile, space) <= most


def _accelerator(rng: random.Random, wanted: frozenset[str]) -> dict[str, Any]:
    """Draw an accelerator with several macros and several weights a cell where they are wanted."""
    while True:
        data = random_accelerator(rng)
        macros = len(data["operational_array"]["sizes"]) > 2
        deep = data["memories"]["cells"]["size"] > 8
        if macros == ("macros" in wanted) and deep == ("group depth" in wanted):
            break
    if "diagonals" in wanted:
        data["operational_array"]["sizes"][:2] = [rng.choice((2, 3, 4)), rng.choice((2, 4, 6, 8))]
    return data


def _layer(rng: random.Random, wanted: frozenset[str]) -> Layer:
    """Draw a layer, with bits of the array's or with any."""
    drawn = random_layer(rng) if rng.random() < 0.7 else corner_layer(rng)
    bits = (
        Precision(*(rng.choice((rng.randint(1, 8), rng.randint(1, 16))) for _ in range(4)))
        if "odd bits" in wanted
        else Precision(8, 8, rng.choice((16, 24)), rng.choice((8, 8, 16)))
    )
    return drawn.replace(precision=bits)


def _constrained(drawn: Case, rng: random.Random) -> Case:
    """Return the case within a constraint or two, now tight, now loose, now impossible."""
    kinds = rng.sample(KINDS, rng.choice((1, 1, 2)))
    constraints = tuple(random_constraint(drawn, rng, kind) for kind in kinds)
    return replace(drawn, space=replace(drawn.space, constraints=constraints))

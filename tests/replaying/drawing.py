"""Random small mappings to play."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.solver.corner_cases import bits_case, corner_case
from tests.solver.small_cases import Case, case, stalling_case
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.mapspace.enumeration import enumerate_mappings

DRAWS: dict[str, Callable[[int], Case]] = {
    "small": case,
    "stalling": stalling_case,
    "corner": corner_case,
    "bits": bits_case,
}
"""Kinds of small cases."""


def some_mappings(drawn: Case, count: int) -> list[LayerMapping]:
    """Draw a few of all mappings of a case."""
    every = list(enumerate_mappings(drawn.layer, drawn.accelerator, drawn.profile))
    return random.Random(drawn.seed).sample(every, min(count, len(every)))


def to_play(
    kind: str, seeds: range, profile: str, count: int
) -> Iterator[tuple[Case, LayerMapping]]:
    """Draw mappings of cases of one kind under one profile."""
    for seed in seeds:
        drawn = DRAWS[kind](seed)
        if drawn.profile.name == profile:
            for mapping in some_mappings(drawn, count):
                yield drawn, mapping

"""The search among tiles of any sizes without a first mapping: its models say all."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import pytest

from tests.solver.differential import Enumerated, enumerated
from tests.solver.small_cases import Case, case, diagonal_case, stalling_case
from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import Space
from zigzag_imc.core.tolerances import COARSEST, TOLERANCE
from zigzag_imc.models.array.slicing import misfit
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.profile import IMC, ZIGZAG_IMC
from zigzag_imc.solver.presolve import survey
from zigzag_imc.solver.proof import minimise
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions, Solution

MOST_MAPPINGS = 1000
"""Mappings of a case at most."""


@lru_cache
def any_sizes(draw_name: str, seed: int) -> Case | None:
    """Draw a case among tiles of any sizes; ``None`` where it is too large, or its bits misfit."""
    draws = {"case": case, "stalling": stalling_case, "diagonal": diagonal_case}
    drawn = draws[draw_name](seed, 300)
    drawn = replace(
        drawn,
        profile=IMC if seed % 3 else ZIGZAG_IMC,
        space=Space("any-outermost", diagonals=draw_name == "diagonal"),
    )
    if misfit(drawn.accelerator, drawn.layer.precision, drawn.profile) is not None:
        return None
    is_small = mapspace_size(drawn.layer, drawn.seen, drawn.profile, drawn.space) <= MOST_MAPPINGS
    return drawn if is_small else None


def answer(drawn: Case, objective: Objective) -> Solution:
    """Search as users do."""
    options = SearchOptions(space=drawn.space)
    return solve(drawn.layer, drawn.accelerator, drawn.profile, objective, options)


def answer_of_models(drawn: Case, objective: Objective, value: float, gap: float = 0.0) -> Solution:
    """Search without a first mapping, and for little more than a value.

    So every claim is one of the models, and none may count too much.
    """
    options = SearchOptions(space=drawn.space, cutoff=(1 + 3e-6) * value, gap=gap)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(minimise, "score_among_divisors", lambda *_: None)
        patch.setattr(survey._Survey, "_score_first_mappings", lambda *_: None)
        return solve(drawn.layer, drawn.accelerator, drawn.profile, objective, options)


def is_right(found: Solution, value: float) -> bool:
    """Whether an answer is the optimum, with a bound that is not above it."""
    return (
        found.status == "OPTIMAL"
        and math.isclose(found.objective_value or 0.0, value, rel_tol=COARSEST)
        and (found.bound or 0.0) <= value * (1 + TOLERANCE)
    )


# ------------------------------------------------------------------ few divisors, little room
def _tiny(sram_bits: int, is_narrow: bool) -> Accelerator:
    """One multiplier, and a memory for a few elements; some move a byte at a time."""
    dimc = load_accelerator("dimc")
    memories = []
    for memory in dimc.memories:
        is_sram = memory.name.startswith("sram")
        smaller = replace(memory, size_bits=sram_bits) if is_sram else memory
        bytewise = tuple(replace(port, bandwidth_min=8, bandwidth_max=8) for port in memory.ports)
        memories.append(replace(smaller, ports=bytewise) if is_narrow else smaller)
    array = replace(dimc.array, dimensions=(("D1", 1), ("D2", 1)))
    return dimc.replace(array=array, memories=tuple(memories))


@lru_cache
def odd() -> tuple[tuple[Case, Enumerated], ...]:
    """Layers with few divisors over small memories, and all their mappings."""
    return tuple(_odd())


def _odd() -> Iterator[tuple[Case, Enumerated]]:
    space = Space("any-outermost")
    for rows, out_channels, in_channels, bits, is_narrow in (
        (5, 3, 1, 64, True),
        (11, 2, 1, 64, True),
        (5, 1, 3, 64, True),
        (11, 2, 1, 64, False),
        (5, 1, 3, 64, False),
    ):
        layer = matmul_layer("x", rows=rows, out_channels=out_channels, in_channels=in_channels)
        drawn = Case(0, layer, {}, _tiny(bits, is_narrow), IMC, space)
        yield drawn, enumerated(drawn)

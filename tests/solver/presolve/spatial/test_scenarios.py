"""Bounds by scenario against the exact cost of every mapping, on small arrays of macros."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.solver.presolve.spatial.macro_cases import MacroCase, macro_case
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.mapspace.factors import divisors
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.spatial import by_tiles, rest
from zigzag_imc.solver.presolve.spatial.crossing_ports import Passing, PortCrossing
from zigzag_imc.solver.presolve.spatial.refined import Refinement
from zigzag_imc.solver.presolve.spatial.rest import CutsAbove
from zigzag_imc.solver.presolve.spatial.tile_products import TileProducts
from zigzag_imc.solver.tables.short_ends import first_lengths

OBJECTIVES: tuple[Objective, ...] = ("energy", "latency", "edp")
ROUNDING = 1 + 1e-9
_SPATIALS, _MOST, _STEP = 5, 2000, 7
"""Spatial mappings drawn of a case, and mappings of each: of the first so many, each so many."""


def bounds_too_high(drawn: MacroCase, step: int = _STEP) -> Iterator[str]:
    """Yield what is wrong with the bounds of a case; every so many of its mappings count."""
    model = drawn.model
    lengths = first_lengths if drawn.space.tile_sizes == "any-outermost" else divisors
    everything = SpatialSpace.of(drawn.layer, drawn.accelerator, drawn.profile, drawn.space)
    count = len(everything)
    numbers = sorted(random.Random(drawn.seed).sample(range(count), min(count, _SPATIALS)))
    spatials = everything.at(np.array(numbers, dtype=np.intp))
    found = {}
    for objective in OBJECTIVES:
        refinement = Refinement(model, Goal(objective), lengths)
        if not refinement.applies:
            return
        found[objective] = refinement.within(spatials, math.inf)[1].value
        if np.any(refinement.roughly(spatials).value > found[objective] * ROUNDING):
            yield f"{drawn.seed}: the bound under any tile is above that tile by tile: {objective}"
    for number in range(len(spatials)):
        for mapping in itertools.islice(drawn.mappings(number, spatials), 0, _MOST, step):
            cost = model.evaluate(mapping)
            for objective, bounds in found.items():
                value = Goal(objective).value(cost.energy_pj, cost.latency_cycles)
                if bounds[number] > value * ROUNDING:
                    yield f"{drawn.seed}: {objective} {bounds[number]} > {value} of {mapping}"


@pytest.mark.parametrize("seed", [*range(106, 112), *range(113, 120)])
def test_no_bound_is_above_the_exact_cost(seed: int) -> None:
    assert not list(bounds_too_high(macro_case(seed)))


@pytest.mark.parametrize("seed", [311, 554])
def test_rounds_are_whole_among_tiles_of_any_size(seed: int) -> None:
    """Cases in which that makes a bound tighter, or one more round would be too many."""
    drawn = macro_case(seed)
    any_sizes = replace(drawn.space, tile_sizes="any-outermost")
    assert not list(bounds_too_high(drawn, step=1))
    assert not list(bounds_too_high(drawn._replace(profile=IMC, space=any_sizes)))


def test_few_tiles_at_a_time_have_the_same_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lots keep room small; every spatial mapping keeps its own bound."""
    drawn = macro_case(106)
    spatials = SpatialSpace.of(drawn.layer, drawn.accelerator, drawn.profile, drawn.space)[:40]

    def bounds() -> list[float]:
        refinement = Refinement(drawn.model, Goal("edp"))
        return list(map(float, refinement.within(spatials, math.inf)[1].value))

    together = bounds()
    monkeypatch.setattr(by_tiles, "MOST_TOGETHER", 3)
    assert bounds() == together
    assert len(set(together)) > 1


# ------------------------------------------------------------------ planted faults
def ends_take_twice_as_long(patch: pytest.MonkeyPatch) -> None:
    """What passes a port at the beginning and at the end takes twice its cycles."""
    ends = CutsAbove._ends

    def longer(passing: Passing) -> Passing:
        return replace(
            passing, crossing=replace(passing.crossing, first=2 * passing.crossing.first)
        )

    def twice(self: CutsAbove, holding: Any, ports: Any) -> Any:
        inputs, outputs = ends(self, holding, ports)
        every = ({key: longer(one) for key, one in of.items()} for of in (*inputs, outputs))
        *loading, unloading = every
        return loading, unloading

    patch.setattr(CutsAbove, "_ends", twice)


def first_transfers_counted_twice(patch: pytest.MonkeyPatch) -> None:
    """The first of several transfers competes with computing, and is exposed as well."""
    patch.setattr(PortCrossing, "later", lambda self, times: self.cycles.times(times))


def tiles_rest_half(patch: pytest.MonkeyPatch) -> None:
    """At most half of the iterations that have room may rest."""
    at_most = TileProducts.at_most
    patch.setattr(
        TileProducts, "at_most", lambda self, most: np.maximum(1, at_most(self, most) / 2)
    )


def room_counted_twice(patch: pytest.MonkeyPatch) -> None:
    """The bits of a tile per iteration, in a memory of half the size."""
    most = rest._most_iterations
    patch.setattr(rest, "_most_iterations", lambda each, own, bits: most(each, own, bits) / 2)


def a_round_too_many(patch: pytest.MonkeyPatch) -> None:
    """A cut that is crossed in several rounds is crossed in one more."""
    times = CutsAbove._times_inside

    def more(*args: Any) -> Any:
        found = times(*args)
        return np.where(found > 1, found + 1, found)

    patch.setattr(CutsAbove, "_times_inside", more)


@pytest.mark.parametrize(
    ("plant", "seed"),
    [
        (ends_take_twice_as_long, 116),
        (first_transfers_counted_twice, 116),
        (tiles_rest_half, 100),
        (room_counted_twice, 100),
        (a_round_too_many, 311),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_planted_faults_are_seen(
    plant: Callable[[pytest.MonkeyPatch], None], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each in a case that is known to show it; without the fault its bounds hold, see above."""
    plant(monkeypatch)
    assert next(bounds_too_high(macro_case(seed), step=1), None) is not None

"""Short rounds: what they lose is what a walk through all periods loses, and no model is too slow.

In a matrix product each operand has one irrelevant dimension, so that nothing is left out.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pytest
from ortools.sat.python import cp_model

from tests.solver.any_sizes.crowded_cases import crowded_cases
from tests.solver.any_sizes.model_checks import is_above, latencies_in_the_model
from tests.solver.any_sizes.test_bounds import Known
from zigzag_imc.core.layer import INPUTS, OPERANDS
from zigzag_imc.solver.formulation import links, parts, short_rounds
from zigzag_imc.solver.formulation.candidate import Candidate, Plane
from zigzag_imc.solver.formulation.length_room import SecondTiles
from zigzag_imc.solver.formulation.lines import Line, height
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.short_rounds import lost_cycles
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.bundles import Pieces, bundles_at
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumnBuilder
from zigzag_imc.solver.tables.cut import PortKey

DRAM: PortKey = (4, 0)
BITS = 8


def inputs_of(known: Known, pieces: Pieces | None) -> tuple[Problem, list[Candidate]]:
    """Return all tiles of inputs in the memory on chip."""
    (spatial,) = known.by_spatial
    fine = AnyColumnBuilder(known.costs, with_latency=True).fine(spatial)
    cut = fine.cuts[INPUTS][-1]
    axes = np.meshgrid(*map(np.arange, cut.shape), indexing="ij")
    plain = known.costs.layer.plain_dims(OPERANDS[INPUTS])
    tiles = list(bundles_at(cut, tuple(axis.ravel() for axis in axes), plain, pieces))
    posed = Problem.of(known.costs, Goal("latency"), [fine.classes], tiles, 1e9)
    return replace(posed, sizes=cut.lattice.sizes), tiles


def walked(problem: Problem, tile: dict[str, int]) -> int:
    """Cycles that loads of inputs outlast their periods, one by one; the first is onloading."""
    assert problem.sizes is not None
    rounds = [
        [min(tile[dim], size - start) for start in range(0, size, tile[dim])]
        for dim, size in problem.sizes.items()
    ]
    rate = math.ceil(problem.accelerator.array.cycles_per_activation)
    lost = []
    for lengths in itertools.product(*rounds):
        own = dict(zip(problem.sizes, lengths, strict=True))
        held = math.prod([length for dim, length in own.items() if dim != "K"])
        busy = -(-held * BITS // problem.bandwidth(DRAM))
        lost.append(max(0, busy - rate * held * own.get("K", 1)))
    return sum(lost[1:])


def differences() -> Iterator[float]:
    """Yield by how much tiles lose more than a walk says, at every length."""
    for known in crowded_cases():
        problem, tiles = inputs_of(known, None)
        for tile in tiles:
            found = lost_cycles(problem, tile, "K").get(DRAM)
            stuck = tile.ports.stuck.get(DRAM, 0.0)
            for place, length in enumerate(tile.at.lengths["K"]):
                lost = stuck + (0.0 if found is None else float(found[place]))
                yield lost - walked(problem, lengths_of(tile, int(length)))


def test_what_is_lost_is_what_a_walk_through_all_periods_loses() -> None:
    told = list(differences())
    assert len(told) > 500
    assert max(map(abs, told)) <= 1e-6


def test_bundles_lose_the_least_of_their_tiles() -> None:
    for known in crowded_cases():
        problem, bundles = inputs_of(known, Pieces())
        _, tiles = inputs_of(known, None)
        for bundle in bundles:
            found = lost_cycles(problem, bundle, "K").get(DRAM)
            inside = [one for one in tiles if is_inside(one, bundle)]
            assert inside
            if found is None:
                continue
            for place, length in enumerate(bundle.at.lengths["K"]):
                least = min(walked(problem, lengths_of(one, int(length))) for one in inside)
                assert found[place] + bundle.ports.stuck.get(DRAM, 0.0) <= least + 1e-6


def lengths_of(tile: Candidate, along_k: int) -> dict[str, int]:
    return {dim: int(own[0]) for dim, own in tile.at.lengths.items()} | {"K": along_k}


def is_inside(tile: Candidate, bundle: Candidate) -> bool:
    return all(own[0] in bundle.at.lengths[dim] for dim, own in tile.at.lengths.items())


def test_a_last_round_that_is_too_short_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: the last round has a single step."""
    lost = short_rounds._Periods.lost
    monkeypatch.setattr(
        short_rounds._Periods,
        "lost",
        lambda self, *args: lost(self._replace(last=0 * self.last + 1), *args),
    )
    assert max(differences()) > 1


# ------------------------------------------------------------------ models
def is_any_above(pieces: Callable[[], Pieces | None]) -> bool:
    """Whether some model takes some tiles for slower than they are."""
    return any(
        is_above(*pair)
        for known in crowded_cases()
        for pair in latencies_in_the_model(known, 30, pieces)
    )


@pytest.mark.parametrize("pieces", [Pieces, lambda: None])
def test_no_mapping_is_faster_than_in_the_model(pieces: Callable[[], Pieces | None]) -> None:
    assert not is_any_above(pieces)


def most_of_all(lengths: tuple[int, ...], amounts: list[int]) -> Iterator[Line]:
    """Every length has the most of any."""
    yield Line(int(lengths[0]), max(amounts), run=1, rise=0)


@pytest.mark.parametrize("module", [links, parts])
def test_lines_above_what_bundles_have_are_seen(module: object) -> None:
    """A planted fault: bounds by length are no lines below what bundles have there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "lines_below", most_of_all)
        assert is_any_above(Pieces)


def test_rooms_of_too_many_steps_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: what lengths add to steps counts three times."""
    more = SecondTiles._more_plain
    monkeypatch.setattr(
        SecondTiles, "_more_plain", lambda *args: (3 * bits for bits in more(*args))
    )
    assert is_any_above(Pieces)


def test_planes_that_are_too_steep_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: planes below what second tiles need rise twice as much."""

    def steeper(plane: Plane, lengths: Mapping[str, cp_model.IntVar]) -> cp_model.LinearExpr:
        slopes = {dim: (origin, 2 * rise) for dim, (origin, rise) in plane.slopes.items()}
        return height(plane._replace(slopes=slopes), lengths)

    monkeypatch.setattr("zigzag_imc.solver.formulation.parts.height", steeper)
    assert is_any_above(Pieces)

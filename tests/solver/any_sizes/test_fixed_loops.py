"""Constraints that fix loops where tiles need not divide, against scoring every allowed mapping."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from tests.solver.any_sizes.models_alone import odd
from tests.solver.plain_constraints import begins_with, ends_with, in_order
from tests.solver.small_cases import Case
from tests.solver.within_constraints import asked, disagreements
from zigzag_imc.core.constraints import Constraints, InnerLoops, LoopOrder, OuterLoops
from zigzag_imc.core.mapping import Loop
from zigzag_imc.models.mapspace.constraints import short_ends
from zigzag_imc.models.mapspace.constraints.short_ends import ShortRules
from zigzag_imc.models.mapspace.short_orders import short_orders
from zigzag_imc.models.movement.short_tiles import LoopNest
from zigzag_imc.solver.engines.loma import Loma
from zigzag_imc.solver.engines.random_draws import RandomDraws
from zigzag_imc.solver.engines.salsa import Salsa
from zigzag_imc.solver.formulation import model
from zigzag_imc.solver.solution import SearchOptions
from zigzag_imc.solver.tables.any_sizes.passing import Passing, Sides
from zigzag_imc.solver.tables.any_sizes.step_lattice import StepLattice

ASKED = (
    ("inner D 2",),
    ("outer D 3", "inner K *"),
    ("outer D 2, K *, D 2",),
    ("order D > K", "outer D 2"),
)
SIZES = {"D": 11, "K": 3}


def case_of(rows: int) -> Case:
    """Some rows and few channels over one multiplier and a small memory."""
    return next(drawn for drawn, _ in odd() if drawn.layer.sizes["D"] == rows)


@pytest.mark.parametrize(("rows", "texts"), [(5, texts) for texts in ASKED] + [(11, ASKED[0])])
def test_fixed_loops_against_enumeration(texts: tuple[str, ...], rows: int) -> None:
    assert list(disagreements(case_of(rows), asked(*texts))) == []


# ---------------------------------------------------------------- what is asked
def is_allowed(text: str, *loops: Loop) -> bool:
    return ShortRules.of(asked(text), SIZES).allows(loops)


def test_an_outermost_loop_of_some_steps_may_end_short() -> None:
    lengths = [length for length in range(2, 11) if is_allowed("outer D 3", *_loops_of(length))]
    assert lengths == [2, 4, 5]  # 4 + 4 + 3, of two steps or at once, and 5 + 5 + 1
    assert not is_allowed("outer D 3", ("D", 4), ("D", 3), ("K", 3))
    assert is_allowed("outer D 3, K *, D 2", ("D", 2), ("D", 2), ("K", 3), ("D", 3))


def test_all_that_is_left_may_end_short() -> None:
    assert is_allowed("inner D 4, D *, K 3", ("D", 4), ("D", 3), ("K", 3))
    assert is_allowed("inner D 4, K *", ("D", 4), ("K", 3), ("D", 3))
    assert not is_allowed("inner D 4, K *", ("D", 4), ("D", 3), ("K", 3))
    assert is_allowed("inner D 4, D 3, K 3", ("D", 4), ("D", 3), ("K", 3))
    assert not is_allowed("inner D 4, D 4", ("D", 4), ("D", 3), ("K", 3))


def _loops_of(length: int) -> tuple[Loop, ...]:
    """One loop over a tile, all channels, and the outermost loop over the rows."""
    return ("D", length), ("K", 3), ("D", -(-11 // length))


@pytest.mark.parametrize("texts", [("inner D 2",), ("outer D 3",)])
def test_engines_keep_fixed_loops(texts: tuple[str, ...]) -> None:
    drawn = case_of(5)
    options = SearchOptions(space=replace(drawn.space, constraints=asked(*texts)))
    found = [
        engine.search(drawn.layer, drawn.accelerator, drawn.profile, "energy", options)
        for engine in (Loma(), Salsa(iterations=200), RandomDraws(samples=300))
    ]
    met = [one.mapping for one in found if one.mapping is not None]
    assert met
    sizes = {"D": 5, "K": 3}
    rules = ShortRules.of(asked(*texts), sizes)
    assert all(rules.allows(mapping.temporal.loops) for mapping in met)


# ---------------------------------------------------------------- faults
def shortest_outermost_steps(patch: pytest.MonkeyPatch) -> None:
    """Of the lengths that an outermost loop may leave, the shortest alone is asked for."""
    below = short_ends._lengths_below
    patch.setattr(short_ends, "_lengths_below", lambda *args: tuple(below(*args))[:1])


def nothing_outside(patch: pytest.MonkeyPatch) -> None:
    """No tile lies outside those that every order passes, but the whole."""
    sides = Sides.of

    def inside_alone(lengths: set[int], size: int) -> Sides:
        found = sides(lengths, size)
        return Sides(found.inside, found.outside & found.inside)

    patch.setattr(Sides, "of", inside_alone)


def inner_ones_first_everywhere(patch: pytest.MonkeyPatch) -> None:
    """Of ordered dimensions, the inner one is done below every cut."""
    patch.setattr(Passing, "classes", all_done)


def all_done(self: Passing) -> Any:
    found: Any = np.ones(self.lattice.shape, dtype=bool)
    for _, inner in self.rules.pairs:
        size = self.lattice.sizes[inner]
        found = found & self._of_classes(inner, np.arange(1, size + 1) == size)
    return found


def test_lengths_left_out_are_seen() -> None:
    with pytest.MonkeyPatch.context() as patch:
        shortest_outermost_steps(patch)
        assert list(disagreements(case_of(5), asked("outer D 2, K *, D 2")))


@pytest.mark.parametrize("plant", [nothing_outside, inner_ones_first_everywhere])
def test_tiles_left_out_are_seen(plant: Callable[[pytest.MonkeyPatch], None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        assert not all(map(leaves_all_that_is_passed, (*ASKED, ("inner D 4",))))


@pytest.mark.parametrize("texts", [*ASKED, ("inner D 4",), ("outer K 3, D 4",)])
def test_no_tile_is_left_out_that_an_allowed_order_passes(texts: tuple[str, ...]) -> None:
    assert leaves_all_that_is_passed(texts)


def leaves_all_that_is_passed(texts: tuple[str, ...]) -> bool:
    """Whether presolve leaves the tiles of all orders that are plainly allowed."""
    lattice = StepLattice(tuple(SIZES.items()))
    passing = Passing(ShortRules.of(asked(*texts), SIZES), lattice)
    of_classes, lengths = passing.classes(), list(passing.lengths())
    for loops in filter(partial(is_plainly_allowed, asked(*texts)), short_orders(SIZES)):
        for tile in LoopNest(loops, SIZES).tiles:
            place = tuple(int(lattice.class_of(dim, np.array(tile[dim]))) for dim in SIZES)
            if not of_classes[place] or not all(flags[tile[dim] - 1] for dim, flags in lengths):
                return False
    return True


def is_plainly_allowed(constraints: Constraints, loops: tuple[Loop, ...]) -> bool:
    """Whether an order keeps constraints, told loop by loop."""
    for one in constraints:
        if isinstance(one, LoopOrder) and not in_order(loops, one.dims):
            return False
        if isinstance(one, InnerLoops) and not begins_with(list(loops), one.loops, SIZES):
            return False
        if isinstance(one, OuterLoops) and not ends_with(list(loops)[::-1], one.loops, SIZES):
            return False
    return True


def test_links_of_the_model_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them the model only claims less: scores of allowed orders have the last word."""
    monkeypatch.setattr(model, "add_length_order", lambda *_: None)
    assert list(disagreements(case_of(11), asked("outer D 3", "inner K *"))) == []

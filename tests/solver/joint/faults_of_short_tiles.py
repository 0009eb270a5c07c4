"""Faults to plant into what the joint model knows of tiles that need not divide."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from zigzag_imc.core.layer import OUTPUTS
from zigzag_imc.models.mapspace.factors import divisors
from zigzag_imc.solver.joint import (
    alike_rows,
    chain,
    cuts,
    domain,
    floor,
    free_room,
    lots,
    model,
    short_crossing,
    short_milestones,
    tiles,
    times,
)
from zigzag_imc.solver.joint.crossing import Limits
from zigzag_imc.solver.joint.even_traffic import EvenTraffic
from zigzag_imc.solver.joint.floor import energy_of
from zigzag_imc.solver.joint.lots import SHORT
from zigzag_imc.solver.joint.short_loads import ShortLoad
from zigzag_imc.solver.joint.tiles import Tile


# ---------------------------------------------------------------- lots
def short_tiles_in_full(patch: pytest.MonkeyPatch) -> None:
    """The short last tile is as long as the others."""

    def in_full(tile: Tile) -> Any:
        found = lots.lots_along(tile)
        return {lot: (tile.size * 1.0, times) for lot, (_, times) in found.items()}

    patch.setattr(short_crossing, "lots_along", in_full)


def no_short_tiles(patch: pytest.MonkeyPatch) -> None:
    """The last tile does not move where it is short."""

    def dropped(tile: Tile) -> Any:
        return {lot: own for lot, own in lots.lots_along(tile).items() if lot != SHORT}

    patch.setattr(short_crossing, "lots_along", dropped)


def _longer(patch: pytest.MonkeyPatch, steps: int) -> None:
    """Let the short last tile be some steps longer."""

    def changed(tile: Tile) -> Any:
        found = lots.lots_along(tile)
        if SHORT in found:
            length, times = found[SHORT]
            found[SHORT] = np.maximum(0, length + steps), times
        return found

    patch.setattr(short_crossing, "lots_along", changed)


def short_tiles_a_step_longer(patch: pytest.MonkeyPatch) -> None:
    """The short last tile has a step more than is left."""
    _longer(patch, 1)


def short_tiles_a_step_shorter(patch: pytest.MonkeyPatch) -> None:
    """The short last tile has a step less than is left."""
    _longer(patch, -1)


def a_full_tile_too_many(patch: pytest.MonkeyPatch) -> None:
    """The short last tile comes on top of all the steps that there are."""

    def more(tile: Tile) -> Any:
        found = lots.lots_along(tile)
        length, times = found["f"]
        return found | {"f": (length, times + (tile.temporal % tile.size > 0))}

    patch.setattr(short_crossing, "lots_along", more)


# ---------------------------------------------------------------- steps and the chain
def steps_rounded_down(patch: pytest.MonkeyPatch) -> None:
    """The short last step along a dimension does not count."""
    patch.setattr(tiles, "ceil_div", lambda amount, width: amount // width)


def lengths_that_divide_alone(patch: pytest.MonkeyPatch) -> None:
    """Only tiles that divide are in the model."""
    patch.setattr(domain, "sizes_in", lambda _: divisors)


def all_is_no_link(patch: pytest.MonkeyPatch) -> None:
    """Tiles have to divide all of a dimension as well."""

    def divides(inner: Tile, outer: Tile) -> Any:
        return outer.size[None, :] % inner.size[:, None] == 0

    patch.setattr(chain, "is_inside", divides)


def any_shorter_tile_is_inside(patch: pytest.MonkeyPatch) -> None:
    """Tiles of different cuts need not divide each other."""

    def is_shorter(inner: Tile, outer: Tile) -> Any:
        return inner.size[:, None] <= outer.size[None, :]

    patch.setattr(chain, "is_inside", is_shorter)


def outer_loops_that_divide(patch: pytest.MonkeyPatch) -> None:
    """Loops that are fixed at the outer end leave lengths that divide alone."""
    choices = short_milestones._choices

    def dividing(one: Any, dim: str, temporal: int) -> Any:
        every = choices(one, dim, temporal)
        return tuple(own for own in every if all(temporal % length == 0 for length in own))

    patch.setattr(short_milestones, "_choices", dividing)


# ---------------------------------------------------------------- what is of interest
def floors_too_high(patch: pytest.MonkeyPatch) -> None:
    """The floor of a cut is read off the largest energies."""

    def largest(costs: Any, domain: Any, cut: Any) -> Any:
        energies = energy_of(costs, domain, cut)
        return energies == energies.max(initial=0.0)

    patch.setattr(floor, "least_choices", largest)


def tiles_of_half_the_room(patch: pytest.MonkeyPatch) -> None:
    """A memory holds half of the tile that it does."""
    patch.setattr(Limits, "fits", lambda self, rows: 2 * rows["room"] <= self.most)


def sums_without_the_last_rows(patch: pytest.MonkeyPatch) -> None:
    """Of the choices that fit, the last one is forgotten."""
    fitting = short_crossing._that_fit
    patch.setattr(short_crossing, "_that_fit", lambda *asked: fitting(*asked)[:-1])


def times_without_the_shortest(patch: pytest.MonkeyPatch) -> None:
    """Of what the array leaves for time, the least is forgotten."""

    def longer(*asked: Any) -> Any:
        return {operand: each[1:] for operand, each in times.times_left(*asked).items()}

    patch.setattr(model, "times_left", longer)


def even_traffic_too_high(patch: pytest.MonkeyPatch) -> None:
    """All elements together take twice what they do."""
    unit_pj = EvenTraffic.unit_pj
    patch.setattr(EvenTraffic, "unit_pj", lambda *asked: 2 * unit_pj(*asked))


def room_without_the_others(patch: pytest.MonkeyPatch) -> None:
    """Whatever else a memory holds, no tile of an operand is refused."""

    def most(costs: Any, found: Any, place: Any) -> Any:
        return free_room.most_elements(costs, found, place[0]) if place[1] else 0.0

    patch.setattr(cuts, "free_elements", most)


def kinds_mixed_up(patch: pytest.MonkeyPatch) -> None:
    """Of outputs that are always finished, partial sums are told apart."""
    settled = short_crossing.without_other_kinds
    patch.setattr(
        short_crossing, "without_other_kinds", lambda rows, finished: settled(rows, 1 - finished)
    )


def rows_of_one_kind(patch: pytest.MonkeyPatch) -> None:
    """Rows are alike that go with the same ones, whatever they make of them."""
    alike = alike_rows.alike
    patch.setattr(
        alike_rows, "alike", lambda rows, led_to, count: alike(rows, led_to[:, :1], count)
    )


# ---------------------------------------------------------------- latency
def the_first_tile_competes(patch: pytest.MonkeyPatch) -> None:
    """The transfer that is on- or offloading counts among those that compete with computing."""
    busy = vars(ShortLoad)["busy"].fget

    def with_first(self: ShortLoad) -> Any:
        return busy(self) + (0 if self.back else self.cycles)

    patch.setattr(ShortLoad, "busy", property(with_first))


def outputs_that_leave_in_no_time(patch: pytest.MonkeyPatch) -> None:
    """Nothing moves outside computing but what is loaded."""
    cycles = vars(ShortLoad)["cycles"].fget

    def of_loads(self: ShortLoad) -> Any:
        return cycles(self) * (self.cut.operand != OUTPUTS)

    patch.setattr(ShortLoad, "cycles", property(of_loads))


def windows_that_last_for_ever(patch: pytest.MonkeyPatch) -> None:
    """All of computing is outside of what competes with it."""
    patch.setattr(ShortLoad, "outside", property(lambda self: np.ones(self.passing.shape)))


def visits_without_idle_dimensions(patch: pytest.MonkeyPatch) -> None:
    """Every tile keeps its ports once."""

    def once(self: ShortLoad) -> Any:
        return self._of("cycles") - self.cycles

    patch.setattr(ShortLoad, "busy", property(once))

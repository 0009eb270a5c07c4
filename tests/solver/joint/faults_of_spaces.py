"""Faults to plant into what the joint model knows of diagonals and constraints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from zigzag_imc.core.constraints import InnerLoops
from zigzag_imc.models.array.use import Rows
from zigzag_imc.models.mapspace.constraints.limits import UnrollingLimits
from zigzag_imc.models.mapspace.homes import Homes
from zigzag_imc.solver.joint import (
    constraints,
    even,
    loop_order,
    tile_sizes,
    unrollings,
    utilization,
)
from zigzag_imc.solver.joint.seen import Seen
from zigzag_imc.solver.joint.selection import Sheet
from zigzag_imc.solver.joint.window_rows import WindowRows


def _nothing(*_: Any, **__: Any) -> list[Any]:
    """Stand where something was done."""
    return []


# ---------------------------------------------------------------- diagonals
def bands_a_row_short(patch: pytest.MonkeyPatch) -> None:
    """A window along the columns seems to take a row less than it does."""
    mapped = WindowRows.mapped
    patch.setattr(WindowRows, "mapped", lambda *args: np.maximum(1, mapped(*args) - 1))


def no_rows_of_windows(patch: pytest.MonkeyPatch) -> None:
    """Windows along the columns take the rows of their taps alone."""
    patch.setattr(WindowRows, "mapped", lambda _, rows: rows["taps line"])


def blocks_that_count_twice(patch: pytest.MonkeyPatch) -> None:
    """The blocks along columns and rows multiply."""
    patch.setattr(unrollings, "counted_once", lambda layer, array, along: along)


def blocks_along_one_line(patch: pytest.MonkeyPatch) -> None:
    """What lies diagonally need not be as far along either line."""
    found = unrollings.smallest_factors

    def columns_alone(homes: Homes, dim: str, size: int) -> Any:
        factors = found(homes, dim, size)
        line = homes.accelerator.array.bitline
        return {a: each for a, each in factors.items() if a != line or dim not in homes.blocks}

    patch.setattr(unrollings, "smallest_factors", columns_alone)


def diagonals_seen_along_both_lines(patch: pytest.MonkeyPatch) -> None:
    """Every operand sees a diagonal along columns and rows."""

    def factors(self: Seen, dim: str, values: Mapping[str, Any]) -> Iterator[tuple[int, Any]]:
        del dim
        return ((self._fans_at[array_dim], each) for array_dim, each in values.items())

    patch.setattr(Seen, "factors", factors)


def inputs_that_are_not_shared(patch: pytest.MonkeyPatch) -> None:
    """Every output of a diagonal window seems to read rows of its own."""
    patch.setattr(
        WindowRows, "distinct_share", lambda _, rows: np.ones(len(next(iter(rows.values()))))
    )


def columns_that_add_up_the_band(patch: pytest.MonkeyPatch) -> None:
    """A column seems to add up the rows of all columns."""
    in_use = WindowRows.in_use

    def whole(self: WindowRows, rows: Any) -> Rows:
        found = in_use(self, rows)
        return Rows(found.mapped, found.mapped)

    patch.setattr(WindowRows, "in_use", whole)


# ---------------------------------------------------------------- constraints
def even_along_all_dimensions(patch: pytest.MonkeyPatch) -> None:
    """Cuts at one place have equal tiles, whatever is idle."""
    add = even._add_even

    def strict(sheet: Sheet, costs: Any, pair: Any) -> None:
        every = type("Layer", (), {"relevant": lambda *_: frozenset(pair.first.tiles)})()
        add(sheet, type("Costs", (), {"layer": every})(), pair)

    patch.setattr(even, "_add_even", strict)


def no_even_allocation(patch: pytest.MonkeyPatch) -> None:
    """Cuts may lie anywhere."""
    patch.setattr(constraints, "add_even", _nothing)


def ends_taken_for_each_other(patch: pytest.MonkeyPatch) -> None:
    """The innermost loops are wanted outermost."""
    size = loop_order._size

    def outside(one: Any, passed: int, dim: str, temporal: int) -> Any:
        found = size(one, passed, dim, temporal)
        if found is None or not isinstance(one, InnerLoops):
            return found
        return temporal // found

    patch.setattr(loop_order, "_size", outside)


def no_loop_order(patch: pytest.MonkeyPatch) -> None:
    """Loops may lie in any order."""
    patch.setattr(constraints, "add_loop_order", _nothing)


def sizes_one_too_small(patch: pytest.MonkeyPatch) -> None:
    """A tile has to be one position smaller than what is asked for."""
    has_size = tile_sizes.has_size  # type: ignore[attr-defined]

    def smaller(one: Any, whole: int, positions: Any) -> Any:
        return has_size(replace(one, size=max(1, one.size - 1)), whole, positions)

    patch.setattr(tile_sizes, "has_size", smaller)


def no_tile_sizes(patch: pytest.MonkeyPatch) -> None:
    """Tiles may have any size."""
    patch.setattr(constraints, "add_tile_sizes", _nothing)


def no_tiles_written_out(patch: pytest.MonkeyPatch) -> None:
    """A tile may stay for longer than it seems to."""
    patch.setattr(constraints, "add_written_out", _nothing)


def steps_that_count_twice(patch: pytest.MonkeyPatch) -> None:
    """The array seems to be used half as well as it is."""
    enough = UnrollingLimits.use_enough

    class Strict(UnrollingLimits):
        def use_enough(self, layer: Any, accelerator: Any, steps: Any) -> Any:
            return enough(self, layer, accelerator, steps * 2)

    patch.setattr(utilization, "UnrollingLimits", Strict)


def no_utilization(patch: pytest.MonkeyPatch) -> None:
    """Any number of steps will do."""
    patch.setattr(constraints, "add_utilization", _nothing)


def unrollings_without_limits(patch: pytest.MonkeyPatch) -> None:
    """Constraints of unrollings are not in their domains."""
    of = Homes.of

    def free(layer: Any, accelerator: Any, profile: Any, space: Any) -> Homes:
        return of(layer, accelerator, profile, replace(space, constraints=()))

    patch.setattr(unrollings, "Homes", type("Free", (), {"of": staticmethod(free)}))

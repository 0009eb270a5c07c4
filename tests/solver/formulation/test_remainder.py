"""The model of what remains: array dimensions, capacities, domains and the cut of the incumbent."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

import pytest
from ortools.sat.python import cp_model

from zigzag_imc.core.layer_building import conv_layer
from zigzag_imc.core.space import Space
from zigzag_imc.models.array.diagonal import mapped_rows
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.formulation.array_dimensions import add_array_dimensions, factors_of
from zigzag_imc.solver.formulation.remainder import Left, Remainder

ACCELERATOR = load_accelerator("aimc")
COLUMNS, ROWS = ACCELERATOR.array.columns, ACCELERATOR.array.rows
NOTHING_HELD = (0,) * len(ACCELERATOR.memories)


def left(
    bound: float, columns: Mapping[str, int] | None = None, rows: Mapping[str, int] | None = None
) -> Left:
    """Return a spatial mapping that is left."""
    array = ACCELERATOR.array
    factors = {array.wordline: columns or {}, array.bitline: rows or {}}
    return Left(factors, NOTHING_HELD, bound)


def is_refuted(*all_left: Left, most: float = math.inf) -> bool:
    """Ask CP-SAT."""
    return Remainder(ACCELERATOR, all_left, most).is_refuted()


def test_an_empty_remainder_is_refuted() -> None:
    assert is_refuted()


def test_what_could_be_better_is_not_refuted() -> None:
    assert not is_refuted(left(99.0), most=100.0)
    assert not is_refuted(left(99.0))


def test_the_incumbent_cuts_what_is_no_better() -> None:
    """Equal is no better; a billionth less is."""
    assert is_refuted(left(100.0), left(101.0), most=100.0)
    assert not is_refuted(left(100.0), left(101.0), left(100 * (1 - 1e-9)), most=100.0)


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e18])
def test_the_cut_has_no_scale(scale: float) -> None:
    assert is_refuted(left(1.0 * scale), most=scale)
    assert not is_refuted(left((1 - 1e-9) * scale), most=scale)


def test_nothing_fits_where_a_bound_is_infinite() -> None:
    assert is_refuted(left(math.inf))
    assert is_refuted(left(math.inf), most=100.0)


def test_an_objective_of_zero_is_not_beaten() -> None:
    assert is_refuted(left(0.0), most=0.0)


@pytest.mark.parametrize(
    ("wide", "fits"),
    [
        ({"K": COLUMNS}, True),
        ({"K": COLUMNS + 1}, False),
        ({"K": 4, "OX": COLUMNS // 4}, True),
        ({"K": 4, "OX": COLUMNS // 4 + 1}, False),
    ],
)
def test_lanes_fit_on_an_array_dimension(wide: Mapping[str, int], fits: bool) -> None:
    assert is_refuted(left(1.0, columns=wide), most=2.0) is not fits


def test_one_that_fits_is_enough() -> None:
    too_wide = left(1.0, rows={"C": ROWS + 1})
    assert is_refuted(too_wide, most=2.0)
    assert not is_refuted(too_wide, left(1.5, rows={"C": ROWS}), most=2.0)


def test_smallest_tiles_fit_into_memories() -> None:
    sizes = tuple(memory.size_bits for memory in ACCELERATOR.memories)
    for number, size in enumerate(sizes):
        held = (*sizes[:number], size + 1, *sizes[number + 1 :])
        assert not Remainder(ACCELERATOR, [Left(left(1.0).factors, sizes, 1.0)], 2.0).is_refuted()
        assert Remainder(ACCELERATOR, [Left(left(1.0).factors, held, 1.0)], 2.0).is_refuted()


def test_rows_are_those_of_the_diagonal() -> None:
    """Whatever the diagonals, factors along the bitlines multiply to the rows that are mapped."""
    layer = conv_layer(
        "conv", out_channels=6, in_channels=4, output_size=(5, 7), filter_size=3, groups=2
    )
    array = ACCELERATOR.array
    spatials = SpatialSpace.of(layer, ACCELERATOR, IMC, Space(diagonals=True))
    assert any(spatial.on(array.wordline).get("OX", 1) > 1 for spatial in spatials)
    for spatial in itertools.islice(spatials, 0, None, 7):
        rows = math.prod(factors_of(layer, array, spatial)[array.bitline].values())
        assert rows == mapped_rows(layer, array, spatial.by_array_dim)


def test_products_beyond_the_array_have_no_solution() -> None:
    """Of all pairs of unrollings the model allows those whose product fits."""
    model = cp_model.CpModel()
    first, second = model.new_int_var(1, 9, "K"), model.new_int_var(1, 9, "OX")
    add_array_dimensions(model, ACCELERATOR.array, {ACCELERATOR.array.wordline: [first, second]})
    solver = cp_model.CpSolver()
    solver.parameters.enumerate_all_solutions = True
    seen = _Seen(first, second)
    solver.solve(model, seen)
    assert seen.pairs == {
        (one, other)
        for one, other in itertools.product(range(1, 10), repeat=2)
        if one * other <= COLUMNS
    }


class _Seen(cp_model.CpSolverSolutionCallback):
    """All pairs of values met."""

    def __init__(self, first: cp_model.IntVar, second: cp_model.IntVar) -> None:
        super().__init__()
        self._pair = first, second
        self.pairs: set[tuple[int, int]] = set()

    def on_solution_callback(self) -> None:
        """Keep a pair."""
        first, second = map(self.value, self._pair)
        self.pairs.add((first, second))

"""Every family of the joint model on its smallest instance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.solver.joint.small import allowed, least, solved
from zigzag_imc import conv_layer, load_accelerator, matmul_layer
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraint_text import parse_constraint
from zigzag_imc.core.space import Space
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.joint.array_dimensions import add_array_dimensions
from zigzag_imc.solver.joint.capacity import add_capacities
from zigzag_imc.solver.joint.chain import add_chain
from zigzag_imc.solver.joint.crossing import Cut
from zigzag_imc.solver.joint.cuts import add_cuts
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.feeding import add_feeding
from zigzag_imc.solver.joint.outer import outer_amount
from zigzag_imc.solver.joint.selection import Selection, Sheet
from zigzag_imc.solver.joint.tiles import add_tile
from zigzag_imc.solver.joint.unrollings import add_unrollings, spatial_at
from zigzag_imc.solver.scoring.tile_choice import CutPlace


def chosen(sheet: Sheet, *values: float) -> Selection:
    """Choose one of some values."""
    return sheet.choose("x", {"x": np.array(values, dtype=float)})


def dimc_of(rows: int, columns: int) -> Accelerator:
    """Return the preset ``dimc`` with an array of another size."""
    array = load_accelerator("dimc").array
    sizes = tuple(zip(("D1", "D2"), (columns, rows), strict=True))
    return load_accelerator("dimc").replace(array=replace(array, dimensions=sizes))


def costs_of(accelerator: Accelerator | None = None, **sizes: int) -> CostModel:
    """Return the cost model of a matrix product, one element large where nothing else is said."""
    rows, out_channels, in_channels = (
        sizes.get(name, 1) for name in ("rows", "out_channels", "in_channels")
    )
    layer = matmul_layer("tiny", rows=rows, out_channels=out_channels, in_channels=in_channels)
    return CostModel(layer, accelerator or load_accelerator("dimc"), IMC)


# ---------------------------------------------------------------- selections
def test_a_product_has_a_row_per_distinct_product() -> None:
    sheet = Sheet()
    first, second = chosen(sheet, 1, 2, 4), chosen(sheet, 1, 2)
    product = sheet.combine("product", first, second)
    assert sorted(product.column("x")) == [1, 2, 4, 8]
    for one, other, both in allowed(sheet, first, second, product):
        assert first.column("x")[one] * second.column("x")[other] == product.column("x")[both]


def test_what_a_product_does_not_keep_is_forbidden() -> None:
    sheet = Sheet()
    factors = [chosen(sheet, 1, 2, 4), chosen(sheet, 1, 2)]
    sheet.product("product", factors, lambda rows: rows["x"] <= 4)
    assert (2, 1) not in allowed(sheet, *factors)


def test_a_single_factor_is_limited_too() -> None:
    sheet = Sheet()
    factor = chosen(sheet, 1, 2, 4)
    sheet.product("product", [factor], lambda rows: rows["x"] <= 2)
    assert allowed(sheet, factor) == [(0,), (1,)]


def test_a_selection_without_rows_allows_nothing() -> None:
    sheet = Sheet()
    chosen(sheet)
    assert solved(sheet) is None


def test_an_amount_of_two_selections_is_that_of_their_rows() -> None:
    matrix = np.array([[1, 7], [5, 3], [1, 7]])
    for row in range(3):
        for column in range(2):
            sheet = Sheet()
            pair = chosen(sheet, 0, 1, 2), chosen(sheet, 0, 1)
            amount = outer_amount(sheet, "amount", pair, matrix, 10)
            sheet.keep(pair[0], np.arange(3) == row)
            sheet.keep(pair[1], np.arange(2) == column)
            assert least(sheet, amount) == matrix[row, column]


def test_an_amount_above_the_most_is_forbidden() -> None:
    sheet = Sheet()
    pair = chosen(sheet, 0, 1), chosen(sheet, 0, 1)
    outer_amount(sheet, "amount", pair, np.array([[1, 20], [20, 2]]), 10)
    assert allowed(sheet, *pair) == [(0, 0), (1, 1)]


# ---------------------------------------------------------------- the array
@pytest.mark.parametrize("seed_sizes", [(6, 10), (5, 12), (17, 40)])
def test_spatial_mappings_are_those_of_the_mapspace(seed_sizes: tuple[int, int]) -> None:
    out_channels, in_channels = seed_sizes
    costs = costs_of(dimc_of(rows=8, columns=4), out_channels=out_channels, in_channels=in_channels)
    sheet = Sheet()
    unrollings = add_unrollings(sheet, costs)
    add_array_dimensions(sheet, costs, unrollings)
    add_feeding(sheet, costs, unrollings)
    rows = allowed(sheet, *(each.chosen for each in unrollings.values()))
    found = {spatial_at(unrollings, dict(zip(unrollings, row, strict=True))) for row in rows}
    assert found == set(SpatialSpace.of(costs.layer, costs.accelerator, IMC))


@pytest.mark.parametrize("text", ["", "unroll OX on D1 >= 2", "unroll K on D1 = 3"])
@pytest.mark.parametrize("rows", [6, 9])
def test_diagonals_are_those_of_the_mapspace(rows: int, text: str) -> None:
    """Windows by their distinct inputs, blocks along both lines, and what constraints ask."""
    layer = conv_layer("two", groups=2, out_channels=3, in_channels=2, output_size=3, filter_size=2)
    costs = CostModel(layer, dimc_of(rows=rows, columns=4), IMC)
    constraints = (parse_constraint(text),) if text else ()
    space = Space(diagonals=True, constraints=constraints)
    sheet = Sheet()
    unrollings = add_unrollings(sheet, costs, space)
    add_array_dimensions(sheet, costs, unrollings)
    add_feeding(sheet, costs, unrollings)
    rows_of = allowed(sheet, *(each.chosen for each in unrollings.values()))
    found = {spatial_at(unrollings, dict(zip(unrollings, row, strict=True))) for row in rows_of}
    assert found == set(SpatialSpace.of(layer, costs.accelerator, IMC, space))


def test_an_array_dimension_limits_the_product_of_all_unrollings() -> None:
    costs = costs_of(out_channels=4, in_channels=4)
    sheet = Sheet()
    unrollings = add_unrollings(sheet, costs)
    array = replace(costs.accelerator.array, dimensions=(("D1", 2), ("D2", 4)))
    narrow = CostModel(costs.layer, costs.accelerator.replace(array=array))
    add_array_dimensions(sheet, narrow, unrollings)
    along = unrollings["K"].factors["D1"]
    assert max(along[row] for (row,) in allowed(sheet, unrollings["K"].chosen)) == 2


# ---------------------------------------------------------------- tiles and their chain
def two_cuts(places: list[CutPlace], size: int) -> tuple[Sheet, list[Cut]]:
    """Two cuts of one dimension, with all its divisors at both."""
    costs = costs_of(rows=size)
    sheet = Sheet()
    unrolling = add_unrollings(sheet, costs)["D"]
    one = sheet.choose("one", {"one": np.ones(1)})
    cuts = [
        Cut(place, {"D": add_tile(sheet, unrolling, str(place), _divisors)}, one, one)
        for place in places
    ]
    return sheet, cuts


def _divisors(size: int) -> list[int]:
    return [each for each in range(1, size + 1) if size % each == 0]


def sizes_of(sheet: Sheet, cuts: list[Cut]) -> set[tuple[int, ...]]:
    """Sizes of the tiles at some cuts that a model allows together."""
    tiles = [cut.tiles["D"] for cut in cuts]
    rows = allowed(sheet, *(tile.chosen for tile in tiles))
    return {tuple(int(t.size[r]) for t, r in zip(tiles, row, strict=True)) for row in rows}


def test_the_lower_cut_of_an_operand_is_inside() -> None:
    sheet, cuts = two_cuts([(1, 1), (1, 2)], 6)
    add_chain(sheet, cuts)
    assert sizes_of(sheet, cuts) == {(a, b) for b in _divisors(6) for a in _divisors(b)}


def test_of_two_operands_either_cut_may_be_inside() -> None:
    sheet, cuts = two_cuts([(0, 1), (1, 1)], 6)
    add_chain(sheet, cuts)
    found = sizes_of(sheet, cuts)
    assert {(2, 6), (6, 2), (3, 3)} <= found
    assert not {(2, 3), (3, 2)} & found


# ---------------------------------------------------------------- capacity
def test_a_memory_holds_the_tiles_of_all_operands() -> None:
    memories = load_accelerator("dimc").memories
    small = tuple(
        replace(memory, size_bits=8 * 4) if memory.name == "sram_256KB" else memory
        for memory in memories
    )
    costs = costs_of(load_accelerator("dimc").replace(memories=small), rows=4)
    sheet = Sheet()
    unrollings = add_unrollings(sheet, costs)
    cuts = add_cuts(sheet, costs, unrollings, Domain())
    add_capacities(sheet, costs, unrollings, cuts)
    inputs, outputs = (next(c for c in cuts if c.place == (o, 2)).tiles["D"] for o in (1, 2))
    rows = allowed(sheet, inputs.chosen, outputs.chosen)
    pairs = {(int(inputs.size[i]), int(outputs.size[o])) for i, o in rows}
    # Inputs and finished outputs take a byte each.
    assert pairs == {(i, o) for i in (1, 2, 4) for o in (1, 2, 4) if i + o <= 4}

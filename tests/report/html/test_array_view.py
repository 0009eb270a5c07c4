"""Drawn cells are those that the model counts."""

from __future__ import annotations

import random
from collections import Counter

from tests.layers import LAYERS
from tests.mappings import random_spatial
from zigzag_imc import load_accelerator
from zigzag_imc.models.array.diagonal import diagonal_blocks, mapped_rows, taps_of_column
from zigzag_imc.models.profile import IMC
from zigzag_imc.report.html.array_view import array_of


def test_rows_and_taps_are_as_many_as_the_model_counts() -> None:
    """Random unrollings: windows, filters with strides and dilations, blocks of groups."""
    rng = random.Random(1)
    accelerator = load_accelerator("dimc")
    array = accelerator.array
    diagonal = 0
    for _ in range(150):
        layer = rng.choice(list(LAYERS.values()))
        spatial = random_spatial(rng, layer, accelerator, IMC)
        unrollings = spatial.by_array_dim
        view = array_of(layer, array, spatial)
        cells: Counter[tuple[int, int]] = Counter(
            (column, row)
            for block in view.blocks
            for column in range(block.column, block.column + block.columns)
            for row in range(block.row, block.row + block.rows)
        )
        assert set(cells.values()) == {1}, "no cell is drawn twice"
        rows = {row for _, row in cells}
        assert rows == set(range(int(mapped_rows(layer, array, unrollings)))), layer.name
        taps = Counter(column for column, _ in cells)
        assert set(taps) == set(range(view.used_columns))
        assert set(taps.values()) == {int(taps_of_column(layer, array, unrollings))}, layer.name
        blocks = diagonal_blocks(layer, array, unrollings)
        assert bool(view.diagonals) >= bool(blocks)
        diagonal += bool(view.diagonals)
    assert diagonal > 10, "the case that is hard is among them"

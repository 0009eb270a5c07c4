"""What lies on the lines of a macro, multiplier by multiplier: a check that shares no rule."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import SpatialMapping

Index = Mapping[str, int]


def lines_are_kept(layer: Layer, accelerator: Accelerator, spatial: SpatialMapping) -> bool:
    """Whether every wordline of a macro carries one input and every bitline forms one sum."""
    columns, rows = (spatial.on(name) for name, _ in accelerator.array.dimensions[:2])
    inputs: dict[tuple[int, ...], set[object]] = {}
    sums: dict[tuple[int, ...], set[object]] = {}
    for column, row in itertools.product(_indices(columns), _indices(rows)):
        index = {
            dim: column.get(dim, 0) * rows.get(dim, 1) + row.get(dim, 0)
            for dim in {**columns, **rows}
        }
        inputs.setdefault(tuple(row.values()), set()).add(_input_at(layer, index))
        sums.setdefault(tuple(column.values()), set()).add(_output_at(layer, index))
    return all(len(seen) == 1 for seen in (*inputs.values(), *sums.values()))


def is_block(layer: Layer, accelerator: Accelerator, spatial: SpatialMapping, dim: str) -> bool:
    """Whether a dimension of inputs and outputs lies along both lines, as far along either."""
    in_window = {dim for w in layer.windows for dim in (w.output_dim, w.filter_dim)}
    columns, rows = (spatial.on(name) for name, _ in accelerator.array.dimensions[:2])
    told_apart = dim in layer.input_dims and dim in layer.output_dims and dim not in in_window
    is_equal = dim in columns and columns[dim] == rows.get(dim)
    return told_apart and is_equal and not accelerator.array.wide_lines


def rows_of_diagonals(
    layer: Layer, accelerator: Accelerator, spatial: SpatialMapping
) -> int | None:
    """Rows that a spatial mapping takes, multiplier by multiplier.

    Every product that is formed at once lies in the column of its indices along the wordlines, on
    the row of its indices along the bitlines; along a window this is the position of its input.
    ``None`` where a row would carry two inputs, or a column form two outputs.
    """
    columns, rows = (spatial.on(name) for name, _ in accelerator.array.dimensions[:2])
    inputs: dict[object, set[object]] = {}
    sums: dict[object, set[object]] = {}
    for column, row in itertools.product(_indices(columns), _indices(rows)):
        blocks = [dim for dim in column if is_block(layer, accelerator, spatial, dim)]
        if any(column[dim] != row[dim] for dim in blocks):
            continue  # off the diagonal
        index = {
            dim: row[dim]
            if dim in blocks
            else column.get(dim, 0) * rows.get(dim, 1) + row.get(dim, 0)
            for dim in {**columns, **rows}
        }
        inputs.setdefault(_row_of(layer, column, row), set()).add(_input_at(layer, index))
        sums.setdefault(tuple(column.values()), set()).add(_output_at(layer, index))
    if any(len(seen) > 1 for seen in (*inputs.values(), *sums.values())):
        return None
    return _counted_rows(layer, accelerator, columns, rows) or len(inputs)


def _row_of(layer: Layer, column: Index, row: Index) -> object:
    """Which row a product lies on."""
    along = [
        w.stride * column.get(w.output_dim, 0) + w.dilation * row.get(w.filter_dim, 0)
        for w in layer.windows
    ]
    in_window = {w.filter_dim for w in layer.windows}
    return tuple(along), tuple(sorted((d, i) for d, i in row.items() if d not in in_window))


def _counted_rows(
    layer: Layer, accelerator: Accelerator, columns: Index, rows: Index
) -> int | None:
    """Rows as the reference counts them, one per step of a window; ``None`` for the real ones."""
    if not accelerator.array.unit_diagonals:
        return None
    count = 1
    for window in layer.windows:
        count *= columns.get(window.output_dim, 1) + rows.get(window.filter_dim, 1) - 1
    taps = {window.filter_dim for window in layer.windows}
    for dim, factor in rows.items():
        count *= 1 if dim in taps else factor
    return count


def _indices(unrolled: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """All positions along an array dimension."""
    for place in itertools.product(*(range(factor) for factor in unrolled.values())):
        yield dict(zip(unrolled, place, strict=True))


def _input_at(layer: Layer, index: Index) -> object:
    """Which input a multiplier reads: a position along every axis."""
    axes = [
        w.stride * index.get(w.output_dim, 0) + w.dilation * index.get(w.filter_dim, 0)
        for w in layer.windows
    ]
    in_window = {dim for w in layer.windows for dim in (w.output_dim, w.filter_dim)}
    rest = sorted((dim, i) for dim, i in index.items() if dim in layer.input_dims - in_window)
    return tuple(axes), tuple(rest)


def _output_at(layer: Layer, index: Index) -> object:
    """Which output a multiplier's product belongs to."""
    return tuple(sorted((dim, i) for dim, i in index.items() if dim in layer.output_dims))

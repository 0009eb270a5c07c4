"""What lies where in a macro: which cells of which columns hold weights."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zigzag_imc.core.accelerator import ImcArray
from zigzag_imc.core.layer import Layer, Window
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.array.diagonal import diagonal_blocks, diagonal_windows, mapped_rows

MOST_BLOCKS = 1500
"""Rectangles that are drawn; above, columns are drawn as far as they go."""


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring cells that hold weights.

    Attributes
    ----------
    column, row, columns, rows
        First cell, and how many of each.
    shade
        0 or 1: alternates with the outermost dimension along the lines.
    """

    column: int
    row: int
    columns: int
    rows: int
    shade: int


@dataclass(frozen=True, slots=True)
class ArrayView:
    """A macro and what lies in it.

    Attributes
    ----------
    columns, rows
        Size of the macro in cells, with the names of its dimensions in ``wordline``, ``bitline``.
    wordline, bitline
        Names of the dimensions of columns and of rows.
    along_columns, along_rows
        What is unrolled along them.
    blocks
        What holds weights.
    diagonals
        Dimensions that lie diagonally, as words; empty where there are none.
    used_columns, used_rows
        Columns and rows that hold weights.
    """

    columns: int
    rows: int
    wordline: str
    bitline: str
    along_columns: Mapping[str, int]
    along_rows: Mapping[str, int]
    blocks: tuple[Block, ...]
    diagonals: tuple[str, ...]
    used_columns: int
    used_rows: int


def array_of(layer: Layer, array: ImcArray, spatial: SpatialMapping) -> ArrayView:
    """Draw a spatial mapping.

    The order of the dimensions along a line is free; the first one varies fastest here.
    """
    columns, rows = spatial.on(array.wordline), spatial.on(array.bitline)
    by_dim = spatial.by_array_dim
    windows = diagonal_windows(layer, array, by_dim)
    blocks = diagonal_blocks(layer, array, by_dim)
    wide, high = math.prod(columns.values()), int(mapped_rows(layer, array, by_dim))
    is_plain = not windows and not blocks
    if is_plain or array.unit_diagonals:  # where the reference counts, rows are no real places
        drawn: tuple[Block, ...] = _bands(columns, rows, wide, high, is_plain)
    else:
        drawn = tuple(_merged(_columns(layer, columns, rows, windows, blocks)))
    words = [
        *(f"{window.output_dim} along the windows of {window.filter_dim}" for window in windows),
        *(f"{dim}, a block each" for dim in sorted(blocks)),
    ]
    sizes = dict(array.dimensions)
    return ArrayView(
        columns=sizes[array.wordline],
        rows=sizes[array.bitline],
        wordline=array.wordline,
        bitline=array.bitline,
        along_columns=dict(columns),
        along_rows=dict(rows),
        blocks=drawn[:MOST_BLOCKS],
        diagonals=tuple(words),
        used_columns=wide,
        used_rows=high,
    )


def _bands(
    columns: Mapping[str, int], rows: Mapping[str, int], wide: int, high: int, is_plain: bool
) -> tuple[Block, ...]:
    """Return a rectangle, in bands of the outermost dimensions where there is no diagonal."""
    across = _outermost(columns) if is_plain else 1
    down = _outermost(rows) if is_plain else 1
    if across * down > MOST_BLOCKS:
        across = down = 1
    width, height = wide // across, high // down
    return tuple(
        Block(i * width, j * height, width, height, (i + j) % 2)
        for i, j in itertools.product(range(across), range(down))
    )


def _outermost(factors: Mapping[str, int]) -> int:
    """Return the factor of the last of several dimensions: how many bands they make."""
    large = [factor for factor in factors.values() if factor > 1]
    return large[-1] if len(large) > 1 else 1


def _columns(
    layer: Layer,
    columns: Mapping[str, int],
    rows: Mapping[str, int],
    windows: Sequence[Window],
    blocks: frozenset[str],
) -> Iterator[frozenset[int]]:
    """Yield the rows of every column that hold weights."""
    diagonal = {window.filter_dim: window for window in windows}
    plain = {dim: factor for dim, factor in rows.items() if dim not in diagonal}
    inputs = [_inputs(window, columns, rows) for window in windows]
    for index in _indices(columns):
        places = [
            _taps(window, index[window.output_dim], rows, known)
            for window, known in zip(windows, inputs, strict=True)
        ]
        found = set()
        for own in _indices(plain):
            if any(own[dim] != index[dim] for dim in blocks):
                continue  # off the diagonal, cells stay zero
            for taps in itertools.product(*places):
                found.add(_row(own, plain, taps, [len(known) for known in inputs]))
        yield frozenset(found)


def _inputs(window: Window, columns: Mapping[str, int], rows: Mapping[str, int]) -> dict[int, int]:
    """Return the row of every distinct input of a diagonal window."""
    outputs, taps = columns[window.output_dim], rows.get(window.filter_dim, 1)
    places = {
        output * window.stride + tap * window.dilation
        for output, tap in itertools.product(range(outputs), range(taps))
    }
    return {place: row for row, place in enumerate(sorted(places))}


def _taps(
    window: Window, output: int, rows: Mapping[str, int], known: Mapping[int, int]
) -> list[int]:
    """Return the rows of the taps of one output of a window."""
    taps = range(rows.get(window.filter_dim, 1))
    return [known[output * window.stride + tap * window.dilation] for tap in taps]


def _row(
    own: Mapping[str, int],
    plain: Mapping[str, int],
    taps: Sequence[int],
    heights: Sequence[int],
) -> int:
    """Return the number of a row: windows vary fastest, then the other dimensions."""
    row, scale = 0, 1
    for place, height in zip(taps, heights, strict=True):
        row, scale = row + scale * place, scale * height
    for dim, factor in plain.items():
        row, scale = row + scale * own[dim], scale * factor
    return row


def _indices(factors: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Yield all indices of some dimensions, the first one fastest."""
    dims = list(factors)[::-1]
    for index in itertools.product(*(range(factors[dim]) for dim in dims)):
        yield dict(zip(dims, index, strict=True))


def _merged(columns: Iterator[frozenset[int]]) -> Iterator[Block]:
    """Return rectangles: runs of rows, over as many neighbouring columns as have the same."""
    start = 0
    for shade, (rows, alike) in enumerate(itertools.groupby(columns)):
        wide = sum(1 for _ in alike)
        for first, last in _runs(sorted(rows)):
            yield Block(start, first, wide, last - first + 1, shade % 2)
        start += wide


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of rows that follow each other."""
    first = last = None
    for row in rows:
        if first is None or last is None:
            first = last = row
        elif row == last + 1:
            last = row
        else:
            yield first, last
            first = last = row
    if first is not None and last is not None:
        yield first, last

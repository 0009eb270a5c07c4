"""Diagonals: dimensions that tell both inputs and outputs apart, along the wordlines.

*Diagonal windows*: outputs of a window along the wordlines, alone or with its filter taps along the
bitlines. Every column holds the same filter, a step of the window further down, and the distinct
inputs of all columns lie on rows of their own.

*Diagonal blocks*: a dimension of inputs and outputs along both, unrolled as far along either. Every
block has its own columns and its own rows, and what lies off the diagonal stays zero; so it counts
once.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import NamedTuple

from zigzag_imc.core.accelerator import ImcArray
from zigzag_imc.core.layer import Layer, Window
from zigzag_imc.models.movement.words import Amount, ceil_div

ByArrayDim = Mapping[str, Mapping[str, Amount]]
"""Unrollings per array dimension and layer dimension."""


def diagonal_blocks(layer: Layer, array: ImcArray, unrollings: ByArrayDim) -> frozenset[str]:
    """Dimensions along both wordlines and bitlines, which count once.

    On lines that carry several inputs and sums there are none.
    """
    columns, rows = _lines(array, unrollings)
    if array.wide_lines or layer.input_dims.isdisjoint(columns):
        return frozenset()
    both = layer.input_dims & layer.output_dims & columns.keys() & rows.keys()
    return both - layer.window_dims("I")


def diagonal_windows(layer: Layer, array: ImcArray, unrollings: ByArrayDim) -> tuple[Window, ...]:
    """Windows whose outputs lie along the wordlines, as far as every wordline has one input."""
    columns, _ = _lines(array, unrollings)
    if array.wide_lines:
        return ()
    return tuple(window for window in layer.windows if window.output_dim in columns)


def counted_once(layer: Layer, array: ImcArray, unrollings: ByArrayDim) -> ByArrayDim:
    """Unrollings with diagonal blocks along the wordlines alone."""
    return _without(unrollings, array.bitline, diagonal_blocks(layer, array, unrollings))


def mapped_rows(layer: Layer, array: ImcArray, unrollings: ByArrayDim) -> Amount:
    """Rows of a macro that hold weights.

    The product of its unrollings, with the distinct inputs of a diagonal window in place of its
    taps. On wide lines, as the reference counts, a diagonal window needs taps along the bitlines.
    """
    count = _rows_outside_windows(layer, array, unrollings)
    for window in layer.windows:
        outputs, taps = _steps(array, window, unrollings)
        taken = rows_of_window(array, window, outputs, taps)
        if array.wide_lines:  # a product stands for the choice: arrays know no branches
            taken = 1 + (taken - 1) * (taps > 1)
        count = count * taken
    return count


def average_rows(layer: Layer, array: ImcArray, whole: ByArrayDim, averages: ByArrayDim) -> Amount:
    """Rows of a macro that hold weights on average, where the last round may be short.

    Every diagonal window takes the rows of its rounds on average, not those of an average round,
    which may be more. The reference counts linearly, where that is the same.
    """
    if array.wide_lines or array.unit_diagonals:
        return mapped_rows(layer, array, averages)
    count = _rows_outside_windows(layer, array, averages)
    for window in layer.windows:
        count = count * average_rows_of_window(layer, array, window, whole, averages)
    return count


def average_rows_of_window(
    layer: Layer, array: ImcArray, window: Window, whole: ByArrayDim, averages: ByArrayDim
) -> Amount:
    """Rows that a diagonal window takes on average over full and short rounds of both loops."""
    if array.unit_diagonals:
        return rows_of_window(array, window, *_steps(array, window, averages))
    dims = window.output_dim, window.filter_dim
    full, mean = _steps(array, window, whole), _steps(array, window, averages)
    outputs, taps = (
        _rounds(layer, dim, whole, *steps) for dim, *steps in zip(dims, full, mean, strict=True)
    )
    count: Amount = 0
    for outputs_in_use, share_of_outputs in outputs:
        for taps_in_use, share_of_taps in taps:
            rows = rows_of_window(array, window, outputs_in_use, taps_in_use)
            count = count + share_of_outputs * share_of_taps * rows
    return count


def _rounds(
    layer: Layer, dim: str, whole: ByArrayDim, full: Amount, mean: Amount
) -> tuple[tuple[Amount, Amount], tuple[Amount, Amount]]:
    """Unrolling of a loop in full rounds and in the last one, each with its share of all rounds."""
    factors = [dims[dim] for dims in whole.values() if dim in dims]
    rounds = ceil_div(layer.sizes.get(dim, 1), math.prod(factors))
    last = mean * rounds - full * (rounds - 1)
    return (full, 1 - 1 / rounds), (last, 1 / rounds)


def _rows_outside_windows(layer: Layer, array: ImcArray, unrollings: ByArrayDim) -> Amount:
    """Product of what is unrolled along the bitlines but for taps of windows."""
    taps = {window.filter_dim for window in layer.windows}
    rows = unrollings.get(array.bitline, {})
    return math.prod(factor for dim, factor in rows.items() if dim not in taps)


def _steps(array: ImcArray, window: Window, unrollings: ByArrayDim) -> tuple[Amount, Amount]:
    """Output steps of a window along the wordlines, and taps along the bitlines."""
    columns, rows = _lines(array, unrollings)
    return columns.get(window.output_dim, 1), rows.get(window.filter_dim, 1)


def taps_of_column(layer: Layer, array: ImcArray, unrollings: ByArrayDim) -> Amount:
    """Rows of one column that hold weights: the taps of its own window, in its own block.

    On wide lines, as the reference counts, all rows of the diagonal.
    """
    if array.wide_lines:
        return mapped_rows(layer, array, unrollings)
    count: Amount = 1
    for factor in counted_once(layer, array, unrollings).get(array.bitline, {}).values():
        count = count * factor
    return count


def rows_of_window(array: ImcArray, window: Window, outputs: Amount, taps: Amount) -> Amount:
    """Rows that a diagonal window takes, one per distinct input.

    ``unit_diagonals`` counts, as the reference does, one per step: ``taps + outputs - 1``.
    """
    return taps + outputs - 1 if array.unit_diagonals else window.positions(outputs, taps)


class Diagonal(NamedTuple):
    """Diagonals as one operand sees them: along one of the two lines each.

    Outputs lie along the wordlines; inputs along the bitlines, where each has a row of its own.
    Weights are told apart along both.

    Attributes
    ----------
    array
        The array.
    windows
        Diagonal windows whose outputs the operand sees along the bitlines.
    distinct
        Per such window, its distinct inputs: rows of all columns together.
    blocks
        Diagonal blocks.
    unseen_along
        The line along which the operand does not see the blocks.
    """

    array: ImcArray
    windows: tuple[Window, ...]
    distinct: tuple[Amount, ...]
    blocks: frozenset[str]
    unseen_along: str

    @classmethod
    def of(
        cls,
        layer: Layer,
        array: ImcArray,
        operand: str,
        fans_at: Mapping[str, int],
        unrollings: ByArrayDim,
        whole: ByArrayDim,
    ) -> Diagonal:
        """See the diagonals of some unrollings: whole ones, or averages of these.

        What fans out first is unseen: an instance of a memory that serves the wordlines, one per
        row, holds the inputs of its row alone.
        """
        rows_apart = fans_at[array.wordline] < fans_at[array.bitline]
        inputs_by_row = operand == "I" and rows_apart
        windows = diagonal_windows(layer, array, unrollings) if inputs_by_row else ()
        distinct = tuple(
            average_rows_of_window(layer, array, window, whole, unrollings) for window in windows
        )
        unseen = array.wordline if rows_apart else array.bitline
        return cls(array, windows, distinct, diagonal_blocks(layer, array, unrollings), unseen)

    def seen(self, unrollings: ByArrayDim) -> ByArrayDim:
        """Unrollings with every diagonal along one line."""
        once = _without(unrollings, self.unseen_along, self.blocks)
        return self._along_rows(once) if self.windows else once

    def distinct_share(self, seen: ByArrayDim) -> Amount:
        """Share of the rows of all columns that hold distinct inputs."""
        share: Amount = 1.0
        rows = seen.get(self.array.bitline, {})
        for window, distinct in zip(self.windows, self.distinct, strict=True):
            share = share * distinct / (rows[window.output_dim] * rows.get(window.filter_dim, 1))
        return share

    def _along_rows(self, unrollings: ByArrayDim) -> ByArrayDim:
        """Put the outputs of diagonal windows along the bitlines, where their inputs are."""
        columns, rows = _lines(self.array, unrollings)
        moved = {window.output_dim: columns[window.output_dim] for window in self.windows}
        kept = _without(unrollings, self.array.wordline, moved.keys())
        return {**kept, self.array.bitline: {**rows, **moved}}


def _lines(
    array: ImcArray, unrollings: ByArrayDim
) -> tuple[Mapping[str, Amount], Mapping[str, Amount]]:
    """Unrollings along the wordlines, and along the bitlines."""
    return unrollings.get(array.wordline, {}), unrollings.get(array.bitline, {})


def _without(unrollings: ByArrayDim, array_dim: str, dims: Collection[str]) -> ByArrayDim:
    """Leave some dimensions out along one array dimension."""
    if not dims:
        return unrollings
    left = {dim: value for dim, value in unrollings[array_dim].items() if dim not in dims}
    return {**unrollings, array_dim: left}

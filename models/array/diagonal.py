"""Diagonal mappings: outputs along the wordlines together with the filter taps along the bitlines.

Neighbouring columns then hold the same weights, each a step of the window further down, so that the
inputs of all of them together drive a band of rows.
"""

from __future__ import annotations

from collections.abc import Mapping

from zigzag_imc.core.accelerator import ImcArray
from zigzag_imc.core.layer import Layer, Window
from zigzag_imc.models.movement.unrolled import ByArrayDim
from zigzag_imc.models.movement.words import Amount


def band_rows(
    layer: Layer, array: ImcArray, unrollings: ByArrayDim, unit_steps: bool = False
) -> Amount:
    """Rows of a macro that hold weights; of one spatial mapping, or elementwise of many.

    The product of its unrollings, a band in place of the taps of a diagonal one.

    A band of ``F`` taps and ``O`` outputs takes ``(F - 1) * dilation + (O - 1) * stride + 1`` rows,
    all positions that it touches; with ``unit_steps``, as the reference tool counts, ``F + O - 1``.
    """
    columns = unrollings.get(array.wordline, {})
    windows = {window.filter_dim: window for window in layer.windows}
    rows: Amount = 1
    for dim, taps in unrollings.get(array.bitline, {}).items():
        window = windows.get(dim)
        rows = rows * (_band(window, taps, columns, unit_steps) if window else taps)
    return rows


def _band(window: Window, taps: Amount, columns: Mapping[str, Amount], unit_steps: bool) -> Amount:
    """Rows that the taps of a window take, or the band of them where the mapping is diagonal."""
    outputs = columns.get(window.output_dim, 1)
    stride, dilation = (1, 1) if unit_steps else (window.stride, window.dilation)
    band = (taps - 1) * dilation + (outputs - 1) * stride + 1
    # Products with a comparison stand for the choice: arrays know no branches.
    is_diagonal = outputs > 1
    return is_diagonal * band + (1 - is_diagonal) * taps

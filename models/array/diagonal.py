"""Diagonal mappings: outputs along the wordlines together with the filter taps along the bitlines.

Neighbouring columns then hold the same weights, each a step of the window further down, so that the
inputs of all of them together drive a band of rows.
"""

from __future__ import annotations

from collections.abc import Mapping

from zigzag_imc.core.accelerator import ImcArray
from zigzag_imc.core.layer import Layer


def band_rows(
    layer: Layer,
    array: ImcArray,
    unrollings: Mapping[str, Mapping[str, float]],
    unit_steps: bool = False,
) -> float:
    """Rows of a macro that hold weights.

    The product of its unrollings, a band in place of the taps of a diagonal one.

    A band of ``F`` taps and ``O`` outputs takes ``(F - 1) * dilation + (O - 1) * stride + 1`` rows,
    all positions that it touches; with ``unit_steps``, as the reference tool counts, ``F + O - 1``.
    """
    columns = unrollings.get(array.wordline, {})
    windows = {window.filter_dim: window for window in layer.windows}
    rows: float = 1
    for dim, taps in unrollings.get(array.bitline, {}).items():
        window = windows.get(dim)
        outputs = columns.get(window.output_dim, 1) if window else 1
        if window and outputs > 1:
            stride, dilation = (1, 1) if unit_steps else (window.stride, window.dilation)
            rows *= (taps - 1) * dilation + (outputs - 1) * stride + 1
        else:
            rows *= taps
    return rows

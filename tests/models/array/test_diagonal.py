"""Bands of diagonal mappings against a layout of every weight."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.accelerators import variant
from zigzag_imc.core.layer import conv_layer
from zigzag_imc.models.array.diagonal import band_rows

SMALL = st.integers(1, 6)


@given(outputs=st.integers(2, 6), taps=SMALL, stride=SMALL, dilation=SMALL, channels=SMALL)
def test_a_band_reaches_from_its_first_to_its_last_position(
    outputs: int, taps: int, stride: int, dilation: int, channels: int
) -> None:
    """Per channel; other dimensions only multiply."""
    layer = conv_layer(
        "c",
        out_channels=8,
        in_channels=8,
        output_size=(8, 8),
        filter_size=(8, 8),
        stride=(stride, stride),
        dilation=(dilation, dilation),
    )
    array = variant("aimc").array
    unrollings = {"D1": {"OX": outputs, "K": 4}, "D2": {"C": channels, "FX": taps}}
    touched = [stride * o + dilation * f for o in range(outputs) for f in range(taps)]
    assert band_rows(layer, array, unrollings) == channels * (max(touched) - min(touched) + 1)
    assert band_rows(layer, array, unrollings, unit_steps=True) == channels * (outputs + taps - 1)


def test_no_band_without_outputs_along_the_wordlines() -> None:
    """Rows are the product of the unrollings."""
    layer = conv_layer(
        "c", out_channels=8, in_channels=8, output_size=(8, 8), filter_size=(3, 3), stride=(2, 2)
    )
    array = variant("aimc").array
    assert band_rows(layer, array, {"D1": {"K": 4}, "D2": {"C": 8, "FX": 3, "FY": 3}}) == 72
    assert band_rows(layer, array, {"D1": {"OX": 4}, "D2": {"FY": 3}}) == 3
    assert band_rows(layer, array, {}) == 1

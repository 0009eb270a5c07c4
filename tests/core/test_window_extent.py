"""Distinct input positions of a sliding window against a count of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zigzag_imc.core.layer import Window

SMALL = st.integers(1, 9)


@given(outputs=SMALL, filters=SMALL, stride=st.integers(1, 5), dilation=st.integers(1, 5))
def test_extent_is_the_count_of_positions(
    outputs: int, filters: int, stride: int, dilation: int
) -> None:
    """Every position that any pair of steps reads, once."""
    window = Window("OX", "FX", stride, dilation, size=10**6)
    touched = {stride * o + dilation * f for o in range(outputs) for f in range(filters)}
    assert window.extent(outputs, filters) == len(touched)


@given(
    outputs=SMALL,
    filters=SMALL,
    stride=st.integers(1, 5),
    dilation=st.integers(1, 5),
    size=st.integers(1, 40),
)
def test_a_tile_never_holds_more_than_the_input(
    outputs: int, filters: int, stride: int, dilation: int, size: int
) -> None:
    """Padding is not stored."""
    window = Window("OX", "FX", stride, dilation, size)
    unlimited = Window("OX", "FX", stride, dilation, 10**6)
    assert window.extent(outputs, filters) == min(size, unlimited.extent(outputs, filters))


@given(outputs=SMALL, filters=SMALL, stride=st.integers(1, 5), dilation=st.integers(1, 5))
def test_phantom_positions_appear_only_between_dilated_taps(
    outputs: int, filters: int, stride: int, dilation: int
) -> None:
    """The reference tool's count is never below.

    It differs only where outputs are fewer than the taps are apart.
    """
    window = Window("OX", "FX", stride, dilation, 10**6)
    true, phantom = window.extent(outputs, filters), window.extent(outputs, filters, phantom=True)
    assert phantom >= true
    if outputs >= dilation:
        assert phantom == true

"""Names that are cut stay different from each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigzag_imc.results.labels import labels, shorten

CONVERTED = [
    f"classifier_network/block_{number}/FusedBatchNormV3;"
    f"classifier_network/block_{number}/conv2d/Conv2D/ReadVariableOp/resource"
    for number in (1, 2, 10, 11)
]
"""Names as converters write them: they begin and end alike."""

ATTENTION = [
    f"/bert/encoder/layer.{number}/attention/self/{part}/MatMul"
    for number in range(12)
    for part in ("query", "key", "value")
]
"""Names that differ in two places."""


def test_long_names_are_shortened_in_the_middle() -> None:
    assert shorten("short", 10) == "short"
    assert shorten("abcdefghijklmnop", 10) == "abcd..mnop"
    assert len(shorten("x" * 99, 28)) == 28


def test_names_that_differ_at_their_ends_are_cut_as_if_alone() -> None:
    names = ["layer1/" + "a" * 40, "layer2/" + "a" * 40, "short"]
    assert labels(names, 20) == [shorten(name, 20) for name in names]


def test_the_part_that_differs_is_kept() -> None:
    assert labels(CONVERTED, 32) == [
        "classifier..block_1..Op/resource",
        "classifier..block_2..Op/resource",
        "classifier..block_10..p/resource",
        "classifier..block_11..p/resource",
    ]
    for name, label in zip(ATTENTION, labels(ATTENTION, 32), strict=True):
        assert f"..{name.split('/')[3]}.." in label


@pytest.mark.parametrize("names", [CONVERTED, ATTENTION, ["x" * 60, "x" * 61, "x" * 50 + "y" * 11]])
@pytest.mark.parametrize("width", [8, 12, 18, 24, 28, 32, 60])
def test_different_names_have_different_labels(names: list[str], width: int) -> None:
    found = labels(names, width)
    assert len(set(found)) == len(names)
    assert all(len(label) <= width for label in found)


def test_equal_names_have_equal_labels() -> None:
    one, other, again = labels([CONVERTED[0], CONVERTED[1], CONVERTED[0]], 24)
    assert one == again != other


@given(st.lists(st.text("ab/_1", min_size=10, max_size=40), max_size=30), st.integers(8, 40))
def test_whatever_the_names(names: list[str], width: int) -> None:
    found = labels(names, width)
    assert len(set(found)) == len(set(names))
    assert all(len(label) <= width for label in found)
    assert all(
        label == name for name, label in zip(names, found, strict=True) if len(name) <= width
    )

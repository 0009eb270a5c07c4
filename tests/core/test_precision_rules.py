"""Precision of layers by name and pattern."""

from __future__ import annotations

from typing import Any

import pytest

from zigzag_imc.core.bits import Bits
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.precision import Precision
from zigzag_imc.core.precision_rules import PrecisionRules, rules_of
from zigzag_imc.core.precision_text import precision_of

NAMES = ["conv1", "conv2", "fc"]


def precisions(found: Any) -> list[Precision]:
    rules = rules_of(found)
    rules.check("net", NAMES)
    return [rules.of(name).or_else(rules.all_layers).filled(Precision()) for name in NAMES]


@pytest.mark.parametrize(
    "found",
    [
        ["W=6", "conv*:W=4,I=4", "conv2:W=2"],
        ["conv2:W=2", "conv*:W=4,I=4", "W=6"],
        {"W": 6, "conv*": {"W": 4, "I": 4}, "conv2": "W=2"},
        {"conv2": {"W": 2}, "W": 6, "conv?": {"W": 4, "I": 4}},
    ],
)
def test_a_name_wins_over_a_pattern_and_a_pattern_over_all_layers(found: Any) -> None:
    assert precisions(found) == [Precision(W=4, I=4), Precision(W=2, I=4), Precision(W=6)]


def test_of_equals_the_last_wins() -> None:
    assert precisions(["conv*:W=4", "*1:W=3", "W=5", "W=7", "fc:I=1", "fc:I=2"]) == [
        Precision(W=3),
        Precision(W=4),
        Precision(W=7, I=2),
    ]


def test_a_whole_precision_of_some_layers() -> None:
    other = Precision(W=2, I=3, O=12, O_final=3)
    assert precisions({"fc": other}) == [Precision(), Precision(), other]


@pytest.mark.parametrize(
    ("said", "default", "sums"),
    [
        (Bits(), Precision(), 16),
        (Bits(W=16, I=16), Precision(), 32),
        (Bits(W=16), Precision(), 24),
        (Bits(W=4, I=12), Precision(), 16),
        (Bits(W=4, I=4), Precision(), 16),
        (Bits(W=16, I=16, O=20), Precision(), 20),
        (Bits(W=16, I=16), Precision(O=40), 40),
        (Bits(O_final=8), Precision(O=8), 8),
        (Bits(W=4, I=4), Precision(W=1, I=1, O=2), 8),
        (Bits(W=1024, I=1024), Precision(), 1024),
    ],
)
def test_partial_sums_hold_a_product_where_nobody_says_their_bits(
    said: Bits, default: Precision, sums: int
) -> None:
    """At least the default's; and where a layer is no wider than the default, just these."""
    assert sums == said.filled(default).O


@pytest.mark.parametrize("found", ["W=16,I=16", {"W": 16, "I": 16}])
def test_a_layer_built_from_a_text_has_them_too(found: Any) -> None:
    assert precision_of(found) == Precision(W=16, I=16, O=32)


def test_only_stars_and_question_marks_are_wild() -> None:
    rules = rules_of(["a[0].b*:W=4", "x:0:W=2"])
    assert rules.of("a[0].bc").W == 4
    assert rules.of("a0xb").W is None
    assert rules.of("x:0").W == 2
    rules.check("net", ["a[0].b", "x:0"])


def test_rules_are_taken_as_they_are() -> None:
    rules = rules_of("W=4")
    assert rules_of(rules) is rules
    assert rules_of(()) == rules_of({}) == rules_of(None) == PrecisionRules()


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ("conf1:W=4", "'conf1' matches no layer of network 'net' (did you mean 'conv1'?)"),
        ("zz*:W=4", "'zz*' matches no layer of network 'net', which has conv1, conv2, fc"),
        ("conv1:W", "found 'W', expected W, I, O, O_final as in"),
        ("conv1:W=0", "W: found '0', expected a whole number of bits, at least 1"),
        (":W=4", "found ':W=4', expected the name or pattern of a layer before the colon"),
        ({"conv1": 4}, "found 'conv1', expected W, I, O, O_final"),
        ({3: {"W": 4}}, "found 3, expected the name or pattern of a layer"),
        ([4], "found 4, expected a text such as 'W=4' or 'conv*:W=4'"),
    ],
)
def test_what_is_wrong_is_named(found: Any, message: str) -> None:
    with pytest.raises(OptionError) as error:
        precisions(found)
    assert str(error.value).startswith(f"precision: {message}")

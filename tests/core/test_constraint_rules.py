"""Which layers constraints are about."""

from __future__ import annotations

import pytest

from zigzag_imc.core.constraint_rules import ConstraintRules, Rule, constraint_rules_of
from zigzag_imc.core.constraints import (
    EvenAllocation,
    FixedUnrolling,
    LeastUtilization,
    LoopOrder,
    texts_of,
)
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import matmul_layer

EVEN, ORDER = EvenAllocation(), LoopOrder(("K", "C"))


def layer(name: str, operator: str = "Gemm") -> Layer:
    return matmul_layer(name, rows=2, out_channels=4, in_channels=4).replace(operator=operator)


@pytest.mark.parametrize(
    ("wish", "about_conv1", "about_fc"),
    [
        (None, (), ()),
        ("even", ("even",), ("even",)),
        (EVEN, ("even",), ("even",)),
        ("conv*: even", ("even",), ()),
        ("Conv:even", ("even",), ()),
        (["even", "fc: order K > C", "even"], ("even",), ("even", "order K > C")),
        ({"conv1": "even", "Gemm": ["order K > C", EVEN]}, ("even",), ("order K > C", "even")),
        ([{"fc": "even"}, "order K > C"], ("order K > C",), ("even", "order K > C")),
    ],
)
def test_names_patterns_and_operator_types(
    wish: object, about_conv1: tuple[str, ...], about_fc: tuple[str, ...]
) -> None:
    rules = constraint_rules_of(wish)
    assert texts_of(rules.of(layer("conv1", "Conv"))) == about_conv1
    assert texts_of(rules.of(layer("fc"))) == about_fc
    assert constraint_rules_of(rules) is rules


def test_a_layer_told_itself_is_none_of_its_type_nor_of_all() -> None:
    rules = ConstraintRules(
        (
            Rule(None, EVEN, ("Gemm", "conv1")),
            Rule("Gemm", ORDER, ("conv1", "fc")),
            Rule("fc", LoopOrder(("C", "K")), ("Gemm", "conv1")),
        )
    )
    assert texts_of(rules.of(layer("other", "Conv"))) == ("even",)
    assert texts_of(rules.of(layer("gemm"))) == ("order K > C",)
    assert texts_of(rules.of(layer("fc"))) == ("order C > K",)
    assert rules.of(layer("conv1", "Conv")) == ()


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (": even", "before the colon"),
        ({"": "even"}, "the name or pattern of a layer"),
        ({"fc": 3}, "found 3"),
        ([3], "found 3"),
        ("fc: evn", "did you mean 'even'?"),
        (FixedUnrolling("K", "D1", "=", 0), "with a size below 1"),
        (LeastUtilization(1.5), "outside 0 to 1"),
        (LoopOrder(("K",)), "with one dimension"),
    ],
)
def test_wrong_wishes(wish: object, said: str) -> None:
    with pytest.raises(OptionError) as found:
        constraint_rules_of(wish)
    assert said in str(found.value)


def test_a_rule_about_no_layer_is_refused() -> None:
    rules = constraint_rules_of("cov1: even")
    with pytest.raises(OptionError, match=r"'cov1' matches no layer .* \(did you mean 'conv1'\?\)"):
        rules.check("net", [layer("conv1", "Conv"), layer("fc")])

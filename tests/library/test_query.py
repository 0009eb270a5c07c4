"""A query refuses what is out of range, and says in one line what would be valid."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from zigzag_imc.core.bits import Bits
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.precision import Precision
from zigzag_imc.core.precision_text import precision_of
from zigzag_imc.library.query import Query

SECONDS = "expected a number of seconds above 0"
SHARE = "expected a number from 0 to below 1, such as 0.01 for 1 %"
SEEDS = "expected a whole number from 0 to 2147483647"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("objective", "energi", "expected one of energy, latency, edp (did you mean 'energy'?)"),
        ("scope", "all", "expected one of layer, network"),
        ("jobs", 0, "expected a whole number, at least 1"),
        ("jobs", 1.5, "expected a whole number, at least 1"),
        ("jobs", True, "expected a whole number, at least 1"),
        ("time_limit", 0, SECONDS),
        ("time_limit", float("nan"), SECONDS),
        ("total_time_limit", -1.0, SECONDS),
        ("total_time_limit", "10", SECONDS),
        ("gap", 1, SHARE),
        ("gap", -0.01, SHARE),
        ("seed", -1, SEEDS),
        ("seed", 2**31, SEEDS),
        ("seed", 0.0, SEEDS),
    ],
)
def test_a_field_out_of_range_is_named(field: str, value: Any, expected: str) -> None:
    with pytest.raises(OptionError) as error:
        Query(**{field: value})
    assert str(error.value) == f"{field}: found {value!r}, {expected}"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("jobs", 1),
        ("time_limit", 1e-6),
        ("total_time_limit", 1),
        ("gap", 0),
        ("gap", 0.999),
        ("seed", 2**31 - 1),
    ],
)
def test_the_ends_of_a_range_are_valid(field: str, value: Any) -> None:
    assert getattr(Query(**{field: value}), field) == value


def test_a_cost_model_is_looked_up_by_its_name() -> None:
    assert Query(cost_model="zigzag").profile.name == "zigzag"
    with pytest.raises(OptionError, match="did you mean 'zigzag'"):
        _ = Query(cost_model="zigzak").profile


def test_only_the_edp_of_a_network_is_no_sum_over_layers() -> None:
    assert Query(objective="edp", scope="network").is_network_edp
    assert not Query(objective="edp", scope="layer").is_network_edp
    assert not Query(objective="energy", scope="network").is_network_edp


def test_limits_reach_the_record_and_the_searches() -> None:
    query = Query(time_limit=2.0, total_time_limit=30.0, gap=0.25, seed=7)
    assert query.limits.model_dump() == {
        "time_limit_s": 2.0,
        "total_time_limit_s": 30.0,
        "gap": 0.25,
    }
    options = query.search_options
    assert (options.time_limit_s, options.gap, options.seed) == (2.0, 0.25, 7)
    assert query.total_budget().limit_s == 30.0


def test_who_listens_is_no_part_of_what_is_asked() -> None:
    assert Query(progress=lambda news: None) == Query()


def test_a_query_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Query().seed = 1  # type: ignore[misc]


def test_precision_left_out_is_not_said() -> None:
    said = Query(precision="W=4, O_final=6").precision_rules.all_layers
    assert said == Bits(W=4, O_final=6)
    assert said.filled(Precision()) == precision_of("W=4, O_final=6")
    assert Query().precision_rules.all_layers == Bits()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("w=4", "precision: found 'w=4', expected W, I, O, O_final as in "),
        ("W=4,W=8", "precision: W is given twice"),
        ("I=0", "precision: I: found '0', expected a whole number of bits, at least 1"),
        ("I=1025", "precision: I: found '1025', expected a whole number of bits, at least 1"),
        (f"I={'9' * 5000}", "precision: I: found '999"),
    ],
)
def test_a_wrong_precision_is_named(text: str, message: str) -> None:
    with pytest.raises(OptionError) as error:
        precision_of(text)
    assert str(error.value).startswith(message)

"""What may be asked together with tensors that stay on chip."""

from __future__ import annotations

from typing import Any

import pytest

from zigzag_imc.core.errors import OptionError
from zigzag_imc.library.query import Query


def test_it_is_a_choice_for_the_network() -> None:
    assert Query(locality="best").scope == "network"
    assert Query().locality == "none"
    assert Query().scope == "layer"


@pytest.mark.parametrize(
    "asked",
    [
        {"locality": "best", "layers": ["conv1"]},
        {"locality": "best", "objective": "edp", "method": "cp-sat"},
        {"locality": "most"},
        {"keep_ends": True},
    ],
)
def test_what_makes_no_sense_with_it_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=r"locality|layers|pareto|method"):
        Query(**asked)

"""Which searches know tiles that need not divide."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.objective import Method, Objective
from zigzag_imc.core.space import ANY_OUTERMOST
from zigzag_imc.library.query import Query


@pytest.mark.parametrize("method", ["auto", "cp-sat"])
@pytest.mark.parametrize("objective", ["energy", "latency", "edp"])
def test_a_query_may_ask_for_tiles_of_any_size(objective: Objective, method: Method) -> None:
    space = replace(ANY_OUTERMOST, diagonals=True)
    asked = ["tile D of I in sram_256KB <= 3"]
    query = Query(objective=objective, space=space, constraints=asked, method=method)
    assert query.mapspace == space


def test_a_query_refuses_tiles_of_any_size_where_all_divide() -> None:
    with pytest.raises(OptionError, match=r"expected .*divisors"):
        Query(objective="energy", space=ANY_OUTERMOST, cost_model="zigzag")

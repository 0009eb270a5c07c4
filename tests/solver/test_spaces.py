"""No search over divisors answers for tiles that need not divide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import ANY_OUTERMOST
from zigzag_imc.library.query import Query
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.joint.search import solve_jointly
from zigzag_imc.solver.solution import SearchOptions

OPTIONS = SearchOptions(space=ANY_OUTERMOST)
LAYER = matmul_layer("seven", rows=7, out_channels=16, in_channels=5)

Search = Callable[[], object]


def asked(search: str) -> object:
    """Ask one of the searches for tiles of any size."""
    dimc = load_accelerator("dimc")
    searches: dict[str, Search] = {
        "cp-sat": lambda: solve_jointly(LAYER, dimc, IMC, "energy", OPTIONS),
    }
    return searches[search]()


SEARCHES = ("cp-sat",)


@pytest.mark.parametrize("search", SEARCHES)
def test_searches_over_divisors_refuse_tiles_of_any_size(search: str) -> None:
    with pytest.raises(OptionError, match=r"tile_sizes: .*expected .*divisors"):
        asked(search)


@pytest.mark.parametrize("objective", ["energy", "latency", "edp"])
def test_a_query_may_ask_for_tiles_of_any_size(objective: Objective) -> None:
    space = replace(ANY_OUTERMOST, diagonals=True)
    query = Query(objective=objective, space=space, constraints=["tile D of I in sram_256KB <= 3"])
    assert query.mapspace == space


UNKNOWN = ({"cost_model": "zigzag"}, {"method": "cp-sat"})


@pytest.mark.parametrize("other", UNKNOWN)
def test_a_query_refuses_what_is_not_known_of_tiles_of_any_size(other: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=r"expected .*divisors|expected auto"):
        Query(**{"objective": "energy", "space": ANY_OUTERMOST, **other})

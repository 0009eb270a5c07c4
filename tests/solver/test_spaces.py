"""No search over divisors answers for tiles that need not divide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.constraint_rules import ConstraintRules
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.space import ANY_OUTERMOST, Space
from zigzag_imc.library.query import Query
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.engines.exhaustive import Exhaustive
from zigzag_imc.solver.joint.search import solve_jointly
from zigzag_imc.solver.pareto import pareto_front
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions
from zigzag_imc.solver.staircase import underside
from zigzag_imc.solver.underside import Corner

DIAGONALS = SearchOptions(space=Space("any-outermost", diagonals=True))
OPTIONS = SearchOptions(space=ANY_OUTERMOST)
LAYER = matmul_layer("seven", rows=7, out_channels=16, in_channels=5)

Search = Callable[[], object]


def asked(search: str) -> object:
    """Ask one of the searches for tiles of any size."""
    dimc = load_accelerator("dimc")
    searches: dict[str, Search] = {
        "diagonals": lambda: solve(LAYER, dimc, IMC, "energy", DIAGONALS),
        "latency": lambda: solve(LAYER, dimc, IMC, "latency", OPTIONS),
        "edp": lambda: solve(LAYER, dimc, IMC, "edp", OPTIONS),
        "cp-sat": lambda: solve_jointly(LAYER, dimc, IMC, "energy", OPTIONS),
        "front": lambda: pareto_front(LAYER, dimc, IMC, OPTIONS),
        "underside": lambda: underside(LAYER, dimc, IMC, [Corner(1.0, 1.0)], OPTIONS),
        "engine": lambda: Exhaustive().search(LAYER, dimc, IMC, "energy", OPTIONS),
    }
    return searches[search]()


SEARCHES = ("diagonals", "latency", "edp", "cp-sat", "front", "underside", "engine")


@pytest.mark.parametrize("search", SEARCHES)
def test_searches_over_divisors_refuse_tiles_of_any_size(search: str) -> None:
    with pytest.raises(OptionError, match=r"tile_sizes: .*expected .*divisors"):
        asked(search)


def test_a_query_without_constraints_may_ask_for_tiles_of_any_size() -> None:
    query = Query(objective="energy", space=ANY_OUTERMOST, constraints=ConstraintRules())
    assert query.mapspace == ANY_OUTERMOST


UNKNOWN = ({"objective": "edp"}, {"pareto": True}, {"cost_model": "zigzag"}, {"method": "cp-sat"})


@pytest.mark.parametrize("other", UNKNOWN)
def test_a_query_refuses_what_is_not_known_of_tiles_of_any_size(other: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=r"expected .*divisors|expected auto"):
        Query(**{"objective": "energy", "space": ANY_OUTERMOST, **other})

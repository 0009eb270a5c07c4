"""Which of two mappings is the incumbent."""

from __future__ import annotations

from typing import cast

from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.cost import Cost
from zigzag_imc.solver.scoring.incumbent import Incumbent, better_of


def found(value: float, energy_pj: float, latency_cycles: float) -> Incumbent:
    """Return a mapping of which only the costs matter."""
    return Incumbent(value, energy_pj, latency_cycles, cast(LayerMapping, None), cast(Cost, None))


def test_the_least_objective_ranks_first() -> None:
    assert better_of(new := found(1, 9, 9), found(2, 1, 1)) is new


def test_equal_objectives_rank_by_energy_then_latency() -> None:
    assert better_of(new := found(1, 2, 9), found(1, 3, 1)) is new
    assert better_of(new := found(1, 2, 3), found(1, 2, 4)) is new


def test_the_older_of_equals_stays() -> None:
    old = found(1, 2, 3)
    assert better_of(found(1, 2, 3), old) is old


def test_any_mapping_is_better_than_none() -> None:
    old = found(1, 2, 3)
    assert better_of(None, old) is old
    assert better_of(old, None) is old

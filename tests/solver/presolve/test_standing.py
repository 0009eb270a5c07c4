"""Where a search stands."""

from __future__ import annotations

import math
from collections import deque
from typing import cast

from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.cost import Cost
from zigzag_imc.solver.presolve.energy_bound import EnergyBound
from zigzag_imc.solver.presolve.standing import Standing, Waiting
from zigzag_imc.solver.scoring.incumbent import Incumbent


def found(value: float) -> Incumbent:
    """Return a mapping of which only the value matters."""
    return Incumbent(
        value=value,
        energy_pj=value,
        latency_cycles=1.0,
        mapping=cast(LayerMapping, None),
        cost=cast(Cost, None),
    )


def waiting(bound: float) -> Waiting:
    """Return a spatial mapping of which only the bound matters."""
    energy = EnergyBound(value_pj=bound, prices={}, chains=())
    return Waiting(bound=bound, place=(0, 0), energy=energy, held_bits=())


def test_the_value_is_the_least_of_mapping_and_cutoff() -> None:
    """Nothing found: the cutoff, 8. A mapping of 9 does not change that, one of 5 does."""
    standing = Standing(None, cutoff=8)
    assert standing.value == 8
    standing.offer(found(9))
    assert standing.value == 8
    standing.offer(found(5))
    assert standing.value == 5
    assert Standing(None).value == math.inf


def test_only_a_better_mapping_is_taken() -> None:
    """Of 5, 6, nothing and another 5, only the first changes where the search stands."""
    standing = Standing(None)
    first = found(5)
    assert [standing.offer(new) for new in (first, found(6), None, found(5))] == [
        True,
        False,
        False,
        False,
    ]
    assert standing.best is first


def test_what_waits_is_at_least_its_least_bound() -> None:
    """Of 3, 1 and 2: 1. Of nothing: no mapping is there to be below anything."""
    standing = Standing(None, waiting=deque(map(waiting, (3, 1, 2))))
    assert standing.least_waiting == 1
    assert Standing(None).least_waiting == math.inf


def test_what_waits_is_sorted_by_its_bound() -> None:
    """3, 1 and 2 in order."""
    standing = Standing(None, waiting=deque(map(waiting, (3, 1, 2))))
    standing.sort_waiting()
    assert [option.bound for option in standing.waiting] == [1, 2, 3]

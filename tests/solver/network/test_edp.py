"""The choice of a point per layer for the least product of total energy and total latency."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.cost import Cost
from zigzag_imc.solver.network.edp import choose, network_bound
from zigzag_imc.solver.solution import Front, ParetoPoint


def front(*points: tuple[float, float]) -> Front:
    """Return a proved front of (energy, latency) points."""
    costs = [SimpleNamespace(energy_pj=pj, latency_cycles=cycles) for pj, cycles in points]
    return Front(
        tuple(ParetoPoint(cast(LayerMapping, None), cast(Cost, cost)) for cost in costs), True
    )


def test_the_sums_decide_not_the_layers() -> None:
    """Alone, the second layer is best at 4 x 1 or 1 x 4; beside 1 pJ x 9 cycles, 1 pJ is worth it.

    ``(1 + 4) * (9 + 1) = 50``, ``(1 + 1) * (9 + 4) = 26``.
    """
    assert choose([front((1, 9)), front((4, 1), (1, 4))], [1, 1]) == ((0, 1), True)


def test_layers_count_as_often_as_they_occur() -> None:
    """Three of the second: ``(1 + 12) * (9 + 3) = 156``, ``(1 + 3) * (9 + 12) = 84``."""
    assert choose([front((1, 9)), front((4, 1), (1, 4))], [1, 3])[0] == (0, 1)


def test_the_bound_takes_the_least_of_both() -> None:
    """``(1 + 1) * (9 + 1) = 20``, which no choice reaches."""
    assert network_bound([front((1, 9)), front((4, 1), (1, 4))], [1, 1]) == 20

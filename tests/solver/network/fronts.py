"""Fronts of which only energies and latencies matter."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.cost import Cost
from zigzag_imc.solver.solution import Front, ParetoPoint


def proved_front(*points: tuple[float, float]) -> Front:
    """Return a proved front of (energy, latency) points."""
    costs = [SimpleNamespace(energy_pj=pj, latency_cycles=cycles) for pj, cycles in points]
    return Front(
        points=tuple(ParetoPoint(cast(LayerMapping, None), cast(Cost, cost)) for cost in costs),
        proved=True,
    )

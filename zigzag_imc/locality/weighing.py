"""Weights of energy and latency: what is least in one round of the search."""

from __future__ import annotations

import math
from dataclasses import dataclass

from zigzag_imc.models.cost import Cost


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts: ``per_pj`` x energy + ``per_cycle`` x latency.

    Attributes
    ----------
    per_pj, per_cycle
        Weights of a pJ and of a clock cycle, neither below zero.
    """

    per_pj: float
    per_cycle: float

    @property
    def is_energy(self) -> bool:
        """Whether latency does not count."""
        return self.per_cycle == 0

    def of(self, energy_pj: float, latency: float) -> float:
        """Weigh an energy and a latency; infinite where nothing fits."""
        if math.isinf(energy_pj) or math.isinf(latency):
            return math.inf
        return self.per_pj * energy_pj + self.per_cycle * latency

    def of_cost(self, cost: Cost) -> float:
        """Weigh a cost."""
        return self.of(float(cost.energy_pj), float(cost.latency_cycles))


ENERGY = Weights(1.0, 0.0)
"""Energy alone, in pJ."""

LATENCY = Weights(0.0, 1.0)
"""Latency alone, in clock cycles."""

FRONT = Weights(1.0, 1.0)
"""Stands for all weights together: what is least for them is on the energy-latency front."""

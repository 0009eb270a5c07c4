"""What a search minimises, and within which limits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.objective import Objective
from zigzag_imc.solver.tables.lattice import Array


@dataclass(frozen=True, slots=True)
class Goal:
    """An objective, and limits that a mapping must keep (both inclusive)."""

    objective: Objective
    most_energy_pj: float = math.inf
    most_latency: float = math.inf

    @property
    def needs_latency(self) -> bool:
        """Whether latency takes part at all."""
        return self.objective != "energy" or math.isfinite(self.most_latency)

    def value(self, energy_pj: float, latency: float) -> float:
        """Objective of an energy and a latency; also a bound, given bounds."""
        if self.objective == "energy":
            return energy_pj
        return latency if self.objective == "latency" else energy_pj * latency

    def values(self, energy_pj: Array, latency: Array | float) -> Array:
        """`value`, elementwise; infinite outside the limits."""
        if self.objective == "energy":
            value = np.array(energy_pj)
        elif self.objective == "latency":
            value = np.array(np.broadcast_to(latency, np.shape(energy_pj)))
        else:
            value = energy_pj * latency
        beyond = (energy_pj > self.most_energy_pj) | (np.asarray(latency) > self.most_latency)
        return np.where(beyond | np.isinf(energy_pj), np.inf, value)

    def allows(self, energy_pj: float, latency: float) -> bool:
        """Whether a mapping keeps the limits."""
        return energy_pj <= self.most_energy_pj and latency <= self.most_latency

"""What a search minimises, and within which limits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.tables.lattice import Array


@dataclass(frozen=True, slots=True)
class Goal:
    """An objective, and limits that a mapping must keep (both inclusive).

    Attributes
    ----------
    objective
        What is minimised.
    most_energy_pj
        Largest energy allowed, in pJ.
    most_latency
        Largest latency allowed, in clock cycles.
    """

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

    def relaxed(self, factor: float) -> Goal:
        """Return the same goal with its limits multiplied, a little, against rounding."""
        return Goal(self.objective, self.most_energy_pj * factor, self.most_latency * factor)

    def enough_latency(self, value: float, energy_pj: float) -> float:
        """Latency from which on mappings of at least some energy cannot reach a value, in cycles.

        Of a product: ``energy * latency > value`` as soon as ``latency > value / energy``.
        """
        if self.objective == "latency":
            return min(value, self.most_latency)
        if self.objective == "edp" and energy_pj > 0:
            return min(value / energy_pj * (1 + TOLERANCE), self.most_latency)
        return self.most_latency

    def enough_energy_pj(self, value: float, latency: float) -> float:
        """Energy from which on mappings of at least some latency cannot reach a value, in pJ."""
        if self.objective == "energy":
            return min(value, self.most_energy_pj)
        if self.objective == "edp" and latency > 0:
            return min(value / latency, self.most_energy_pj)
        return self.most_energy_pj

"""What a search minimises, and within which limits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.objective import Objective
from zigzag_imc.solver.measure import Measure, measure_of
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
    def measure(self) -> Measure:
        """How energy and latency make up the objective."""
        return measure_of(self.objective)

    @property
    def needs_latency(self) -> bool:
        """Whether latency takes part at all."""
        return self.objective != "energy" or math.isfinite(self.most_latency)

    @property
    def needs_energy(self) -> bool:
        """Whether energy takes part at all."""
        return self.objective != "latency" or math.isfinite(self.most_energy_pj)

    def value(self, energy_pj: float, latency: float) -> float:
        """Objective of an energy and a latency; also a bound, given bounds."""
        return self.measure.value(energy_pj, latency)

    def values(self, energy_pj: Array, latency: Array | float) -> Array:
        """`value`, elementwise; infinite outside the limits."""
        value = self.measure.values(energy_pj, latency)
        beyond = (energy_pj > self.most_energy_pj) | (np.asarray(latency) > self.most_latency)
        return np.where(beyond | np.isinf(energy_pj), np.inf, value)

    def allows(self, energy_pj: float, latency: float) -> bool:
        """Whether a mapping keeps the limits."""
        return energy_pj <= self.most_energy_pj and latency <= self.most_latency

    def relaxed(self, factor: float) -> Goal:
        """Return the same goal with its limits multiplied, a little, against rounding."""
        return Goal(self.objective, self.most_energy_pj * factor, self.most_latency * factor)

    def enough_latency(self, value: float, energy_pj: float) -> float:
        """Cycles from which on mappings of at least some energy cannot reach a value."""
        measure = self.measure
        most = measure.most_latency(value, energy_pj) * measure.rounding
        return min(most, self.most_latency)

    def enough_energy_pj(self, value: float, latency: float) -> float:
        """Energy (pJ) from which on mappings of at least some latency cannot reach a value."""
        return min(self.measure.most_energy_pj(value, latency), self.most_energy_pj)

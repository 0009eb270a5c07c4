"""Units: whole numbers for CP-SAT, each rounded down, so that a bound stays a bound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.solver.joint.crossing import Floats

_HEADROOM = 1 + 1e-6
"""Factor by which an energy may be above the most that is of interest, and still be in range."""


_MOST_CYCLES = 1e10
"""Units of latency in the most that is of interest; the unit is one cycle up to there."""


@dataclass(frozen=True, slots=True)
class CycleUnits:
    """Units of latency, and the most that is of interest.

    Attributes
    ----------
    unit
        One unit in clock cycles; one cycle but for the longest latencies.
    most
        Latency above which nothing is of interest, in units.
    """

    unit: float
    most: int

    @classmethod
    def of(cls, most_cycles: float) -> CycleUnits:
        """Choose a unit for the most that is of interest."""
        unit = max(1.0, most_cycles / _MOST_CYCLES)
        return cls(unit, math.floor(most_cycles / unit) + 1)

    def of_cycles(self, cycles: Floats) -> npt.NDArray[np.int64]:
        """Cycles in units, rounded down; those far above the most are just above it."""
        units = np.minimum(cycles / self.unit, float(self.most) + 1)
        return np.floor(units).astype(np.int64)


@dataclass(frozen=True, slots=True)
class EnergyUnits:
    """Units of energy, and the most that is of interest.

    Attributes
    ----------
    unit_pj
        One unit.
    most
        Energy above which nothing is of interest, in units.
    """

    unit_pj: float
    most: int

    @classmethod
    def of(cls, terms: Sequence[Floats], most_pj: float) -> EnergyUnits:
        """Choose a unit so small that rounding every term down costs less than the resolution.

        No energy is less than that of the least of each term.
        """
        least_pj = sum(float(term.min()) for term in terms)
        unit_pj = RESOLUTION * least_pj / (2 * len(terms)) if least_pj > 0 else 1.0
        largest_pj = sum(float(term.max()) for term in terms)
        most_pj = min(most_pj * _HEADROOM, largest_pj)
        return cls(unit_pj, math.floor(most_pj / unit_pj) + 1)

    def of_energy(self, energy_pj: Floats) -> npt.NDArray[np.int64]:
        """Energies in units, rounded down; those far above the most are just above it."""
        units = np.minimum(energy_pj / self.unit_pj, float(self.most) + 1)
        return np.floor(units).astype(np.int64)

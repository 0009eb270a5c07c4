"""Measures: how energy and latency make up each objective."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.tables.lattice import Array


class Measure(ABC):
    """An objective as a function of energy (pJ) and latency (cycles), which rises with both.

    Attributes
    ----------
    rounding
        Factor by which a limit that is derived from a value may be too low.
    """

    rounding: ClassVar[float] = 1.0

    @abstractmethod
    def value(self, energy_pj: float, latency: float) -> float:
        """Objective of an energy and a latency."""

    @abstractmethod
    def values(self, energy_pj: Array, latency: Array | float) -> Array:
        """`value`, elementwise, in the shape of the energies."""

    def most_energy_pj(self, value: float, least_latency: float) -> float:
        """Energy above which the objective exceeds a value, given that the latency is not less.

        Infinite where there is none.
        """
        return math.inf

    def most_latency(self, value: float, least_energy_pj: float) -> float:
        """Latency above which the objective exceeds a value, given that the energy is not less.

        Infinite where there is none.
        """
        return math.inf


class _Energy(Measure):
    """Energy alone: ``energy > value`` is worse, whatever the latency."""

    def value(self, energy_pj: float, latency: float) -> float:
        return energy_pj

    def values(self, energy_pj: Array, latency: Array | float) -> Array:
        return np.array(energy_pj)

    def most_energy_pj(self, value: float, least_latency: float) -> float:
        return value


class _Latency(Measure):
    """Latency alone: ``latency > value`` is worse, whatever the energy."""

    def value(self, energy_pj: float, latency: float) -> float:
        return latency

    def values(self, energy_pj: Array, latency: Array | float) -> Array:
        return np.array(np.broadcast_to(latency, np.shape(energy_pj)))

    def most_latency(self, value: float, least_energy_pj: float) -> float:
        return value


class _Product(Measure):
    """The energy-delay product, whose value bounds either factor by the least of the other.

    From ``energy * latency <= value`` and ``latency >= least > 0`` follows
    ``energy <= value / least``, and likewise for the latency.
    """

    rounding = 1 + TOLERANCE

    def value(self, energy_pj: float, latency: float) -> float:
        return energy_pj * latency

    def values(self, energy_pj: Array, latency: Array | float) -> Array:
        return energy_pj * latency

    def most_energy_pj(self, value: float, least_latency: float) -> float:
        return _quotient(value, least_latency)

    def most_latency(self, value: float, least_energy_pj: float) -> float:
        return _quotient(value, least_energy_pj)


def _quotient(value: float, factor: float) -> float:
    """Largest other factor of a product within a value; infinite where the one may be zero."""
    return value / factor if factor > 0 else math.inf


_MEASURES: dict[Objective, Measure] = {
    "energy": _Energy(),
    "latency": _Latency(),
    "edp": _Product(),
}


def measure_of(objective: Objective) -> Measure:
    """Return the measure of an objective."""
    return _MEASURES[objective]

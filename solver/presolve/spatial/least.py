"""The least of what spatial mappings cost in several scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.spatial.scenarios import Costs
from zigzag_imc.solver.tables.lattice import Array


@dataclass(frozen=True, slots=True)
class Least:
    """Least costs over all scenarios, per spatial mapping; infinite where none is possible.

    Attributes
    ----------
    value
        Objective.
    energy_pj, latency
        Energy in pJ and latency in clock cycles, each by itself.
    """

    value: Array
    energy_pj: Array
    latency: Array

    @classmethod
    def of(cls, costs: Costs, goal: Goal) -> Least:
        """Take one scenario."""
        is_possible = np.isfinite(costs.energy_pj)
        return cls(
            goal.values(costs.energy_pj * (1 - TOLERANCE), costs.latency * (1 - TOLERANCE)),
            costs.energy_pj,
            np.where(is_possible, costs.latency, np.inf),
        )

    @classmethod
    def of_any(cls, costs: Iterable[Costs], goal: Goal) -> Least:
        """Take several scenarios, of which a mapping may have any."""
        return reduce(cls.or_less, (cls.of(each, goal) for each in costs))

    @classmethod
    def nothing(cls) -> Least:
        """Take no spatial mapping."""
        return cls(np.empty(0), np.empty(0), np.empty(0))

    def or_less(self, other: Least) -> Least:
        """Take the better of two scenarios."""
        return Least(
            np.minimum(self.value, other.value),
            np.minimum(self.energy_pj, other.energy_pj),
            np.minimum(self.latency, other.latency),
        )

    def followed_by(self, other: Least) -> Least:
        """These, and then others."""
        return Least(
            np.concatenate([self.value, other.value]),
            np.concatenate([self.energy_pj, other.energy_pj]),
            np.concatenate([self.latency, other.latency]),
        )

    def where(self, kept: npt.NDArray[np.bool_]) -> Least:
        """Those for which ``kept`` holds."""
        return Least(self.value[kept], self.energy_pj[kept], self.latency[kept])

    def grouped(self, starts: Sequence[int]) -> Least:
        """Take the least of each group of entries, given where the groups start."""
        return Least(
            np.minimum.reduceat(self.value, starts),
            np.minimum.reduceat(self.energy_pj, starts),
            np.minimum.reduceat(self.latency, starts),
        )

"""Quick bounds of an objective, worked out block by block whenever they are asked for.

Of tens of millions of spatial mappings they would take a hundred megabytes, and are asked for
twice: which is the least, and which are low enough.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.spatial.bounds import BLOCK, SpatialBounds
from zigzag_imc.solver.presolve.spatial.energies import Energies, Known
from zigzag_imc.solver.presolve.spatial.rounding import number_for, rounded_down


@dataclass(frozen=True)
class QuickValues:
    """Lower bounds of an objective, per spatial mapping.

    Attributes
    ----------
    goal
        What is minimised.
    quick
        Lower bounds of energy and latency.
    """

    goal: Goal
    quick: SpatialBounds

    def __len__(self) -> int:
        """How many spatial mappings there are."""
        return len(self.quick)

    @cached_property
    def energies(self) -> Energies:
        """Bounds of the energy: zero where it takes no part, or infinite beyond other limits."""
        if not self.goal.needs_energy:
            return Known(np.broadcast_to(0.0, len(self)))
        if math.isinf(self.goal.most_latency):
            return self.quick.energies
        return self.quick.energies.of_those(self.quick.latency <= self.goal.most_latency)

    def blocks(self) -> Iterator[tuple[int, npt.NDArray[Any]]]:
        """Yield the bounds of one block after the other, each with the number of its first."""
        number = number_for(len(self))
        for start in range(0, len(self), BLOCK):
            end = min(start + BLOCK, len(self))
            energy_pj = self.energies.between(start, end).astype(np.float64) * (1 - TOLERANCE)
            latency = self.quick.latency[start:end].astype(np.float64)
            yield start, rounded_down(self.goal.values(energy_pj, latency), number)

    def lowest(self) -> tuple[int, float]:
        """Return the number of the first of the lowest bounds, and that bound."""
        lowest = 0, math.inf
        for start, values in self.blocks():
            place = int(np.argmin(values))
            if values[place] < lowest[1]:
                lowest = start + place, float(values[place])
        return lowest

    def least(self, without: int | None = None) -> float:
        """Return the lowest bound of all but one; infinite where there is no other."""
        least = math.inf
        for start, values in self.blocks():
            _leave_out(values, start, without)
            least = min(least, float(values.min(initial=math.inf)))
        return least

    def within(
        self, value: float, without: int | None = None
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Numbers of all but one that can reach a value, by rising bound, and their bounds."""
        number = np.min_scalar_type(len(self))
        numbers, bounds = [np.empty(0, dtype=number)], [np.empty(0, dtype=number_for(len(self)))]
        for start, values in self.blocks():
            _leave_out(values, start, without)
            places = np.flatnonzero((values <= value) & np.isfinite(values))
            numbers.append((start + places).astype(number))
            bounds.append(values[places])
        found, of_found = np.concatenate(numbers), np.concatenate(bounds)
        order = np.argsort(of_found, kind="stable")
        return found[order], of_found[order]


def _leave_out(values: npt.NDArray[Any], start: int, number: int | None) -> None:
    """Make the bound of one spatial mapping infinite, where it is in the block."""
    if number is not None and start <= number < start + len(values):
        values[number - start] = math.inf

"""Resting tiles: which tiles inside them reduce their windows, and what ports then lose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zigzag_imc.solver.formulation.candidate import Candidate, Where
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.tables.cut import PortKey
from zigzag_imc.solver.tables.lattice import Array


@dataclass(frozen=True, slots=True)
class Resting:
    """A tile that rests while loops inside it run which are irrelevant to its operand.

    Attributes
    ----------
    tile
        The tile.
    relevant_axes
        Axes of the dimensions that are relevant to its operand.
    relevant_dims
        These dimensions.
    """

    tile: Candidate
    relevant_axes: tuple[int, ...]
    relevant_dims: frozenset[str]

    @classmethod
    def of(cls, problem: Problem, tile: Candidate) -> Resting:
        """Read off which axes are relevant."""
        axes = problem.spatials[tile.at.option].lattice.axes
        relevant = problem.relevant[tile.at.operand]
        of_relevant = tuple(axis for axis, (dim, _) in enumerate(axes) if dim in relevant)
        return cls(tile, of_relevant, relevant)

    def outlasts(self, inner: Where) -> bool:
        """Whether loops lie between a tile inside and this one, and only irrelevant ones.

        Of tiles of any lengths that is asked of the whole alone, inside of which all others are.
        """
        own = self.tile.at
        if own.lengths:
            equal = (
                inner.lengths[dim] == own.lengths[dim]
                for dim in self.relevant_dims & own.lengths.keys()
            )
            return inner.steps < own.steps and all(equal)
        return inner.lies_inside(own) and self._relevant(inner) == self._relevant(own)

    def _relevant(self, where: Where) -> list[int]:
        """Exponents of a tile along the relevant axes."""
        return where.powers_along(self.relevant_axes)

    def lost_units(self, problem: Problem, steps: Array | int) -> dict[PortKey, int]:
        """Latency units that each port lacks when its windows are that many steps long.

        Of a bundle, a number of steps for every tile.
        """
        window = np.ceil(steps * problem.accelerator.array.cycles_per_activation)
        lost: dict[PortKey, int] = {}
        for key, cycles in self.tile.ports.lost_in(window).items():
            units = problem.scale.latency(cycles)
            if units > 0:
                lost[key] = units
        return lost

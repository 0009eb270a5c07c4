"""The least of what spatial mappings cost in any scenario: bounds of those that look promising.

`bounds` takes what is best in each scenario, for all spatial mappings at once. Here every tile that
may rest is told apart, which takes a hundred times as long, and so only some of them get it.
"""

from __future__ import annotations

import numpy as np

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.factors import divisors
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays, fixed_energy_pj
from zigzag_imc.solver.presolve.spatial.by_tiles import ByTiles, Numbers
from zigzag_imc.solver.presolve.spatial.energy import one_rests_at_most
from zigzag_imc.solver.presolve.spatial.halos import has_halos
from zigzag_imc.solver.presolve.spatial.least import Least
from zigzag_imc.solver.presolve.spatial.rest import has_too_many_cuts
from zigzag_imc.solver.presolve.spatial.scenarios import Scenarios
from zigzag_imc.solver.presolve.spatial.tile_products import Lengths
from zigzag_imc.solver.tables.lattice import Array


class Refinement:
    """Bounds spatial mappings of one layer by scenarios.

    Parameters
    ----------
    model
        Cost model of the layer.
    goal
        What is minimised, within which limits.
    lengths
        All lengths of tiles along a dimension that are told apart: its divisors, or where tiles may
        have any length, the shortest of those that make equally many steps. Those take no more room
        than the others, and are visited as often.

    Attributes
    ----------
    applies
        Whether scenarios can be told apart for the layer.
    """

    def __init__(self, model: CostModel, goal: Goal, lengths: Lengths = divisors) -> None:
        self._model, self._goal = model, goal
        self._lengths = lengths
        self._by_tiles = [ByTiles(model, goal, lengths)]
        if goal.needs_latency and has_halos(model.layer):  # energies do not know them
            self._by_tiles.append(ByTiles(model, goal, lengths, with_halos=True))
        self.applies = one_rests_at_most(model) and not has_too_many_cuts(model.accelerator)

    def within(self, spatials: SpatialSpace, value: float) -> tuple[Numbers, Least]:
        """Bound spatial mappings that may reach a value; return their indices, and the bounds.

        First under any tile; where that is not too much already, tile by tile, and then with what
        of the inputs is moved with two tiles.
        """
        arrays = SpatialArrays(self._model, spatials)
        array_pj = self._array_pj(arrays)
        numbers = np.flatnonzero(self._roughly(arrays, array_pj).value <= value)
        if not len(numbers):
            return numbers, Least.nothing()
        least = Least.nothing()
        for bound in self._by_tiles:
            least = bound.least(spatials.at(numbers), array_pj[numbers])
            kept = least.value <= value
            numbers, least = numbers[kept], least.where(kept)
            if not len(numbers):
                break
        return numbers, least

    def _array_pj(self, arrays: SpatialArrays) -> Array:
        """Energy that no tile changes, in pJ; zero where energy takes no part."""
        return fixed_energy_pj(arrays) if self._goal.needs_energy else arrays.zeros

    def roughly(self, spatials: SpatialSpace) -> Least:
        """Bound spatial mappings in every scenario, whatever the tile."""
        arrays = SpatialArrays(self._model, spatials)
        return self._roughly(arrays, self._array_pj(arrays))

    def _roughly(self, arrays: SpatialArrays, array_pj: Array) -> Least:
        """Bound spatial mappings in every scenario, whatever the tile."""
        return Least.of_any(
            (
                costs
                for rest in range(len(OPERANDS))
                for costs in self._scenarios(arrays, array_pj, rest).under_any(self._lengths)
            ),
            self._goal,
        )

    def _scenarios(self, arrays: SpatialArrays, array_pj: Array, rest: int) -> Scenarios:
        """Scenarios in which an operand rests lowest."""
        return Scenarios(arrays, array_pj, rest, self._goal)

"""What it costs at least where outputs have to leave a memory once, when they are finished.

Why it is safe. Let the reductions that are left for time take more steps than a multiplier holds
weights. Then a reduction loop lies above the cut of the weights at the cells. All reduction loops
lie below the cut of the outputs at their memory; and so do the loops that let weights rest at the
cells, for these lie below that reduction loop. They index outputs, of which that memory holds few.
So a weight that is written into a cell serves no more activations than the memory holds outputs,
and every multiplication needs its weight: the cells are written ``MACs / outputs`` times at least,
and the memory above them is read as often but for the multipliers that get the same weight at once.
Where rows are written one by one, every weight takes a cycle of its row, but for the first load.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.constraints import Constraints, Stationary
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.constraints.tile_sizes import level_of
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays, fixed_energy_pj
from zigzag_imc.solver.tables.lattice import Array


@dataclass(frozen=True, slots=True)
class Finishing:
    """A layer whose outputs leave a memory finished.

    Attributes
    ----------
    costs
        The layer on its accelerator.
    outputs
        Outputs that one instance of the memory holds at most.
    """

    costs: CostModel
    outputs: int

    @classmethod
    def of(cls, costs: CostModel, constraints: Constraints) -> Finishing | None:
        """Read what constraints ask of the outputs; ``None`` where nothing is known to follow.

        Profiles that round elements or words down could count less than is moved.
        """
        profile, layer, accelerator = costs.profile, costs.layer, costs.accelerator
        is_rounded = profile.rounded_averages or profile.whole_words or profile.floor_unrolling
        sums_weights = layer.idle_dims("O") <= layer.weight_dims
        if is_rounded or not sums_weights or len(costs.boundaries["W"]) < 2:
            return None
        held = []
        for one in constraints:
            if isinstance(one, Stationary) and one.operand == "O":
                level = level_of(accelerator, "O", one.memory)
                if level is not None and level < len(accelerator.levels["O"]) - 1:
                    bits = accelerator.memory("O", level).size_bits
                    held.append(max(1, bits // layer.precision.least_output))
        return cls(costs, min(held)) if held else None

    @property
    def depth(self) -> int:
        """Weights that a multiplier holds."""
        return int(self.costs.accelerator.cells.size_bits // self.costs.layer.precision.W)

    @property
    def writes(self) -> float:
        """Weights that are written into cells at least, where reductions are left for time."""
        return self.costs.layer.macs / self.outputs

    def energy_pj(self, arrays: SpatialArrays) -> Array:
        """Bounds of the energy of spatial mappings, in pJ; zero where none is known."""
        return np.where(
            self._is_reduced(arrays), self._energy_pj(arrays) + fixed_energy_pj(arrays), 0.0
        )

    def latency(self, arrays: SpatialArrays) -> Array:
        """Bounds of the latency of spatial mappings, in cycles; zero where none is known."""
        rate = self.costs.accelerator.array.cycles_per_activation
        latency = self._cycles(arrays) + arrays.steps * rate
        return np.where(self._is_reduced(arrays), latency, 0.0)

    def _is_reduced(self, arrays: SpatialArrays) -> npt.NDArray[np.bool_]:
        """Whether the reductions left for time take more steps than a multiplier holds weights."""
        reduced: npt.NDArray[np.bool_] = (
            arrays.iterations(self.costs.layer.idle_dims("O")) > self.depth
        )
        return reduced

    def _energy_pj(self, arrays: SpatialArrays) -> Array:
        """Energy of writing weights, in pJ."""
        bits = self.writes * self.costs.layer.precision.W
        apart: Array = 1 / self._alike(arrays)
        energy_pj: Array = arrays.zeros
        for access in self.costs.boundaries["W"][1].down:
            moved = bits * (apart if access.upper else arrays.ones)
            energy_pj = energy_pj + moved / access.port.bandwidth_max * access.energy_pj
        return energy_pj

    def _alike(self, arrays: SpatialArrays) -> Array:
        """Multipliers that get the same weight at once, at most: along columns and macros.

        Along the rows of a column everything is summed, which different weights are for; where
        diagonal blocks lie along both, they count once.
        """
        array, idle = arrays.accelerator.array, self.costs.layer.idle_dims("W")
        return math.prod(
            (
                factor
                for array_dim, factors in arrays.unrolled.items()
                if array.wide_lines or array_dim != array.bitline
                for dim, factor in factors.items()
                if dim in idle
            ),
            start=arrays.ones,
        )

    def _cycles(self, arrays: SpatialArrays) -> Array | float:
        """Cycles in which rows are written and nothing is computed."""
        if not self.costs.profile.rows_written:
            return 0.0
        array = self.costs.accelerator.array
        lanes = array.units if array.wide_lines else array.columns * array.macros
        return max(0.0, self.writes / lanes - array.rows * self.depth) * arrays.ones

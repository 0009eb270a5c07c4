"""How much every tile holds, and how much crosses its boundary at a time."""

from __future__ import annotations

import math

import numpy as np

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.legality import reduced_outside
from zigzag_imc.models.movement.spread import fan_boundaries
from zigzag_imc.solver.tables.cut import SpatialColumns
from zigzag_imc.solver.tables.lattice import Array


class Amounts:
    """Elements and bits of every tile of a layer, under any of its spatial mappings."""

    def __init__(self, model: CostModel) -> None:
        self.layer, self.accelerator, self.profile = model.layer, model.accelerator, model.profile
        self.relevant = [self.layer.relevant(operand) for operand in OPERANDS]
        self.in_window = frozenset(
            dim for w in self.layer.windows for dim in (w.output_dim, w.filter_dim)
        )
        self._fans = [fan_boundaries(self.accelerator, operand) for operand in OPERANDS]

    def elements(self, columns: SpatialColumns, index: int, a: int, whole: bool) -> Array:
        """Elements of every tile below boundary ``a``.

        The formula of `models.movement.tiles`, elementwise.
        """
        lattice, of = columns.lattice, columns.laid.operands[index]
        if a == 0:
            return np.ones((1,) * len(lattice.shape))
        windows = self.layer.windows if OPERANDS[index] == "I" else ()
        outside = self.relevant[index] - self.in_window if windows else self.relevant[index]
        elements = (of.whole[a] if whole else of.average[a]) * lattice.product(outside).astype(
            np.float64
        )
        rounded = self.profile.rounded_averages and not whole
        for window, (u_out, u_filt) in zip(
            windows, of.window_whole[a] if whole else of.window_average[a], strict=True
        ):
            reach, taps = (
                lattice.tile(window.output_dim) * u_out,
                lattice.tile(window.filter_dim) * u_filt,
            )
            if rounded:
                reach, taps = (reach + 1e-9) // 1, (taps + 1e-9) // 1
            elements = elements * window.extents(reach, taps, self.profile.phantom_dilation)
        return np.rint(elements) if rounded else elements

    def held_bits(self, columns: SpatialColumns, index: int, level: int) -> Array:
        """Bits of every tile in one instance of the memory at ``level``.

        Whole unrollings are counted.
        """
        operand, lattice = OPERANDS[index], columns.lattice
        inside: dict[str, int] = {}
        for array_dim, dims in columns.spatial.unrollings:
            if self._fans[index][array_dim] <= level:
                for dim, factor in dims:
                    inside[dim] = inside.get(dim, 1) * factor
        windows = self.layer.windows if operand == "I" else ()
        outside = self.relevant[index] - self.in_window if windows else self.relevant[index]
        elements: Array = lattice.product(outside) * float(
            math.prod(inside.get(dim, 1) for dim in outside)
        )
        for window in windows:
            reach = lattice.tile(window.output_dim) * inside.get(window.output_dim, 1)
            taps = lattice.tile(window.filter_dim) * inside.get(window.filter_dim, 1)
            elements = elements * window.extents(reach, taps)
        if operand == "O":
            outside_too = reduced_outside(
                self.layer, operand, columns.spatial, self._fans[index], level
            )
            bits = self.output_bits(self.reduced_above(columns, outside_too))
        else:
            bits = np.asarray(self.layer.precision.bits(operand))
        held = lattice.fill(elements * bits)
        memory = self.accelerator.memory(operand, level)
        if memory.double_buffered and level < len(self.accelerator.levels[operand]) - 1:
            held = np.where(lattice.steps < columns.laid.steps, 2 * held, held)
        return held

    def reduced_above(self, columns: SpatialColumns, spatially: bool) -> Array:
        """Per tile, whether outputs still cross it as partial sums."""
        lattice = columns.lattice
        reductions = frozenset(dim for dim, _ in lattice.temporal) - self.relevant[2]
        total = math.prod(size for dim, size in lattice.temporal if dim in reductions)
        return (lattice.product(reductions) < total) | spatially

    def output_bits(self, partial: Array) -> Array:
        """Bits of one output on its way: a partial sum, or a finished one."""
        return np.where(partial, self.layer.precision.O, self.layer.precision.O_final)

    def needed_bits(self, columns: SpatialColumns, index: int, a: int, bits: Array | int) -> Array:
        """Bits of every tile as double buffering counts them.

        On average over the instances, whole elements.
        """
        elements = self.elements(columns, index, a, whole=False)
        needed: Array = (
            elements if self.profile.rounded_averages else np.ceil(elements - 1e-9)
        ) * bits
        return needed

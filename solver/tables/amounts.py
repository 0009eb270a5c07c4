"""How much every tile holds, and how much crosses its boundary at a time."""

from __future__ import annotations

import math

import numpy as np

from zigzag_imc.core.layer import INPUTS, OPERANDS, OUTPUTS, Window
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.room import tile_rooms
from zigzag_imc.models.movement.tiles import window_positions
from zigzag_imc.models.movement.traffic import output_bits
from zigzag_imc.models.timing.buffering import second_tile_bits
from zigzag_imc.solver.tables.cut import SpatialColumns
from zigzag_imc.solver.tables.lattice import Array, TileLattice


class Amounts:
    """Elements and bits of every tile of a layer, under any of its spatial mappings."""

    def __init__(self, model: CostModel) -> None:
        self.layer, self.accelerator, self.profile = model.layer, model.accelerator, model.profile
        self.relevant = [self.layer.relevant(operand) for operand in OPERANDS]
        self.in_window = frozenset(
            dim for w in self.layer.windows for dim in (w.output_dim, w.filter_dim)
        )

    def elements(self, columns: SpatialColumns, index: int, a: int, whole: bool) -> Array:
        """Elements of every tile below boundary ``a``, as one transfer over it carries them."""
        lattice, of = columns.lattice, columns.laid.operands[index]
        if a == 0:
            return np.ones((1,) * len(lattice.shape))
        rounded = self.profile.rounded_averages and not whole
        plain: Array = (of.whole[a] if whole else of.average[a]) * self._tile(lattice, index)
        elements: Array = plain * window_positions(
            self._windows(index),
            of.window_whole[a] if whole else of.window_average[a],
            self._spans(lattice, index),
            self.profile.phantom_dilation,
            rounded,
        )
        return np.rint(elements) if rounded else elements

    def held_bits(self, columns: SpatialColumns, index: int, level: int) -> Array:
        """Bits of every tile in one instance of the memory at ``level``."""
        operand, lattice = OPERANDS[index], columns.lattice
        room = tile_rooms(self.layer, self.accelerator, operand, columns.spatial)[level]
        if index == OUTPUTS:
            bits = self.output_bits(self.reduced_above(columns, room.reduced_outside))
        else:
            bits = np.asarray(self.layer.precision.bits(operand))
        last = lattice.steps == columns.laid.steps
        held = room.bits(self._tile(lattice, index), self._spans(lattice, index), bits, last)
        return lattice.fill(held)

    def _tile(self, lattice: TileLattice, index: int) -> Array:
        """Product of the relevant loops outside windows, for every tile."""
        outside = self.relevant[index]
        if index == INPUTS:
            outside = outside - self.in_window
        return lattice.product(outside).astype(np.float64)

    def _spans(self, lattice: TileLattice, index: int) -> list[Array]:
        """Tile sizes along the windows: output, filter, output, filter."""
        return [
            lattice.tile(dim)
            for window in self._windows(index)
            for dim in (window.output_dim, window.filter_dim)
        ]

    def _windows(self, index: int) -> tuple[Window, ...]:
        """Windows that index the operand."""
        return self.layer.windows if index == INPUTS else ()

    def reduced_above(self, columns: SpatialColumns, spatially: bool) -> Array:
        """Per tile, whether outputs still cross it as partial sums."""
        lattice = columns.lattice
        reductions = frozenset(dim for dim, _ in lattice.temporal) - self.relevant[2]
        total = math.prod(size for dim, size in lattice.temporal if dim in reductions)
        return (lattice.product(reductions) < total) | spatially

    def output_bits(self, partial: Array) -> Array:
        """Bits of one output on its way: a partial sum, or a finished one."""
        bits: Array = output_bits(self.layer, partial)
        return bits

    def needed_bits(self, columns: SpatialColumns, index: int, a: int, bits: Array | int) -> Array:
        """Bits of every tile as double buffering counts them.

        On average over the instances, whole elements.
        """
        needed: Array = second_tile_bits(self.elements(columns, index, a, whole=False), bits, 1)
        return needed

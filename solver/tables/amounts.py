"""How much every tile holds, and how much crosses its boundary at a time."""

from __future__ import annotations

import numpy as np

from zigzag_imc.core.layer import OPERANDS, OUTPUTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.room import tile_rooms
from zigzag_imc.models.movement.tiles import window_positions
from zigzag_imc.models.movement.traffic import output_bits
from zigzag_imc.models.timing.buffering import second_tile_bits
from zigzag_imc.solver.tables.lattice import Array, TileLattice
from zigzag_imc.solver.tables.layout import Layout


class Amounts:
    """Elements and bits of every tile of a layer, under any of its spatial mappings.

    Attributes
    ----------
    relevant, plain
        Per operand, its relevant dimensions, and those of them outside windows.
    """

    def __init__(self, model: CostModel) -> None:
        self.layer, self.accelerator, self.profile = model.layer, model.accelerator, model.profile
        self.relevant = list(map(self.layer.relevant, OPERANDS))
        self.plain = list(map(self.layer.plain_dims, OPERANDS))

    def elements(self, layout: Layout, index: int, a: int, whole: bool) -> Array:
        """Elements of every tile below boundary ``a``, as one transfer over it carries them."""
        lattice, of = layout.lattice, layout.laid.operands[index]
        if a == 0:
            return np.ones((1,) * len(lattice.shape))
        plain, in_windows = (
            (of.whole[a], of.window_whole[a]) if whole else (of.average[a], of.window_average[a])
        )
        rounded = self.profile.rounded_averages and not whole
        positions = window_positions(
            self.layer.windows_of(OPERANDS[index]),
            in_windows,
            self._spans(lattice, index),
            self.profile.phantom_dilation,
            rounded,
        )
        elements: Array = plain * self._tile(lattice, index) * positions
        return np.rint(elements) if rounded else elements

    def held_bits(self, layout: Layout, index: int, level: int) -> Array:
        """Bits of every tile in one instance of the memory at ``level``."""
        operand, lattice = OPERANDS[index], layout.lattice
        room = tile_rooms(self.layer, self.accelerator, operand, layout.spatial)[level]
        if index == OUTPUTS:
            bits = self.output_bits(self.reduced_above(lattice, room.reduced_outside))
        else:
            bits = np.asarray(self.layer.precision.bits(operand))
        last = lattice.steps == layout.laid.steps
        held = room.bits(self._tile(lattice, index), self._spans(lattice, index), bits, last)
        return lattice.fill(held)

    def _tile(self, lattice: TileLattice, index: int) -> Array:
        """Product of the relevant loops outside windows, for every tile."""
        return lattice.product(self.plain[index]).astype(np.float64)

    def _spans(self, lattice: TileLattice, index: int) -> list[Array]:
        """Tile sizes along the windows: output, filter, output, filter."""
        return [
            lattice.tile(dim)
            for window in self.layer.windows_of(OPERANDS[index])
            for dim in (window.output_dim, window.filter_dim)
        ]

    def reduced_above(self, lattice: TileLattice, spatially: bool) -> Array:
        """Per tile, whether outputs still cross it as partial sums."""
        reduced = lattice.product(self.layer.idle_dims(OPERANDS[OUTPUTS]))
        return (reduced < reduced.flat[-1]) | spatially

    def output_bits(self, partial: Array) -> Array:
        """Bits of one output on its way: a partial sum, or a finished one."""
        bits: Array = output_bits(self.layer, partial)
        return bits

    def needed_bits(self, layout: Layout, index: int, a: int, bits: Array | int) -> Array:
        """Bits of every tile as double buffering counts them.

        On average over the instances, whole elements.
        """
        needed: Array = second_tile_bits(self.elements(layout, index, a, whole=False), bits, 1)
        return needed

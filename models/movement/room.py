"""Room: the bits that a tile takes in one instance of a memory, whole unrollings counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.movement.unrolled import OperandUnrollings, Unrolled
from zigzag_imc.models.movement.words import Amount


class TileRoom(NamedTuple):
    """What a spatial mapping makes of the room for one operand in one memory.

    Attributes
    ----------
    inside
        What is unrolled inside one instance of the memory.
    reduced_outside
        Whether a reduction is unrolled over several instances of the memory.
    doubled
        Whether the memory always keeps a second tile, as long as there is one.
    set_aside
        Whether the operand lies there whole between layers: in room of its own, which is none of
        the room that is left for tiles.
    """

    inside: Unrolled
    reduced_outside: bool
    doubled: bool
    set_aside: bool = False

    def bits(
        self, tile: Amount, spans: Sequence[Amount], element_bits: Amount, last: Amount
    ) -> Amount:
        """Bits of the room for tiles that a tile takes; for one tile, or elementwise for many.

        Parameters
        ----------
        tile, spans
            Products of the temporal loops, as in `Tiles`.
        element_bits
            Bits of one element.
        last
            Whether the tile is the only one: nothing is left to be buffered.
        """
        bits = self.inside.elements(tile, spans) * element_bits
        if self.set_aside:
            return bits * 0
        return bits * (2 - last) if self.doubled else bits


def tile_rooms(
    layer: Layer, accelerator: Accelerator, operand: str, spatial: SpatialMapping
) -> tuple[TileRoom, ...]:
    """Room for one operand in each of its memories, lowest first."""
    unrollings = OperandUnrollings.of(layer, accelerator, operand, spatial.by_array_dim)
    top = len(accelerator.levels[operand]) - 1
    return tuple(
        TileRoom(
            inside=unrollings.below(level + 1),
            reduced_outside=unrollings.reduced_above(level),
            doubled=accelerator.memory(operand, level).double_buffered and level < top,
            set_aside=operand in accelerator.memory(operand, level).kept,
        )
        for level in range(top + 1)
    )

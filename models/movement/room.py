"""Room: the bits that a tile takes in one instance of a memory, whole unrollings counted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer, Window
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.movement.spread import fan_boundaries
from zigzag_imc.models.movement.tiles import Unrollings, window_positions
from zigzag_imc.models.movement.words import Amount


@dataclass(frozen=True, slots=True)
class TileRoom:
    """What a spatial mapping makes of the room for one operand in one memory.

    Attributes
    ----------
    windows
        Windows of the layer that index the operand: those of inputs.
    unrollings
        Per window, the (output, filter) unrollings inside one instance of the memory.
    plain
        Unrolled elements inside one instance, along relevant dimensions outside windows.
    reduced_outside
        Whether a reduction is unrolled over several instances of the memory.
    doubled
        Whether the memory always keeps a second tile, as long as there is one.
    """

    windows: tuple[Window, ...]
    unrollings: Unrollings
    plain: int
    reduced_outside: bool
    doubled: bool

    def bits(
        self, tile: Amount, spans: Sequence[Amount], element_bits: Amount, last: Amount
    ) -> Amount:
        """Bits of a tile; for one tile, or elementwise for many.

        Parameters
        ----------
        tile, spans
            Products of the temporal loops, as in `Tiles`.
        element_bits
            Bits of one element.
        last
            Whether the tile is the only one: nothing is left to be buffered.
        """
        elements = self.plain * tile * window_positions(self.windows, self.unrollings, spans)
        bits = elements * element_bits
        return bits * (2 - last) if self.doubled else bits


def tile_rooms(
    layer: Layer, accelerator: Accelerator, operand: str, spatial: SpatialMapping
) -> tuple[TileRoom, ...]:
    """Room for one operand in each of its memories, lowest first."""
    fans = fan_boundaries(accelerator, operand)
    windows = layer.windows if operand == "I" else ()
    in_window = {dim for window in windows for dim in (window.output_dim, window.filter_dim)}
    plain = layer.relevant(operand) - in_window
    top = len(accelerator.levels[operand]) - 1
    rooms = []
    for level in range(top + 1):
        inside = _unrolled_inside(spatial, fans, level)
        memory = accelerator.memory(operand, level)
        rooms.append(
            TileRoom(
                windows=windows,
                unrollings=[
                    (inside.get(w.output_dim, 1), inside.get(w.filter_dim, 1)) for w in windows
                ],
                plain=math.prod(factor for dim, factor in inside.items() if dim in plain),
                reduced_outside=reduced_outside(layer, operand, spatial, fans, level),
                doubled=memory.double_buffered and level < top,
            )
        )
    return tuple(rooms)


def _unrolled_inside(
    spatial: SpatialMapping, fans: Mapping[str, int], level: int
) -> dict[str, int]:
    """Unrolling of every layer dimension inside one instance of the memory at ``level``."""
    inside: dict[str, int] = {}
    for array_dim, dims in spatial.unrollings:
        if fans[array_dim] <= level:
            for dim, factor in dims:
                inside[dim] = inside.get(dim, 1) * factor
    return inside


def reduced_outside(
    layer: Layer, operand: str, spatial: SpatialMapping, fans: Mapping[str, int], level: int
) -> bool:
    """Whether a reduction is unrolled over several instances of the memory at ``level``."""
    relevant = layer.relevant(operand)
    return any(
        factor > 1 and dim not in relevant and fans[array_dim] > level
        for array_dim, dims in spatial.unrollings
        for dim, factor in dims
    )

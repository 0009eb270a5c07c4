"""Which mappings the reference cost model can score meaningfully.

Every exclusion is a fault of its, named here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping
from zigzag_imc.models.array.macro import MacroModel
from zigzag_imc.models.movement.spread import spread
from zigzag_imc.models.movement.tiles import operand_tiles, window_positions
from zigzag_imc.models.movement.unrolled import average_unrollings
from zigzag_imc.models.profile import ZIGZAG


def comparable(layer: Layer, accelerator: Accelerator, mapping: LayerMapping) -> bool:
    """Whether both cost models can express the mapping."""
    return bool(mapping.temporal.loops) and not (
        _wrong_average(layer, mapping.spatial)
        or _crashing_diagonal(layer, accelerator, mapping.spatial)
        or _wrong_precharge(layer, accelerator, mapping.spatial)
        or _at_a_tie(layer, accelerator, mapping)
    )


def _wrong_average(layer: Layer, spatial: SpatialMapping) -> bool:
    """Find a dimension over several array dimensions, not dividing, the widest not the last.

    The reference averages over the array dimensions it has seen so far and forgets the later ones.
    """
    for dim, factor in spatial.factors.items():
        on = [
            spatial.on(array_dim)[dim]
            for array_dim, dims in spatial.unrollings
            if dim in dict(dims)
        ]
        if layer.sizes[dim] % factor and on.index(max(on)) != len(on) - 1:
            return True
    return False


def _crashing_diagonal(layer: Layer, accelerator: Accelerator, spatial: SpatialMapping) -> bool:
    """Dimensions that do not index the weights along the wordlines.

    The reference looks for the partner of *every* such dimension of the layer in a window (a batch
    has none), and for a second unrolling along the bitlines.
    """
    array = accelerator.array
    odd = [dim for dim in spatial.on(array.wordline) if dim not in layer.weight_dims]
    rows = spatial.on(array.bitline)
    if not odd or not rows:
        return False
    partners = {window.output_dim for window in layer.windows}
    irrelevant = {dim for dim, size in layer.loop_dims if size > 1 and dim not in layer.weight_dims}
    return not irrelevant <= partners or len(rows) == 1


def _wrong_precharge(layer: Layer, accelerator: Accelerator, spatial: SpatialMapping) -> bool:
    """Cell groups with a fractional number of cells in use.

    The reference compares the width of the cells' port with a rounded count of bits over an exact
    count of cells.
    """
    if accelerator.cells.size_bits <= accelerator.array.weight_bits:
        return False
    in_use: float = math.prod(
        value
        for dims in average_unrollings(layer, spatial.by_array_dim).values()
        for dim, value in dims.items()
        if dim in layer.weight_dims
    )
    return in_use != int(in_use)


def _at_a_tie(layer: Layer, accelerator: Accelerator, mapping: LayerMapping) -> bool:
    """Find an average that the last bit of its float rounds, or cuts down, either way."""
    laid = spread(layer, accelerator, MacroModel.of(accelerator), mapping.spatial, ZIGZAG)
    for operand, of in zip(OPERANDS, laid.operands, strict=True):
        tiles = operand_tiles(layer, mapping.temporal, operand)
        for boundary in range(1, len(of.average)):
            spans, window_average = tiles.spans[boundary], of.window_average[boundary]
            exact = of.average[boundary] * tiles.tile[boundary]
            if spans:
                exact *= window_positions(layer.windows, window_average, spans, True, True)
            if _is_tie(exact) or _noisy_window(tiles.windows[boundary], window_average):
                return True
        if any(_is_tie(above / below) for below, above in pairwise(of.average)):
            return True
    return False


def _is_tie(average: float) -> bool:
    """Whether rounding could go either way."""
    return abs(average % 1 - 0.5) < 1e-6


def _noisy_window(
    loops: Sequence[tuple[float, float]], unrolled: Sequence[tuple[float, float]]
) -> bool:
    """Whether a window's extent, from its loops and average unrollings, may be cut down by one."""
    return any(
        _noisy(outputs * unrolled_outputs, unrolled_outputs)
        or _noisy(taps * unrolled_taps, unrolled_taps)
        for (outputs, taps), (unrolled_outputs, unrolled_taps) in zip(loops, unrolled, strict=True)
    )


def _noisy(product: float, unrolling: float) -> bool:
    """Whether a product should be whole but its factor is no short binary fraction."""
    return abs(product - round(product)) < 1e-6 and Fraction(unrolling).denominator > 1 << 20

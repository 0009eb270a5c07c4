"""Mappings of a larger layer, carried over to a smaller one.

Tiles that divide a larger size need not divide a smaller one, but their last step may be shorter.
So the mappings of a layer whose sizes divide well are mappings of those just below it, and cost
those no more energy: every tile that crosses a boundary is one of the larger layer, or part of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from zigzag_imc.core.mapping import LayerMapping, Loop, TemporalMapping
from zigzag_imc.models.movement.words import ceil_div


def carried_over(mapping: LayerMapping, sizes: Mapping[str, int]) -> LayerMapping:
    """Return a mapping with the loops that are left for smaller ``T_d``.

    Parameters
    ----------
    mapping
        A mapping of a layer that is at least as large along every dimension.
    sizes
        ``T_d`` of the smaller layer under the same spatial mapping.

    Returns
    -------
    LayerMapping
        The outermost loop of a dimension has as many steps as it still takes; loops around what
        already holds all of a dimension are gone.
    """
    loops = list(mapping.temporal.loops)
    cuts = [list(of_operand) for of_operand in mapping.temporal.cuts]
    for dim, size in sizes.items():
        places = [place for place, (other, _) in enumerate(loops) if other == dim]
        while places:
            *inner, outermost = places
            steps = ceil_div(size, _product(loops, inner))
            if steps > 1:
                loops[outermost] = (dim, steps)
                break
            del loops[outermost]
            cuts = [[cut - (cut > outermost) for cut in of_operand] for of_operand in cuts]
            places = inner
    weights, inputs, outputs = map(tuple, cuts)
    return LayerMapping(mapping.spatial, TemporalMapping(tuple(loops), (weights, inputs, outputs)))


def _product(loops: list[Loop], places: list[int]) -> int:
    """Product of the steps of some loops."""
    return math.prod([loops[place][1] for place in places])

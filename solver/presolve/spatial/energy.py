"""A quick lower bound of the energy of every spatial mapping at once.

Most spatial mappings are far from optimal already by the energy of the array and of feeding it.

Why it is safe: array energy is exact. Over the lowest cut of
an operand whose memory holds a single element, only irrelevant loops can be below, and every loop
is irrelevant to one operand only; tiles form a chain, so at most one operand has any loop below its
lowest cut. The bound takes the best of the three, with all its irrelevant loops below. Over every
higher cut each element crosses at least once. Where a lowest memory holds more, its cut counts like
a higher one. Rounded averages may be smaller than what they stand for, at most by the factors used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from zigzag_imc.core.layer import OPERANDS, OUTPUTS, Layer, Window
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays, array_use, loading_pj
from zigzag_imc.solver.presolve.spatial.crossing import crossing_once
from zigzag_imc.solver.presolve.spatial.lowest_cut import (
    LowestCut,
    finished_outputs_held,
    holds_one,
)
from zigzag_imc.solver.presolve.spatial.traffic import CutWords, Traffic
from zigzag_imc.solver.tables.lattice import Array

ANY_RESTS = -1
"""Key of a bound that holds whichever operand rests lowest."""


def traffic_of(arrays: SpatialArrays) -> Traffic:
    """What every spatial mapping moves at least; of it follow bounds of the energy.

    Per operand index in `Traffic.resting`: the bound holds for all mappings in which only that
    operand has loops below its lowest cut. The single key `ANY_RESTS` covers all mappings where the
    argument of the module does not apply.
    """
    resting: dict[int, tuple[CutWords, ...]] = {ANY_RESTS: ()}
    is_one = one_rests_at_most(arrays.model)
    if is_one:
        operands = range(len(OPERANDS))
        lowest = [LowestCut(arrays, operand) for operand in operands]
        resting = {rest: _moved_with(arrays, lowest, rest) for rest in operands}
    return Traffic(
        use=array_use(arrays),
        loading_pj=loading_pj(arrays),
        once=tuple(_crossing_once(arrays, first=2 if is_one else 1)),
        resting=resting,
    )


def one_rests_at_most(model: CostModel) -> bool:
    """Whether the argument of the module applies: one operand at most has loops at the array."""
    layer = model.layer
    hold_one = all(holds_one(model, operand) for operand in OPERANDS)
    idle_operands = [_idle_operands(layer, dim) for dim, size in layer.loop_dims if size > 1]
    # On an input of one position, loops along a window do not make its tile any larger.
    is_clipped = any(_is_clipped_to_one(layer, window) for window in layer.windows)
    return hold_one and max(idle_operands, default=0) <= 1 and not is_clipped


def _idle_operands(layer: Layer, dim: str) -> int:
    """Operands to which a dimension is irrelevant."""
    return sum(dim not in layer.relevant(operand) for operand in OPERANDS)


def _is_clipped_to_one(layer: Layer, window: Window) -> bool:
    """Whether several steps of a window all see the only position of its axis."""
    steps = max(layer.sizes[window.output_dim], layer.sizes[window.filter_dim])
    return window.size == 1 and steps > 1


def _crossing_once(arrays: SpatialArrays, first: int) -> Iterator[CutWords]:
    """Yield words of each element crossing every cut once, from the boundary ``first`` on."""
    levels = arrays.accelerator.levels
    for operand in OPERANDS:
        for cut in range(first, len(levels[operand])):
            yield crossing_once(arrays, operand, cut)


def _moved_with(
    arrays: SpatialArrays, lowest: Sequence[LowestCut], rest: int
) -> tuple[CutWords, ...]:
    """Words over the lowest cuts where only the operand ``rest`` has loops below its own."""
    resting = arrays.iterations(lowest[rest].idle)
    others = (*lowest[:rest], *lowest[rest + 1 :])
    brought = (cut.moved(brought_along(arrays, rest, cut)) for cut in others)
    return lowest[rest].moved(resting), *brought


def brought_along(arrays: SpatialArrays, rest: int, cut: LowestCut) -> Array | None:
    """Iterations for which another operand may rest, too, because the resting one brings loops.

    Finished outputs that are packed do; ``None`` for no loop at all.
    """
    packed = finished_outputs_held(arrays.model)
    if rest != OUTPUTS or packed == 1:
        return None
    fewest: Array = np.minimum(packed, arrays.iterations(cut.idle))
    return fewest

"""Free room: tiles so small that no capacity can refuse them take room alike.

With ``most[o]`` the bits that an operand takes at most in a memory of ``S`` bits, a tile of fewer
than ``free[o] = most[o] - max(0, sum of most - S)`` bits counts as one of ``free[o]``. That changes
nothing. Where all together fit, ``free = most``, and what counts still fits. Where they do not, and
the tiles fit before: with one of them raised, all take at most ``free`` and the ``most`` of the
others, which is ``S``; with two or more raised, less. A tile that does not fit is raised no less.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from zigzag_imc.core.layer import OPERANDS, OUTPUTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.unrollings import Unrolling
from zigzag_imc.solver.scoring.tile_choice import CutPlace


def free_elements(costs: CostModel, unrollings: Mapping[str, Unrolling], place: CutPlace) -> float:
    """Elements that a tile below a cut takes for free; none at the array."""
    operand, boundary = place
    if boundary == 0:
        return 0.0
    accelerator = costs.accelerator
    number = accelerator.levels[OPERANDS[operand]][boundary - 1]
    most = {
        o: most_elements(costs, unrollings, o) * _bits(costs, o, number)
        for o, name in enumerate(OPERANDS)
        if number in accelerator.levels[name]
    }
    lacking = max(0, sum(most.values()) - accelerator.memories[number].size_bits)
    return float(max(0, most[operand] - lacking) // _bits(costs, operand, number))


def most_elements(costs: CostModel, unrollings: Mapping[str, Unrolling], operand: int) -> int:
    """Elements of an operand at most, with all that partly empty unrollings reach."""
    layer, name = costs.layer, OPERANDS[operand]
    plain = math.prod(unrollings[dim].most for dim in layer.plain_dims(name))
    windows = (
        # Those that phantom taps add are no fewer than what is touched.
        window.positions(
            _most(unrollings, window.output_dim), _most(unrollings, window.filter_dim), phantom=True
        )
        for window in layer.windows_of(name)
    )
    return int(plain * math.prod(windows))


def _most(unrollings: Mapping[str, Unrolling], dim: str) -> int:
    """Steps along a dimension at most; one where the layer does not have it."""
    return unrollings[dim].most if dim in unrollings else 1


def _bits(costs: CostModel, operand: int, number: int) -> int:
    """Bits of an element of an operand in a memory, at most: those of both of two buffers."""
    precision = costs.layer.precision
    bits = precision.bits(OPERANDS[operand])
    if operand == OUTPUTS:
        bits = max(bits, precision.O_final)
    return 2 * bits if costs.accelerator.memories[number].double_buffered else bits

"""What the lines of an array carry: a wordline one input, a bitline one sum.

Every multiplier of a row sees the input on its wordline, and every product of a column is added on
its bitline or in its adder tree. So nothing that tells inputs apart lies along the wordlines, and
nothing that tells outputs apart along the bitlines, however wide the ports of the registers are.
"""

from __future__ import annotations

from zigzag_imc.core.accelerator import Accelerator, ImcArray
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.profile import CostProfile


def needs_several_inputs(layer: Layer, array: ImcArray, array_dim: str, dim: str) -> bool:
    """Whether unrolling a dimension would put different inputs on one wordline."""
    return array_dim == array.wordline and dim in layer.input_dims


def needs_several_sums(layer: Layer, array: ImcArray, array_dim: str, dim: str) -> bool:
    """Whether unrolling a dimension would form different outputs on one bitline."""
    return array_dim == array.bitline and dim in layer.output_dims


def lines_allow(
    layer: Layer, array: ImcArray, profile: CostProfile, array_dim: str, dim: str
) -> bool:
    """Whether a dimension may be unrolled along an array dimension, as far as lines decide that."""
    if profile.wide_lines:
        return True
    several_inputs = needs_several_inputs(layer, array, array_dim, dim)
    return not (several_inputs or needs_several_sums(layer, array, array_dim, dim))


def may_be_block(layer: Layer, dim: str) -> bool:
    """Whether a dimension tells both inputs and outputs apart, outside windows.

    Along wordlines and bitlines, as far along either, it makes diagonal blocks.
    """
    return dim in (layer.input_dims & layer.output_dims) - layer.window_dims("I")


def memories_by_row(accelerator: Accelerator) -> list[str]:
    """Names of memories with an instance per row for weights or outputs.

    The rows of a diagonal window differ in both, which no formula here counts.
    """
    array = accelerator.array
    return [
        memory.name
        for memory in accelerator.memories
        if array.wordline in memory.served
        and array.bitline not in memory.served
        and set(memory.operands) & {"W", "O"}
    ]


def may_be_diagonal(layer: Layer, accelerator: Accelerator, array_dim: str, dim: str) -> bool:
    """Whether a dimension may lie along a line as part of a diagonal.

    As outputs of a window along the wordlines, or as blocks along both lines, which then have more
    than one lane.
    """
    array = accelerator.array
    if array_dim == array.wordline and any(dim == window.output_dim for window in layer.windows):
        return not memories_by_row(accelerator)
    is_line = array_dim in (array.wordline, array.bitline)
    has_both = array.columns > 1 and array.rows > 1
    return is_line and has_both and may_be_block(layer, dim)


def check_lines(
    layer: Layer, array: ImcArray, spatial: SpatialMapping, profile: CostProfile
) -> None:
    """Raise `MappingError` where a line of the array would carry more than it can.

    Diagonals may lie where their dimension alone may not: outputs of a window along the wordlines,
    and a dimension of inputs and outputs along both, as far along either.
    """
    if profile.wide_lines:
        return
    for dim in spatial.on(array.wordline):
        if dim in layer.input_dims and not _is_diagonal(layer, array, spatial, dim):
            raise MappingError(
                f"spatial.{array.wordline}.{dim}: a wordline carries one input, and {dim} tells "
                f"inputs apart; {_expected(layer, array, dim, array.wordline, layer.input_dims)}"
            )
    for dim in spatial.on(array.bitline):
        if dim in layer.output_dims and not _is_block(layer, array, spatial, dim):
            raise MappingError(
                f"spatial.{array.bitline}.{dim}: a bitline forms one sum, and {dim} tells "
                f"outputs apart; {_expected(layer, array, dim, array.bitline, layer.output_dims)}"
            )


def _is_diagonal(layer: Layer, array: ImcArray, spatial: SpatialMapping, dim: str) -> bool:
    """Whether a dimension along the wordlines has rows of its own for its inputs."""
    is_window = any(dim == window.output_dim for window in layer.windows)
    return _is_block(layer, array, spatial, dim) or (
        is_window and dim not in spatial.on(array.bitline)
    )


def _is_block(layer: Layer, array: ImcArray, spatial: SpatialMapping, dim: str) -> bool:
    """Whether a dimension of inputs and outputs is unrolled as far along either line."""
    along_both = spatial.on(array.wordline).get(dim, 1) == spatial.on(array.bitline).get(dim, 1)
    return along_both and may_be_block(layer, dim)


def _expected(
    layer: Layer, array: ImcArray, dim: str, array_dim: str, excluded: frozenset[str]
) -> str:
    """Say what may lie along a line, and how a dimension may lie along both."""
    left = [dim for dim, size in layer.loop_dims if size > 1 and dim not in excluded]
    may = f"along {array_dim} expected {' or '.join(left) if left else 'nothing of this layer'}"
    if not may_be_block(layer, dim):
        return may
    return f"{may}, or {dim} as far along {array.wordline} as along {array.bitline}"

"""What the lines of an array carry: a wordline one input, a bitline one sum.

Every multiplier of a row sees the input on its wordline, and every product of a column is added on
its bitline or in its adder tree. So nothing that tells inputs apart lies along the wordlines, and
nothing that tells outputs apart along the bitlines, however wide the ports of the registers are.
"""

from __future__ import annotations

from zigzag_imc.core.accelerator import ImcArray
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


def check_lines(
    layer: Layer, array: ImcArray, spatial: SpatialMapping, profile: CostProfile
) -> None:
    """Raise `MappingError` where a line of the array would carry more than it can."""
    if profile.wide_lines:
        return
    for dim in spatial.on(array.wordline):
        if needs_several_inputs(layer, array, array.wordline, dim):
            raise MappingError(
                f"spatial.{array.wordline}.{dim}: a wordline carries one input, and {dim} tells "
                f"inputs apart; along {array.wordline} {_expected(layer, layer.input_dims)}"
            )
    for dim in spatial.on(array.bitline):
        if needs_several_sums(layer, array, array.bitline, dim):
            raise MappingError(
                f"spatial.{array.bitline}.{dim}: a bitline forms one sum, and {dim} tells "
                f"outputs apart; along {array.bitline} {_expected(layer, layer.output_dims)}"
            )


def _expected(layer: Layer, excluded: frozenset[str]) -> str:
    """Say which dimensions may lie along a line."""
    left = [dim for dim, size in layer.loop_dims if size > 1 and dim not in excluded]
    return f"expected {' or '.join(left)}" if left else "nothing of this layer may lie"

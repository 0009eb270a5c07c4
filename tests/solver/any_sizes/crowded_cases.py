"""Matrix products of odd sizes whose tiles hardly fit, on ports that hardly keep up.

Their last rounds are short, and there is room for some second tiles, not for all. They have far too
many mappings to try all, so some are drawn.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import lru_cache

from tests.solver.any_sizes.test_bounds import ANY, Known
from tests.solver.small_cases import Case
from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.accelerator import Accelerator, Port
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.engines.short_draws import drawn_mapping

SIZES = ((11, 7, 3), (13, 5, 4), (23, 11, 1), (17, 4, 5), (9, 13, 2), (29, 7, 1))
"""Rows, output and input channels."""

DEEP_SIZES = ((11, 7, 3), (13, 5, 4))
"""Sizes of those whose registers hold as much as the memory above them."""

DRAWS, DEEP_DRAWS = 600, 400
"""Mappings drawn of each, and of those."""


@lru_cache
def crowded_cases() -> tuple[Known, ...]:
    """Draw them, with the costs of their mappings."""
    rng = random.Random("crowded")
    return tuple(_known(rng, *sizes) for sizes in SIZES)


@lru_cache
def deep_cases() -> tuple[Known, ...]:
    """Draw some in which two memories can hold the same tile of an operand."""
    rng = random.Random("deep")
    on_chip = ("sram", "input_register")
    return tuple(_known(rng, *sizes, on_chip, DEEP_DRAWS) for sizes in DEEP_SIZES)


def _known(
    rng: random.Random,
    rows: int,
    out_channels: int,
    in_channels: int,
    on_chip: tuple[str, ...] = ("sram",),
    draws: int = DRAWS,
) -> Known:
    layer = matmul_layer("x", rows=rows, out_channels=out_channels, in_channels=in_channels)
    accelerator = _narrow(rng, layer, on_chip)
    (spatial,) = SpatialSpace.of(layer, accelerator, IMC, ANY)
    costs = CostModel(layer, accelerator, IMC)
    drawn = (drawn_mapping(layer, accelerator, spatial, rng) for _ in range(draws))
    found = [(one, costs.evaluate(one)) for one in drawn if one and _is_told_once(layer, one)]
    case = Case(0, layer, {}, accelerator, IMC, space=ANY)
    return Known(case, costs, {spatial: found})


def _narrow(rng: random.Random, layer: Layer, on_chip: tuple[str, ...]) -> Accelerator:
    """Return an array of one cell, with room on chip for a part of inputs and outputs."""
    aimc = load_accelerator("aimc")
    rows, outputs, inputs = (layer.sizes[dim] for dim in ("D", "K", "C"))
    room_bits = int(rows * (inputs * 8 + outputs * 16) * rng.uniform(0.3, 0.9))
    width = rng.choice((1, 2, 4, 8, 12))
    memories = tuple(
        replace(one, size_bits=room_bits)
        if one.name.startswith(on_chip)
        else replace(one, ports=tuple(_as_wide(port, width) for port in one.ports))
        if one.name == "dram"
        else one
        for one in aimc.memories
    )
    array = replace(aimc.array, dimensions=(("D1", 1), ("D2", 1)))
    return aimc.replace(array=array, memories=memories)


def _as_wide(port: Port, width: int) -> Port:
    return replace(port, bandwidth_min=width, bandwidth_max=width)


def _is_told_once(layer: Layer, mapping: LayerMapping) -> bool:
    """Whether no loop directly above a cut is irrelevant to its operand: else it lies below."""
    loops = mapping.temporal.loops
    return not any(
        loops[cut][0] not in layer.relevant(operand)
        for operand, cuts in zip(OPERANDS, mapping.temporal.cuts, strict=True)
        for cut in cuts
        if cut < len(loops)
    )

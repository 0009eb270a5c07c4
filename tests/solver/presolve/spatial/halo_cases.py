"""Random convolutions whose inputs come several times, a part of a window at a time."""

from __future__ import annotations

import random
from dataclasses import replace

from tests.solver.presolve.spatial.macro_cases import MacroCase
from zigzag_imc.core.accelerator import Accelerator, MemoryInstance
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.core.layer_building import conv_layer
from zigzag_imc.core.space import Space, TileSizes
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.profile import IMC


def halo_case(seed: int) -> MacroCase:
    """Draw a case: a slow DRAM, and an SRAM with room for a part of all inputs and outputs."""
    rng = random.Random(seed)
    tile_sizes: TileSizes = rng.choice(("divisors", "any-outermost"))
    space = Space(diagonals=rng.random() < 0.2, tile_sizes=tile_sizes)
    return MacroCase(seed, _layer(rng), _accelerator(rng), IMC, space)


def _layer(rng: random.Random) -> Layer:
    """Draw a convolution of few channels along one or two windows."""
    two = rng.random() < 0.3
    sizes = (rng.choice((2, 3)), rng.choice((2, 3, 4))) if two else (1, rng.choice((4, 6, 8)))
    taps = (rng.choice((1, 2)), 2) if two else (1, rng.choice((2, 3)))
    drawn = conv_layer(
        "conv",
        out_channels=rng.choice((2, 3, 4)),
        in_channels=rng.choice((1, 2, 2, 3)),
        output_size=sizes,
        filter_size=taps,
        stride=(1, rng.choice((1, 1, 2))),
        dilation=(1, rng.choice((1, 1, 2))),
    )
    return drawn.replace(precision=Precision(8, 8, 16, rng.choice((8, 16))))


def _accelerator(rng: random.Random) -> Accelerator:
    """Draw the preset ``dimc`` with few rows and columns, and two macros or one."""
    dimc = load_accelerator("dimc")
    dimensions = (("D1", rng.choice((1, 2))), ("D2", rng.choice((1, 2, 3))), ("D3", 2))
    room_bits = rng.choice((48, 64, 96, 128, 192, 256, 288, 320, 384))

    def drawn(memory: MemoryInstance) -> MemoryInstance:
        if memory.name not in ("sram_256KB", "dram"):
            return memory
        is_sram = memory.name == "sram_256KB"
        width = 64 if is_sram else 1
        ports = tuple(
            replace(port, bandwidth_min=min(8, width), bandwidth_max=width) for port in memory.ports
        )
        size_bits = room_bits if is_sram else memory.size_bits
        return replace(memory, served=memory.served | {"D3"}, ports=ports, size_bits=size_bits)

    return dimc.replace(
        array=replace(dimc.array, dimensions=dimensions),
        memories=tuple(map(drawn, dimc.memories)),
    )

"""Random layers on small arrays of macros, every lowest memory of which holds one element."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from zigzag_imc.core.accelerator import Accelerator, MemoryInstance
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.space import Space
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.mapspace.enumeration import mappings_of
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC, PROFILES, ZIGZAG, CostProfile


class MacroCase(NamedTuple):
    """A layer, and what it is mapped onto.

    Attributes
    ----------
    seed
        What it is drawn by.
    layer, accelerator, profile, space
        What is mapped onto what, under which cost model, in which mapspace.
    """

    seed: int
    layer: Layer
    accelerator: Accelerator
    profile: CostProfile
    space: Space

    @property
    def model(self) -> CostModel:
        """The cost model."""
        return CostModel(self.layer, self.accelerator, self.profile)

    def mappings(self, number: int, spatials: SpatialSpace) -> Iterator[LayerMapping]:
        """Yield every mapping with one of some spatial mappings that fits."""
        return mappings_of(self.layer, self.accelerator, spatials[number], self.space)


def macro_case(seed: int) -> MacroCase:
    """Draw a case: narrow ports, and an SRAM that is too small as often as not."""
    rng = random.Random(seed)
    layer = _layer(rng)
    profile = rng.choice((IMC, IMC, IMC, *PROFILES.values()))
    diagonals = profile is not ZIGZAG and rng.random() < 0.2
    return MacroCase(seed, layer, _accelerator(rng), profile, Space(diagonals=diagonals))


def _layer(rng: random.Random) -> Layer:
    """Draw a layer of few multiplications."""
    precision = Precision(8, 8, 16, rng.choice((8, 16)))
    if rng.random() < 0.4:
        rows, outs, ins = (rng.choice((2, 3, 4, 6)) for _ in range(3))
        drawn = matmul_layer("product", rows=rows, out_channels=outs, in_channels=ins)
    else:
        drawn = conv_layer(
            "conv",
            out_channels=rng.choice((2, 3, 4)),
            in_channels=rng.choice((1, 2, 4)),
            output_size=(rng.choice((1, 2)), rng.choice((2, 3, 4))),
            filter_size=(1, rng.choice((1, 2, 3))),
            stride=(1, rng.choice((1, 1, 2))),
        )
    return drawn.replace(precision=precision)


def _accelerator(rng: random.Random) -> Accelerator:
    """Draw the preset ``dimc`` with few rows, columns and macros."""
    dimc = load_accelerator("dimc")
    macros = {"D3": rng.choice((2, 3, 4))} | ({"D4": 2} if rng.random() < 0.4 else {})
    dimensions = (("D1", rng.choice((1, 2))), ("D2", rng.choice((2, 3))), *macros.items())
    widths = {"sram_256KB": rng.choice((8, 16, 64)), "dram": rng.choice((4, 8, 32))}
    size_bits = rng.choice((64, 96, 128, 256, 1024))

    def drawn(memory: MemoryInstance) -> MemoryInstance:
        if memory.name not in widths:
            return memory
        width = widths[memory.name]
        ports = tuple(
            replace(port, bandwidth_min=min(8, width), bandwidth_max=width) for port in memory.ports
        )
        is_sram = memory.name == "sram_256KB"
        return replace(
            memory,
            served=memory.served | set(macros),
            ports=ports,
            size_bits=size_bits if is_sram else memory.size_bits,
        )

    return dimc.replace(
        array=replace(dimc.array, dimensions=dimensions),
        memories=tuple(map(drawn, dimc.memories)),
    )

"""Bounds of mappings whose outputs have to leave a memory finished, against all such mappings."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.accelerators import VARIANTS, cells, dram, memory, moves, port, rebuilt, registers
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.constraints import Stationary
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.core.space import Space
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.mapspace.enumeration import enumerate_mappings
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.presolve.listing import Listing

ASKED = (Stationary("O", "rf_o"),)

LAYERS = {
    "product": matmul_layer("product", rows=4, out_channels=2, in_channels=8),
    "window": conv_layer(
        "window", out_channels=2, in_channels=4, output_size=(1, 3), filter_size=(1, 2)
    ),
    "batch": conv_layer(
        "batch", batch=2, out_channels=2, in_channels=6, output_size=(1, 2), filter_size=(1, 1)
    ),
}


def small(depth: int, words: int, wide: int = 8) -> Accelerator:
    """Two columns and two rows, so that reductions are left for time."""
    sram = memory(4000, "I1 O", [port("read_write", 8, 32, *moves("I1 O", "fh", "tl", "fl", "th"))])
    memories = {
        "cells": cells(depth),
        "rf_i": registers("I1", 1, 8),
        "rf_o": registers("O", words, 16),
        "sram": sram,
        "dram": dram(low=wide, high=wide),
    }
    data = rebuilt(VARIANTS["dimc"], "small", memories, sizes=[2, 2])
    return accelerator_from_dict(data, "small")


@pytest.mark.parametrize("accelerator", [small(1, 1), small(2, 2, 64)], ids=["one", "two"])
@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_no_mapping_is_below_its_bounds(layer: Layer, accelerator: Accelerator) -> None:
    space = Space(diagonals=True, constraints=ASKED)
    costs = CostModel(layer, accelerator, IMC)
    listing = Listing.of(costs, True, Budget.of(), space)
    bounds = {
        listing.spatials[place]: (listing.quick.energy_pj[place], listing.quick.latency[place])
        for place in range(len(listing.spatials))
    }
    least: dict[SpatialMapping, tuple[float, float]] = {}
    for mapping in enumerate_mappings(layer, accelerator, IMC, space):
        cost = costs.evaluate(mapping)
        energy, latency = least.get(mapping.spatial, (math.inf, math.inf))
        least[mapping.spatial] = min(energy, cost.energy_pj), min(latency, cost.latency_cycles)
    assert least
    for spatial, (energy, latency) in least.items():
        assert bounds[spatial][0] <= energy * (1 + TOLERANCE)
        assert bounds[spatial][1] <= latency * (1 + TOLERANCE)


def test_bounds_know_what_finishing_costs() -> None:
    layer = matmul_layer("tall", rows=256, out_channels=4, in_channels=8)
    accelerator = small(1, 1)
    costs = CostModel(layer, accelerator, IMC)
    free = Listing.of(costs, True, Budget.of(), Space())
    asked = Listing.of(costs, True, Budget.of(), replace(Space(), constraints=ASKED))
    assert asked.quick.energy_pj.min() > free.quick.energy_pj.min()
    assert asked.quick.latency.min() > free.quick.latency.min()

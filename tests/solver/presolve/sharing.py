"""Weights and inputs that want more of one memory than it has: a layer of eight multiplications.

Two rows (D2) times two output channels (K2) times two input channels (C2) on an array of a single
multiplier: 8 activations, 4 weights and 4 inputs of 8 bits, 4 outputs of 16. Weights and inputs
come from the DRAM through a shared buffer.

Best is C2 innermost, so that sums are finished in their register:

- products are added to the register, ``8 * 3`` pJ, on a sum that is read first, ``4 * 2``: 32
- finished outputs leave, ``4 * (2 + 2 * 20)``: 168
- weights go from the buffer to the cell, ``8 * (1 + 0.5)``: 12
- inputs go from the buffer to their register and the array, ``8 * (1 + 3 + 2)``: 48

Together 260 pJ. An element from the DRAM into the buffer costs ``10 + 1.25 = 11.25`` pJ:

- Every weight and every input once is ``8 * 11.25 = 90``: 350 pJ. That takes two inputs (C2) beside
  all four weights (C2 K2), which rows use again, or two weights beside all inputs: 48 bits.
- The inputs twice, the weights once is ``12 * 11.25 = 135``: 395 pJ. That takes one input beside
  two weights (C2), which are used for both rows: 24 bits.

A buffer of 40 bits leaves only the second.
"""

from __future__ import annotations

from dataclasses import replace

from tests.solver.presolve.tiny import buffer, product, tiny_accelerator
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Precision
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.tables.builder import ColumnBuilder
from zigzag_imc.solver.tables.cut import SpatialColumns

EIGHT = product(rows=2, out_channels=2, in_channels=2).replace(precision=Precision(8, 8, 16, 16))
"""The layer; its finished outputs are as wide as partial sums."""

BUFFER = 3
"""Place of the shared buffer among the memories."""


def sharing(size_bits: int) -> Accelerator:
    """One multiplier below a buffer of ``size_bits`` for weights and inputs."""
    plain = tiny_accelerator(shared=buffer("I1 I2", size_bits))
    return plain.replace(array=replace(plain.array, dimensions=(("D1", 1), ("D2", 1))))


def array_pj() -> float:
    """Energy of the array, the only part of the energy that no text here works out."""
    return CostModel(EIGHT, sharing(48)).spread(SpatialMapping(())).array_total_pj


def sharing_columns(size_bits: int) -> SpatialColumns:
    """Columns of the only spatial mapping."""
    builder = ColumnBuilder(CostModel(EIGHT, sharing(size_bits)), with_latency=False)
    return builder.build(SpatialMapping(()))

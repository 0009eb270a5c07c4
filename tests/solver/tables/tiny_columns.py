"""Columns of a layer of four multiplications: small enough to count every transfer by hand.

The layer is a product of two rows (D2) over two input channels (C2): two weights, four inputs, two
outputs. Rows are irrelevant to weights, input channels to outputs; every loop is relevant to
inputs. Nothing is unrolled, so the array computes one product at a time, in four activations.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.solver.bound_checks import index_of
from tests.solver.presolve.tiny import product, tiny_accelerator
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.tables.builder import ColumnBuilder
from zigzag_imc.solver.tables.cut import Cut, SpatialColumns
from zigzag_imc.solver.tables.lattice import Array
from zigzag_imc.solver.tables.layout import Layout

FOUR = product(rows=2, in_channels=2)
"""Two rows, two input channels, one output channel."""

CELLS, INPUT_REGISTER, OUTPUT_REGISTER, DRAM = range(4)
"""Places of the memories of the tiny accelerator as it is."""


def model_of(layer: Layer = FOUR, accelerator: Accelerator | None = None) -> CostModel:
    """Cost model of a layer on the tiny accelerator, or on a variant of it."""
    return CostModel(layer, accelerator or tiny_accelerator())


def columns_of(
    layer: Layer = FOUR,
    accelerator: Accelerator | None = None,
    unrolled: Mapping[str, Mapping[str, int]] | None = None,
) -> SpatialColumns:
    """Columns of one spatial mapping, with latency; nothing is unrolled where it is left out."""
    builder = ColumnBuilder(model_of(layer, accelerator), with_latency=True)
    return builder.build(SpatialMapping.of(unrolled or {}))


def layout_of(
    layer: Layer = FOUR,
    accelerator: Accelerator | None = None,
    unrolled: Mapping[str, Mapping[str, int]] | None = None,
) -> Layout:
    """One spatial mapping laid out; nothing is unrolled where it is left out."""
    return Layout.of(model_of(layer, accelerator), SpatialMapping.of(unrolled or {}))


def lowest_memory_cut(columns: SpatialColumns, operand: int) -> Cut:
    """Cut of an operand directly above its lowest memory (boundary 1)."""
    return next(cut for cut in columns.cuts[operand] if 1 in cut.boundaries)


def at(columns: SpatialColumns | Layout, values: Array | float, **tile: int) -> float:
    """Value of one tile; dimensions that are left out are one."""
    filled = columns.lattice.fill(values)
    return float(filled[index_of(columns.lattice, tile)])

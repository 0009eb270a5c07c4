"""Chains with room for second tiles, among weights and inputs that share a buffer.

The cheapest chain takes 48 bits there, the next one 24 (`sharing`); with second tiles twice that.
What it takes from the DRAM stands for cycles here.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.solver.presolve.sharing import array_pj, sharing, sharing_columns
from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.presolve.latency_sums import LatencySum
from zigzag_imc.solver.presolve.room_prices import fitting
from zigzag_imc.solver.presolve.roomy import roomy_chain, with_second_tiles
from zigzag_imc.solver.presolve.stalls import Computing
from zigzag_imc.solver.tables.builder import ColumnBuilder
from zigzag_imc.solver.tables.chains import Chain, best_chain, forward
from zigzag_imc.solver.tables.cut import SpatialColumns


def bound_of(columns: SpatialColumns) -> LatencySum:
    """Return an additive bound: the energy."""
    return LatencySum(
        (0, Computing()), columns.fixed_energy_pj, columns.per_cut(lambda cut: cut.energy_pj)
    )


def roomy(size_bits: int) -> Chain | None:
    """Return the chain with room for second tiles in a buffer of so many bits."""
    columns = sharing_columns(size_bits)
    bound = bound_of(columns)
    fastest = best_chain(bound.values, forward(columns.lattice, bound.values))
    return roomy_chain(columns, sharing(size_bits), bound, fastest)


@pytest.mark.parametrize("size_bits", [48, 64, 95])
def test_a_slower_chain_has_room(size_bits: int) -> None:
    """Twice 24 bits: 395 pJ."""
    found, columns = roomy(size_bits), sharing_columns(size_bits)
    assert found is not None
    assert bound_of(columns).of(found) - array_pj() == pytest.approx(395, rel=1e-12)
    assert fitting(with_second_tiles(columns), sharing(size_bits), found)


@pytest.mark.parametrize("size_bits", [96, 128])
def test_where_the_fastest_has_room_there_is_no_other(size_bits: int) -> None:
    assert roomy(size_bits) is None


@pytest.mark.parametrize("size_bits", [16, 24, 31])
def test_where_none_has_room_there_is_none(size_bits: int) -> None:
    """The smallest chain holds one weight and one input, 16 bits."""
    assert roomy(size_bits) is None


def test_inputs_have_second_tiles_in_a_shared_memory() -> None:
    """Outputs have none, nor has what is alone in its memory."""
    costs = CostModel(
        matmul_layer("rows", rows=8, out_channels=8, in_channels=8), load_accelerator("dimc"), IMC
    )
    columns = ColumnBuilder(costs, with_latency=False).build(SpatialMapping(()))
    doubled = with_second_tiles(columns)
    times = {
        cut.place: set(np.unique(of_both.bits / cut.bits).tolist())
        for cut, of_both in zip(columns.memory_cuts, doubled.memory_cuts, strict=True)
    }
    assert times == {(0, 1): {1.0}, (1, 1): {1.0}, (1, 2): {2.0}, (2, 1): {1.0}, (2, 2): {1.0}}

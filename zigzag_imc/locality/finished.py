"""What it costs at least when outputs come finished to the memory that keeps them.

Why it is safe. Let the reductions that are left for time take more steps than a multiplier holds
weights, whatever is unrolled. Then a reduction loop lies above the cut of the weights at the cells.
Outputs leave the memory below the one that keeps them once, so all reduction loops lie below their
cut there; and so do the loops that let weights rest at the cells, for these lie below that
reduction loop. They index outputs, of which that memory holds few. So a weight that is written into
a cell serves no more activations than that memory holds outputs, and every multiplication needs its
weight: the cells are written ``MACs / outputs`` times at least, and the memory above them is read
as often but for the multipliers that get the same weight at once.
"""

from __future__ import annotations

import math

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.locality.cases import Pattern
from zigzag_imc.models.array.slicing import misfit
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.locality.situation import memory_below
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.network.edp import NOTHING, Totals


def least_totals(pattern: Pattern, accelerator: Accelerator, profile: CostProfile) -> Totals:
    """Lower bounds of latency and energy of a pattern; zero where nothing is known.

    Energy is that of writing weights. Where rows are written one by one, every weight that a
    multiplier gets takes a cycle of its row, but for those of the first load: ``MACs / outputs``
    weights are ``MACs / (outputs x columns x macros)`` cycles at least.
    """
    layer = pattern.layer
    is_rounded = profile.rounded_averages or profile.whole_words or profile.floor_unrolling
    if not pattern.finished or is_rounded or misfit(accelerator, layer.precision, profile):
        return NOTHING
    costs = CostModel(layer, accelerator, profile)
    if len(costs.boundaries["W"]) < 2 or not _reloads(costs):
        return NOTHING
    home = next(one.memory for one in pattern.kept if one.operand == "O")
    written = layer.macs / _outputs_held(costs, home)
    alike = _most_alike(costs)
    bits = written * layer.precision.W
    energy_pj = sum(
        bits / (alike if access.upper else 1) / access.port.bandwidth_max * access.energy_pj
        for access in costs.boundaries["W"][1].down
    )
    return Totals(_cycles_of_rows(costs, written), energy_pj)


def _cycles_of_rows(costs: CostModel, written: float) -> float:
    """Cycles in which rows are written and nothing is computed, at least."""
    if not costs.profile.rows_written:
        return 0.0
    array = costs.accelerator.array
    depth = costs.accelerator.cells.size_bits // costs.layer.precision.W
    lanes = array.units if array.wide_lines else array.columns * array.macros
    return max(0.0, written / lanes - array.rows * depth)


def _reloads(costs: CostModel) -> bool:
    """Whether reductions take more steps than a multiplier holds weights, whatever is unrolled."""
    layer, array = costs.layer, costs.accelerator.array
    reductions = layer.idle_dims("O")
    if not reductions <= layer.weight_dims:
        return False
    lanes = array.units if array.wide_lines else array.rows * array.macros
    steps = math.prod(layer.sizes[dim] for dim in reductions) / lanes
    return steps > costs.accelerator.cells.size_bits // layer.precision.W


def _outputs_held(costs: CostModel, home: str) -> int:
    """Outputs that one instance of the memory below the one that keeps them holds at most."""
    below = memory_below(costs.accelerator, "O", home)
    assert below is not None, "outputs come finished from a memory"
    return max(1, below.size_bits // costs.layer.precision.least_output)


def _most_alike(costs: CostModel) -> int:
    """Multipliers that may get the same weight at once: along columns and macros.

    Along the rows of a column everything is summed, which different weights are for; where diagonal
    blocks lie along both, they count once.
    """
    array = costs.accelerator.array
    return array.units if array.wide_lines else array.columns * array.macros

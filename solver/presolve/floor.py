"""What every mapping of a layer costs at least, told from layer and accelerator alone.

Stands for the bound of spatial mappings that there was no time to list.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel

_ROUNDED = 0.25
"""Part of an average that is left at least after elements, fan and instances are each rounded to
whole numbers."""


class Floor(NamedTuple):
    """Least energy and latency of all mappings.

    Attributes
    ----------
    energy_pj, latency_cycles
        In pJ, and in clock cycles.
    """

    energy_pj: float
    latency_cycles: float


def floor_of(costs: CostModel) -> Floor:
    """Return the floor of a layer on an accelerator.

    Energy: every weight, and every element of an operand without windows, crosses the boundary
    below its top memory at least once, and every output on its way up. Latency: every
    multiplication takes a multiplier for one activation.
    """
    array = costs.accelerator.array
    steps = math.ceil(costs.layer.macs / array.units)
    energy_pj = sum(_crossing_pj(costs, operand) for operand in OPERANDS)
    return Floor(energy_pj, float(steps * int(array.cycles_per_activation)))


def _crossing_pj(costs: CostModel, operand: str) -> float:
    """Energy of all elements of an operand in its top memory, each once, in words of full width."""
    layer, profile = costs.layer, costs.profile
    if layer.windows_of(operand):
        return 0.0
    elements = math.prod(layer.sizes[dim] for dim in layer.plain_dims(operand))
    boundary = costs.boundaries[operand][-1]
    (access,) = (one for one in (boundary.up if operand == "O" else boundary.down) if one.upper)
    words = elements * layer.precision.least_bits(operand) / access.port.bandwidth_max
    if profile.rounded_averages:
        words *= _ROUNDED
    if profile.whole_words:
        words -= 1
    return max(0.0, words) * access.energy_pj

"""Peak performance of the array: every multiplier busy in every cycle, the weights at rest."""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.models.array.macro import MacroModel, clock_period_ns

OPERATIONS_PER_MAC = 2
"""A multiplication and an addition."""


@dataclass(frozen=True, slots=True)
class Peak:
    """What the array could do at most.

    Attributes
    ----------
    tops
        Operations per second, in 10^12.
    tops_per_w
        Operations per energy of the array, without memories, in 10^12 per J.
    tops_per_mm2
        Operations per second and area of the array, without memories.
    """

    tops: float
    tops_per_w: float
    tops_per_mm2: float


def peak_of(accelerator: Accelerator) -> Peak:
    """Peak performance of an accelerator's array at the array's precision."""
    array, macro = accelerator.array, MacroModel.of(accelerator)
    operations = OPERATIONS_PER_MAC * array.units
    energy_pj = array.macros * sum(macro.activation_energy_pj(array.rows, array.columns).values())
    time_ns = array.cycles_per_activation * clock_period_ns(accelerator)
    tops = operations / time_ns / 1e3  # per ns, so a thousandth
    return Peak(tops, operations / energy_pj, tops / macro.area_mm2)

"""What every row of an accelerator says: its clock and its area."""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.models.area import area_of
from zigzag_imc.models.array.macro import clock_period_ns
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.sweep.quantities import is_register


@dataclass(frozen=True, slots=True)
class HardwareFacts:
    """Clock and area of an accelerator.

    Attributes
    ----------
    tclk_ns
        Clock period in ns.
    area_mm2, array_area_mm2, register_area_mm2, cache_area_mm2
        Area in mm2: all of it; the macros with their cells, the registers of rows and columns, and
        all other memories on the chip.
    """

    tclk_ns: float
    area_mm2: float
    array_area_mm2: float
    register_area_mm2: float
    cache_area_mm2: float

    @classmethod
    def of(cls, accelerator: Accelerator, profile: CostProfile) -> HardwareFacts:
        """Work them out under a profile."""
        area = area_of(accelerator, profile)
        registers = sum(
            mm2 for name, mm2 in area.memories.items() if is_register(name, accelerator)
        )
        cells = area.memories.get(accelerator.cells.name, 0.0)
        return cls(
            tclk_ns=float(clock_period_ns(accelerator)),
            area_mm2=float(area.total_mm2),
            array_area_mm2=float(sum(area.array.values()) + cells),
            register_area_mm2=float(registers),
            cache_area_mm2=float(sum(area.memories.values()) - registers - cells),
        )

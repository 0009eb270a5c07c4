"""Area of an accelerator, component by component."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.models.array.macro import MacroModel
from zigzag_imc.models.profile import CostProfile


@dataclass(frozen=True, slots=True)
class Area:
    """Where the area is, in mm2.

    Attributes
    ----------
    array
        Per component of the array, all macros together.
    memories
        Per memory, all instances that count.
    """

    array: Mapping[str, float]
    memories: Mapping[str, float]

    @property
    def total_mm2(self) -> float:
        """Area of the accelerator."""
        return sum(self.array.values()) + sum(self.memories.values())


def area_of(accelerator: Accelerator, profile: CostProfile) -> Area:
    """Area under a profile.

    The cells count in the array, once per multiplier. Of every other memory all instances count,
    such as a register per row; or, where the profile says so, each memory once, and the cells of
    one multiplier among them once more.
    """
    memories = {
        memory.name: memory.area_mm2
        if profile.single_areas
        else memory.area_mm2 * accelerator.instances(memory)
        for memory in accelerator.memories
        if profile.single_areas or memory is not accelerator.cells
    }
    return Area(MacroModel.of(accelerator).area_breakdown_mm2, memories)

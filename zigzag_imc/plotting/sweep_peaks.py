"""What the accelerators of a study could do at most, and what their parts take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.models.array.macro import MacroModel
from zigzag_imc.models.peak import OPERATIONS_PER_MAC, Peak, peak_of, system_peak_of
from zigzag_imc.sweep.hardware import Candidates
from zigzag_imc.sweep.study.entries import Study

Parts = dict[str, float]

_NAMED = {
    "cells": "cells",
    "dacs": "DACs",
    "adcs": "ADCs",
    "mults": "multipliers",
    "analog_bl_addition": "bitlines",
    "adders_regular": "adder trees",
    "adders_pv": "place-value adders",
    "accumulators": "accumulators",
    "enable_lines": "enable lines",
    "pipeline": "pipeline",
}
"""Parts of the array, as figures call them; all others are memories."""


@dataclass(frozen=True, slots=True)
class BuiltPeak:
    """An accelerator of a study with what it could do at most.

    Attributes
    ----------
    label, size
        What the accelerators of its entry are called, and the value of the parameter.
    macro, system
        Peak of the macros alone, and with the memories that feed them.
    clock_ns_of
        Delay of each part on the critical path.
    registers
        Names of the memories that lie at single rows and columns.
    """

    label: str
    size: float
    macro: Peak
    system: Peak
    clock_ns_of: Parts
    registers: frozenset[str]

    @property
    def area_mm2(self) -> float:
        """Area of all of it."""
        return self.system.total_mm2

    def row(self, kind: str, over: str) -> dict[str, Any]:
        """Return a row as tables of a sweep have it, of ``macro`` or ``system``."""
        peak = self.macro if kind == "macro" else self.system
        return {
            "accelerators": self.label,
            over: self.size,
            "tops_per_w": peak.tops_per_w,
            "tops_per_mm2": peak.tops_per_mm2,
        }

    def energy_fj_per_mac(self) -> Parts:
        """Energy of a multiply-accumulate at peak, in fJ, by part."""
        macs = self.system.operations / OPERATIONS_PER_MAC
        parts = {name: 1e3 * pj / macs for name, pj in self.system.energy_pj.items()}
        return self._named(parts)

    def area_by_part_mm2(self) -> Parts:
        """Area by part."""
        return self._named(dict(self.system.area_mm2))

    def clock_by_part_ns(self) -> Parts:
        """Clock period by part."""
        return self._named(self.clock_ns_of)

    def _named(self, parts: Parts) -> Parts:
        """Add up the parts that figures call the same."""
        named: Parts = {}
        for name, value in parts.items():
            memory = "registers" if name in self.registers else "cache"
            shown = _NAMED.get(name, memory)
            named[shown] = named.get(shown, 0.0) + float(value)
        return named


def peaks_of(study: Study, over: str) -> Iterator[BuiltPeak]:
    """Build the accelerators of a study and yield their peaks, as far as they have a parameter.

    Those over the study's area are no part of it.
    """
    for entry in study.accelerators:
        for candidate in Candidates(study, entry):
            asked = {**entry.set, **candidate.parameters}
            short = {path.rpartition(".")[2]: value for path, value in asked.items()}
            size = short.get(over)
            if candidate.accelerator is None or not isinstance(size, int | float):
                continue
            built = _built(candidate.label, float(size), candidate.accelerator)
            if study.area_mm2 is None or built.area_mm2 <= study.area_mm2:
                yield built


def _built(label: str, size: float, accelerator: Accelerator) -> BuiltPeak:
    from zigzag_imc.sweep.quantities import is_register

    names = (memory.name for memory in accelerator.memories)
    return BuiltPeak(
        label,
        size,
        peak_of(accelerator),
        system_peak_of(accelerator),
        dict(MacroModel.of(accelerator).tclk_breakdown_ns),
        frozenset(name for name in names if is_register(name, accelerator)),
    )

"""What ``zigzag-imc peak`` says about an accelerator, as records that machines read."""

from __future__ import annotations

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.models.array.macro import MacroModel
from zigzag_imc.models.peak import FULL, Activity, Peak, peak_of, system_peak_of
from zigzag_imc.results.parts import Record
from zigzag_imc.results.records import accelerator_record
from zigzag_imc.results.result import AcceleratorRecord


class PeakRecord(Record):
    """What hardware could do at most.

    Attributes
    ----------
    tops
        10^12 operations per second, two for each multiply-accumulate.
    tops_per_w
        10^12 operations per J.
    tops_per_mm2
        10^12 operations per second and mm2.
    tclk_ns
        Clock period.
    area_mm2, energy_pj_per_cycle
        Area, and energy of a clock cycle on average.
    area_mm2_of, energy_pj_per_cycle_of
        Both by component.
    """

    tops: float
    tops_per_w: float
    tops_per_mm2: float
    tclk_ns: float
    area_mm2: float
    energy_pj_per_cycle: float
    area_mm2_of: dict[str, float]
    energy_pj_per_cycle_of: dict[str, float]


class PeaksRecord(Record):
    """Peak performance of an accelerator, without and with the memories that feed it.

    Attributes
    ----------
    accelerator
        The accelerator in full.
    toggle_rate, weight_sparsity
        Share of the input bits that change, and of the weight bits that are zero.
    tclk_ns_of
        Delay of every component on the critical path.
    macro
        The macros alone.
    system
        With their registers and the memories above those.
    """

    accelerator: AcceleratorRecord
    toggle_rate: float
    weight_sparsity: float
    tclk_ns_of: dict[str, float]
    macro: PeakRecord
    system: PeakRecord


def peaks_record(accelerator: Accelerator, activity: Activity = FULL) -> PeaksRecord:
    """Return the peak performance of an accelerator."""
    return PeaksRecord(
        accelerator=accelerator_record(accelerator),
        toggle_rate=activity.toggle_rate,
        weight_sparsity=activity.weight_sparsity,
        tclk_ns_of=dict(MacroModel.of(accelerator).tclk_breakdown_ns),
        macro=_record(peak_of(accelerator, activity)),
        system=_record(system_peak_of(accelerator, activity)),
    )


def _record(peak: Peak) -> PeakRecord:
    return PeakRecord(
        tops=peak.tops,
        tops_per_w=peak.tops_per_w,
        tops_per_mm2=peak.tops_per_mm2,
        tclk_ns=peak.tclk_ns,
        area_mm2=peak.total_mm2,
        energy_pj_per_cycle=peak.energy_pj_per_cycle,
        area_mm2_of={name: float(area) for name, area in peak.area_mm2.items()},
        energy_pj_per_cycle_of={name: float(pj) for name, pj in peak.energy_pj.items()},
    )

"""From layers, mappings, costs and accelerators to the records of a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.area import area_of
from zigzag_imc.models.array.converters import ADC_SOURCES
from zigzag_imc.models.array.macro import MacroModel, clock_period_ns
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.hardware.files import accelerator_digest, accelerator_to_dict
from zigzag_imc.models.peak import peak_of
from zigzag_imc.models.profile import IMC, CostProfile
from zigzag_imc.results.parts import (
    BreakdownRecord,
    HardwareRecord,
    LatencyRecord,
    MemoryRecord,
    PrecisionRecord,
    RelevanceRecord,
    SpatialRecord,
    StallRecord,
    StoredOperandRecord,
    TemporalRecord,
    WindowRecord,
)
from zigzag_imc.results.result import AcceleratorRecord


def layer_fields(layer: Layer, names: Sequence[str]) -> dict[str, Any]:
    """Fields of a `LayerResult` that say what the layer is."""
    precision = layer.precision
    return {
        "name": layer.name,
        "names": tuple(names),
        "count": len(names),
        "operator": layer.operator,
        "loop_dims": dict(layer.loop_dims),
        "macs": layer.macs,
        "relevance": RelevanceRecord(
            **{
                operand: tuple(dim for dim in layer.ordered_dims if dim in layer.relevant(operand))
                for operand in OPERANDS
            }
        ),
        "windows": tuple(
            WindowRecord(
                output_dim=window.output_dim,
                filter_dim=window.filter_dim,
                stride=window.stride,
                dilation=window.dilation,
                size=window.size,
            )
            for window in layer.windows
        ),
        "precision": PrecisionRecord(
            W=precision.W, I=precision.I, O=precision.O, O_final=precision.O_final
        ),
        "stored_operand": layer.stored and StoredOperandRecord(**asdict(layer.stored)),
    }


def mapping_fields(mapping: LayerMapping) -> dict[str, Any]:
    """Fields ``spatial`` and ``temporal`` of a mapping."""
    spatial: SpatialRecord = {
        array_dim: dict(dims) for array_dim, dims in mapping.spatial.unrollings if dims
    }
    temporal: TemporalRecord = {
        "W": mapping.temporal.levels("W"),
        "I": mapping.temporal.levels("I"),
        "O": mapping.temporal.levels("O"),
    }
    return {"spatial": spatial, "temporal": temporal}


def edp_js(edp: float, tclk_ns: float) -> float:
    """Return an energy-delay product of pJ x cycles in J x s."""
    return float(edp) * tclk_ns * 1e-21


def cost_fields(cost: Cost) -> dict[str, Any]:
    """Fields of a `LayerResult` that say what one such layer costs."""
    return {
        "energy_pj": float(cost.energy_pj),
        "latency_cycles": float(cost.latency_cycles),
        "edp": float(cost.edp),
        "edp_js": edp_js(cost.edp, cost.tclk_ns),
        "utilization": float(cost.utilization),
        "breakdown": _breakdown(cost),
    }


def _breakdown(cost: Cost) -> BreakdownRecord:
    memory_energy = (
        MemoryRecord.model_validate(
            term._asdict() | {"words": float(term.words), "energy_pj": float(term.energy_pj)}
        )
        for term in cost.memory_terms
    )
    return BreakdownRecord(
        array_energy_pj=_floats(cost.array_energy_pj),
        memory_energy=tuple(memory_energy),
        latency=LatencyRecord(
            compute_cycles=float(cost.compute_cycles),
            stall_cycles=float(cost.stall_cycles),
            onloading_cycles=float(cost.onloading_cycles),
            offloading_cycles=float(cost.offloading_cycles),
        ),
        port_stalls=tuple(
            StallRecord(memory=stall.memory, port=stall.port, cycles=float(stall.cycles))
            for stall in cost.port_stalls
        ),
    )


def accelerator_record(accelerator: Accelerator) -> AcceleratorRecord:
    """Return the record of an accelerator, complete enough to rebuild it."""
    return AcceleratorRecord(
        name=accelerator.name,
        digest=accelerator_digest(accelerator),
        description=accelerator_to_dict(accelerator),
        notices=accelerator.notices,
    )


def hardware_fields(accelerator: Accelerator, profile: CostProfile = IMC) -> dict[str, Any]:
    """Clock period in ns and total area in mm2, the same for every layer."""
    return {
        "tclk_ns": float(clock_period_ns(accelerator)),
        "area_mm2": float(area_of(accelerator, profile).total_mm2),
    }


def hardware_record(accelerator: Accelerator, profile: CostProfile = IMC) -> HardwareRecord:
    """What the clock and the area of an accelerator are made of, and what its array can do."""
    area, peak = area_of(accelerator, profile), peak_of(accelerator)
    return HardwareRecord(
        **hardware_fields(accelerator, profile),
        critical_path_ns=_floats(MacroModel.of(accelerator).tclk_breakdown_ns),
        array_area_mm2=_floats(area.array),
        memory_area_mm2=_floats(area.memories),
        memory_instances={
            memory.name: accelerator.instances(memory) for memory in accelerator.memories
        },
        peak_tops=float(peak.tops),
        peak_tops_per_w=float(peak.tops_per_w),
        peak_tops_per_mm2=float(peak.tops_per_mm2),
        cost_sources=_cost_sources(accelerator),
    )


def _cost_sources(accelerator: Accelerator) -> dict[str, str]:
    """Who says what converters and memories cost."""
    array = accelerator.array
    adcs = {"adcs": ADC_SOURCES[array.adc_model]} if array.analog else {}
    return adcs | {
        memory.name: memory.cost_source for memory in accelerator.memories if memory.cost_source
    }


def _floats(values: Mapping[str, float]) -> dict[str, float]:
    return {key: float(value) for key, value in values.items()}

"""Results as files like the ``NAME_complete.json`` that ZigZag writes for every layer.

They have ZigZag's keys for all that a result knows; `zigzag_dump_reading` reads them, and ZigZag's
own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.exchange.zigzag_yaml import OPERAND_LINKS, equation, relations
from zigzag_imc.models.movement.unrolled import fan_boundaries
from zigzag_imc.results.parts import BreakdownRecord
from zigzag_imc.results.result import LayerResult

_DIRECTIONS = {
    "tl": "rd_out_to_low",
    "fl": "wr_in_by_low",
    "th": "rd_out_to_high",
    "fh": "wr_in_by_high",
}


def dump_contents(record: LayerResult, name: str, accelerator: Accelerator) -> dict[str, Any]:
    """Return the contents of the file of one layer.

    Parameters
    ----------
    record
        A result with a mapping.
    name
        Which of the identical layers it is for.
    accelerator
        What it is mapped onto.
    """
    layer, mapping = record.layer(), record.mapping()
    assert mapping is not None, "the layer is mapped"
    assert record.breakdown is not None, "a mapped layer has its terms"
    return {
        "outputs": _outputs(record, record.breakdown, accelerator),
        "inputs": {
            "accelerator": _accelerator(accelerator),
            "layer": _layer(layer, name, mapping),
            "spatial_mapping": {
                operand: _unrollings(operand, mapping, accelerator) for operand in OPERANDS
            },
            "temporal_mapping": {
                operand: [_loops(level) for level in mapping.temporal.levels(operand)]
                for operand in OPERANDS
            },
        },
    }


# ------------------------------------------------------------------ what was mapped
def _layer(layer: Layer, name: str, mapping: LayerMapping) -> dict[str, Any]:
    return {
        "name": name,
        "type": layer.operator,
        "equation": equation(layer, " = ").replace("*", " * "),
        "equation_relations": [
            text.upper().replace("=", " = ").replace("+", " + ") for text in relations(layer)
        ],
        "loop_dimensions": dict(layer.loop_dims),
        "operand_precision": {
            key: getattr(layer.precision, key) for key in ("W", "I", "O", "O_final")
        },
        "user_spatial_mapping": {
            array_dim: dict(dims) for array_dim, dims in mapping.spatial.unrollings
        },
        "memory_operand_links": dict(OPERAND_LINKS),
    }


def _accelerator(accelerator: Accelerator) -> dict[str, Any]:
    def level(index: int) -> str:
        memory = accelerator.memories[index]
        operands = ", ".join(OPERAND_LINKS[operand] for operand in memory.operands)
        served = "{" + ", ".join(sorted(memory.served)) + "}" if memory.served else "set()"
        return (
            f"MemoryLevel(instance={memory.name},operands=[{operands}], served_dimensions={served})"
        )

    return {
        "name": accelerator.name,
        "operational_array": {
            "operational_unit": "ImcArray",
            "dimensions": dict(accelerator.array.dimensions),
        },
        "memory_hierarchy": [level(index) for index in range(len(accelerator.memories))],
        "mem_hierarchy_dict": {
            OPERAND_LINKS[operand]: [level(index) for index in accelerator.levels[operand]]
            for operand in OPERANDS
        },
        "mem_size_dict": {
            OPERAND_LINKS[operand]: [
                accelerator.memories[index].size_bits for index in accelerator.levels[operand]
            ]
            for operand in OPERANDS
        },
    }


def _unrollings(operand: str, mapping: LayerMapping, accelerator: Accelerator) -> list[list[str]]:
    """Unrollings below the lowest memory of an operand, below the next, …, above the top one."""
    levels: list[list[str]] = [[] for _ in range(len(accelerator.levels[operand]) + 1)]
    fans = fan_boundaries(accelerator, operand)
    for array_dim, dims in mapping.spatial.unrollings:
        levels[fans[array_dim]] += _loops(dims)
    return levels


def _loops(loops: Sequence[tuple[str, int]]) -> list[str]:
    return [f"({dim}, {factor})" for dim, factor in loops]


# ------------------------------------------------------------------ what it costs
def _outputs(
    record: LayerResult, terms: BreakdownRecord, accelerator: Accelerator
) -> dict[str, Any]:
    words = _per_level(terms, accelerator, "words")
    energy = _per_level(terms, accelerator, "energy_pj")
    latency = terms.latency
    return {
        "memory": {"word_accesses": words},
        "energy": {
            "energy_total": record.energy_pj,
            "operational_energy": sum(terms.array_energy_pj.values()),
            "operational_energy_breakdown": dict(terms.array_energy_pj),
            "memory_energy": sum(term.energy_pj for term in terms.memory_energy),
            "memory_energy_breakdown_per_level": {
                operand: [sum(level.values()) for level in levels]
                for operand, levels in energy.items()
            },
            "memory_energy_breakdown_per_level_per_operand": energy,
        },
        "latency": {
            "data_onloading": latency.onloading_cycles,
            "computation": latency.compute_cycles + latency.stall_cycles,
            "data_offloading": latency.offloading_cycles,
            "computation_breakdown": {
                "mac_computation": latency.compute_cycles,
                "memory_stalling": latency.stall_cycles,
            },
        },
        "clock": {"tclk (ns)": record.tclk_ns},
        "area (mm^2)": {"total_area": record.area_mm2},
        "spatial": {"mac_utilization": {"ideal": record.utilization}},
        "zigzag_imc": {
            "cost_model": record.cost_model,
            "objective": record.objective,
            "status": record.status,
            "objective_value": record.objective_value,
            "bound": record.bound,
        },
    }


def _per_level(
    terms: BreakdownRecord, accelerator: Accelerator, value: str
) -> Mapping[str, list[dict[str, float]]]:
    """One value of every memory term, per operand, level and direction."""
    found: dict[str, list[dict[str, float]]] = {
        operand: [dict.fromkeys(_DIRECTIONS.values(), 0.0) for _ in accelerator.levels[operand]]
        for operand in ("O", "W", "I")
    }
    for term in terms.memory_energy:
        found[term.operand][term.level][_DIRECTIONS[term.direction]] += getattr(term, value)
    return found

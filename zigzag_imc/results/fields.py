"""From layers, mappings and costs to the records of a result; sums over all layers.

Records compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import LAYER_DIMS, OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Status
from zigzag_imc.core.tolerances import same
from zigzag_imc.models.array.macro import MacroModel
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.hardware.files import accelerator_digest, accelerator_to_dict
from zigzag_imc.results.parts import (
    BreakdownRecord,
    LatencyRecord,
    MemoryRecord,
    PrecisionRecord,
    RelevanceRecord,
    SpatialRecord,
    StallRecord,
    TemporalRecord,
    WindowRecord,
)
from zigzag_imc.results.result import AcceleratorRecord, LayerResult, TotalsRecord


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
                operand: tuple(dim for dim in LAYER_DIMS if dim in layer.relevant(operand))
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


def cost_fields(cost: Cost) -> dict[str, Any]:
    """Fields of a `LayerResult` that say what one such layer costs."""
    return {
        "energy_pj": float(cost.energy_pj),
        "latency_cycles": float(cost.latency_cycles),
        "edp": float(cost.edp),
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
        array_energy_pj={
            component: float(energy) for component, energy in cost.array_energy_pj.items()
        },
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
    )


def hardware_fields(accelerator: Accelerator) -> dict[str, Any]:
    """Clock period in ns and total area in mm2, the same for every layer."""
    macro = MacroModel.of(accelerator)
    return {
        "tclk_ns": float(macro.tclk_ns),
        "area_mm2": float(macro.area_mm2 + sum(memory.area_mm2 for memory in accelerator.memories)),
    }


def relative_gap(value: float | None, bound: float | None) -> float | None:
    """``(value - bound) / value``, at least 0; ``None`` where either is missing."""
    if value is None or bound is None:
        return None
    return max(0.0, (value - bound) / value) if value > 0 else 0.0


def totals_of(
    layers: Sequence[LayerResult], accelerator: Accelerator, seconds: float
) -> TotalsRecord:
    """Sum over all mapped layers, each counted as often as it occurs.

    Sums over no layer are ``None``.
    """
    counts: Counter[Status] = Counter()
    for layer in layers:
        counts[layer.status] += layer.count
    mapped = [layer for layer in layers if layer.energy_pj is not None]
    energy = _sum((layer.count, layer.energy_pj) for layer in mapped)
    latency = _sum((layer.count, layer.latency_cycles) for layer in mapped)
    value, bound = _objective(layers)
    return TotalsRecord(
        layers=sum(layer.count for layer in layers),
        distinct_layers=len(layers),
        mapped_layers=sum(layer.count for layer in mapped),
        macs=sum(layer.count * layer.macs for layer in layers),
        energy_pj=energy,
        latency_cycles=latency,
        edp=None if energy is None or latency is None else energy * latency,
        objective_value=value,
        bound=bound,
        gap=relative_gap(value, bound),
        status=_worst(counts),
        status_counts={status: counts[status] for status in _STATUSES if counts[status]},
        seconds=seconds,
        **hardware_fields(accelerator),
    )


_STATUSES: tuple[Status, ...] = ("OPTIMAL", "FEASIBLE", "UNKNOWN", "INFEASIBLE")
"""Best to worst: a run is as good as its worst layer."""


def _worst(counts: Counter[Status]) -> Status:
    return max((status for status in counts), key=_STATUSES.index, default="OPTIMAL")


def _objective(layers: Sequence[LayerResult]) -> tuple[float | None, float | None]:
    """Value and bound of the run.

    A sum, except that every layer of a network EDP carries that of the whole.
    """
    values = [(layer.count, layer.objective_value, layer.bound) for layer in layers]
    if any(layer.objective == "network_edp" for layer in layers):
        mapped = [(value, bound) for _, value, bound in values if value is not None]
        return mapped[0] if len(mapped) == len(values) else (None, None)
    return (
        _sum((count, value) for count, value, _ in values),
        _sum((count, bound) for count, _, bound in values),
    )


def _sum(weighted: Iterable[tuple[int, float | None]]) -> float | None:
    pairs = list(weighted)
    if not pairs or any(value is None for _, value in pairs):
        return None
    return float(sum(count * cast(float, value) for count, value in pairs))


# ------------------------------------------------------------------ comparing
def differences(record: BaseModel, expected: Mapping[str, Any], prefix: str) -> Iterator[str]:
    """Sentences about every field of a record that is not what it should be."""
    for key, value in expected.items():
        yield from _compare(getattr(record, key), value, prefix + key)


def _compare(found: Any, expected: Any, path: str) -> Iterator[str]:
    if isinstance(found, BaseModel) and isinstance(expected, BaseModel):
        for key in type(expected).model_fields:
            yield from _compare(getattr(found, key), getattr(expected, key), f"{path}.{key}")
    elif isinstance(found, dict) and isinstance(expected, dict) and found.keys() == expected.keys():
        for key, value in expected.items():
            yield from _compare(found[key], value, f"{path}.{key}")
    elif isinstance(found, tuple) and isinstance(expected, tuple) and len(found) == len(expected):
        for number, (one, other) in enumerate(zip(found, expected, strict=True)):
            yield from _compare(one, other, f"{path}[{number}]")
    elif isinstance(found, float) and isinstance(expected, float):
        if not same(found, expected):
            yield f"{path} is {found!r}, recomputed {expected!r}"
    elif found != expected:
        yield f"{path} is {_short(found)}, recomputed {_short(expected)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."

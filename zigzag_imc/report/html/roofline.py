"""How far every layer is from what its array and its outermost memory allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zigzag_imc.core.accelerator import Accelerator, Direction, MemoryInstance
from zigzag_imc.report.html.charts import Path, Point, PointChart
from zigzag_imc.report.html.layer_view import LayerView
from zigzag_imc.results.parts import MemoryRecord
from zigzag_imc.results.units import percent


def words_by_port(memory: MemoryInstance, terms: Sequence[MemoryRecord]) -> Mapping[str, float]:
    """Return how many words of full width pass each port of a memory; a port moves one a cycle."""
    passed: dict[str, float] = {}
    for term in terms:
        if term.memory != memory.name:
            continue
        port = memory.port_of(term.operand, Direction(term.direction))
        if port is not None:
            passed[port.name] = passed.get(port.name, 0.0) + term.words
    return passed


def roofline(layers: Sequence[LayerView], accelerator: Accelerator) -> PointChart | None:
    """Return multiply-accumulates per cycle over those per word of the busiest outermost port.

    The roofs: with every multiplier busy the array does no more in a cycle, and the port moves one
    word.
    """
    memory = accelerator.memories[-1]
    points, peaks = [], []
    for layer in layers:
        record = layer.record
        mapped = layer.mapped
        if mapped is None or record.breakdown is None or not record.latency_cycles:
            continue
        words = max(words_by_port(memory, record.breakdown.memory_energy).values(), default=0.0)
        if words:
            rate = record.macs / record.latency_cycles
            label = f"{record.name}: {rate:.4g} a cycle, {percent(layer.latency_share)} of the time"
            points.append(Point(record.macs / words, rate, label, layer.anchor, name=record.name))
            peaks.append(mapped.peak_macs_per_cycle)
    if not points:
        return None
    peak = max(peaks)  # layers of fewer bits may have a higher one
    left = min(peak / 2, *(point.x for point in points))
    right = max(peak * 2, *(point.x for point in points))
    ridge = [(left, left), (peak, peak), (right, peak)]
    return PointChart(
        "roofline",
        f"Roofline: what the array and the port of {memory.name} allow, and what layers reach",
        (f"multiply-accumulates per word of {memory.name}", "multiply-accumulates per cycle"),
        tuple(points),
        lines=(Path("roof", ridge),),
    )

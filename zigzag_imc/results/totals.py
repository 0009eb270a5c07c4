"""Sums over the layers of a result, and the value, bound and status of it as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import cast

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.objective import Status
from zigzag_imc.models.profile import IMC, CostProfile
from zigzag_imc.results.locality import LocalityRecord
from zigzag_imc.results.records import edp_js, hardware_fields
from zigzag_imc.results.result import LayerResult, TotalsRecord


def relative_gap(value: float | None, bound: float | None) -> float | None:
    """``(value - bound) / value``, at least 0; ``None`` where either is missing."""
    if value is None or bound is None:
        return None
    return max(0.0, (value - bound) / value) if value > 0 else 0.0


def totals_of(
    layers: Sequence[LayerResult],
    accelerator: Accelerator,
    seconds: float,
    profile: CostProfile = IMC,
    locality: LocalityRecord | None = None,
) -> TotalsRecord:
    """Sum over all mapped layers, each counted as often as it occurs.

    Sums over no layer are ``None``. The bound of a network whose tensors may stay on chip is that
    of all choices of them.
    """
    counts: Counter[Status] = Counter()
    for layer in layers:
        counts[layer.status] += layer.count
    mapped = [layer for layer in layers if layer.energy_pj is not None]
    energy = _sum((layer.count, layer.energy_pj) for layer in mapped)
    latency = _sum((layer.count, layer.latency_cycles) for layer in mapped)
    edp = None if energy is None or latency is None else energy * latency
    hardware = hardware_fields(accelerator, profile)
    value, bound = _objective(layers)
    if locality is not None:
        counts[locality.status] += 0
        bound = None if value is None else locality.bound
    return TotalsRecord(
        layers=sum(layer.count for layer in layers),
        distinct_layers=len(layers),
        mapped_layers=sum(layer.count for layer in mapped),
        macs=sum(layer.count * layer.macs for layer in layers),
        energy_pj=energy,
        latency_cycles=latency,
        edp=edp,
        edp_js=None if edp is None else edp_js(edp, hardware["tclk_ns"]),
        objective_value=value,
        bound=bound,
        gap=relative_gap(value, bound),
        status=_worst({*counts}),
        status_counts={status: counts[status] for status in _STATUSES if counts[status]},
        seconds=seconds,
        **hardware,
    )


_STATUSES: tuple[Status, ...] = ("OPTIMAL", "FEASIBLE", "UNKNOWN", "INFEASIBLE")
"""Best to worst: a run is as good as its worst layer."""


def _worst(found: set[Status]) -> Status:
    return max(found, key=_STATUSES.index, default="OPTIMAL")


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

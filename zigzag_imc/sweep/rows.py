"""The rows of the tables of a sweep: one for each layer, one for each network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from zigzag_imc.models.peak import OPERATIONS_PER_MAC
from zigzag_imc.results.records import edp_js
from zigzag_imc.results.tables import factors_text
from zigzag_imc.results.totals import relative_gap
from zigzag_imc.results.units import sized
from zigzag_imc.sweep.facts import HardwareFacts
from zigzag_imc.sweep.plan import Case
from zigzag_imc.sweep.record import FAILED, REFUSED, PointRecord
from zigzag_imc.sweep.sums import Sums

Row = dict[str, Any]
Known = Mapping[bytes, PointRecord]

UNSOLVED = PointRecord("UNKNOWN", reason="the sweep was stopped before it was solved")
"""What is known of a problem that nobody solved."""

_BEST_TO_WORST = ("OPTIMAL", "FEASIBLE", "UNKNOWN", "INFEASIBLE", FAILED)
"""A network is as good as its worst layer."""


def layer_rows(case: Case, columns: Mapping[str, str], known: Known) -> Iterator[Row]:
    """Yield a row for each distinct layer; one for the whole where there is nothing to solve."""
    about = _about(case, columns)
    if case.reason is not None:
        yield {**about, "status": REFUSED, "reason": case.reason}
        return
    for group, key in zip(case.groups, case.keys, strict=True):
        record, layer = known.get(key, UNSOLVED), group.layer
        stored = layer.swapped().stored if record.swapped else layer.stored
        yield {
            **about,
            "layer": layer.name,
            "count": group.count,
            "operator": layer.operator,
            "loops": factors_text(layer.sizes),
            "operations": OPERATIONS_PER_MAC * layer.macs,
            **_proof([(1, record)]),
            **_cost(Sums.of([(1, record)]), case.facts, layer.macs),
            "input_reuse": record.input_reuse,
            "output_reuse": record.output_reuse,
            "stored": (stored and record.spatial is not None and stored.position) or None,
            "spatial": _spatial_text(record),
            "temporal": _temporal_text(record),
            "solve_s": record.solve_seconds,
        }


def network_row(case: Case, columns: Mapping[str, str], known: Known) -> Row:
    """Return the row of a network: sums over its layers, each as often as it occurs."""
    about = _about(case, columns)
    if case.reason is not None:
        return {**about, "status": REFUSED, "reason": case.reason}
    records = [
        (group.count, known.get(key, UNSOLVED))
        for group, key in zip(case.groups, case.keys, strict=True)
    ]
    macs = sum(group.count * group.layer.macs for group in case.groups)
    return {
        **about,
        "layers": sum(count for count, _ in records),
        "mapped_layers": sum(count for count, one in records if one.energy_pj is not None),
        "operations": OPERATIONS_PER_MAC * macs,
        **_proof(records),
        **_cost(Sums.of(records), case.facts, macs),
        "solve_s": round(sum(record.solve_seconds for _, record in records), 6),
    }


def _about(case: Case, columns: Mapping[str, str]) -> Row:
    """Return what a row is about, and the clock and area that all rows of an accelerator have."""
    return {
        "accelerator": case.accelerator,
        "accelerators": case.label,
        **{columns[path]: value for path, value in case.parameters.items()},
        "network": case.network,
        "objective": case.question.objective,
        "cost_model": case.question.cost_model,
        **({} if case.facts is None else asdict(case.facts)),
    }


def _proof(records: Sequence[tuple[int, PointRecord]]) -> Row:
    """Return how far layers are proved, and the sum of their objectives."""
    worst = max((one for _, one in records), key=lambda one: _BEST_TO_WORST.index(one.status))
    value = _sum([(count, one.objective_value) for count, one in records])
    bound = _sum([(count, one.bound) for count, one in records])
    return {
        "status": worst.status,
        "reason": worst.reason,
        "objective_value": value,
        "bound": bound,
        "gap": relative_gap(value, bound),
    }


def _sum(counted: Sequence[tuple[int, float | None]]) -> float | None:
    values = [count * value for count, value in counted if value is not None]
    return float(sum(values)) if len(values) == len(counted) else None


def _cost(sums: Sums | None, facts: HardwareFacts | None, macs: int) -> Row:
    """Return energy, time and what follows from them; nothing where not all is mapped."""
    if sums is None or facts is None:
        return {}
    operations = OPERATIONS_PER_MAC * macs
    delay_ns = sums.latency_cycles * facts.tclk_ns
    tops = operations / delay_ns / 1e3  # operations a ns are 10^9 a second
    return {
        "energy_pj": sums.energy_pj,
        "latency_cycles": sums.latency_cycles,
        "compute_cycles": sums.compute_cycles,
        "stall_cycles": sums.stall_cycles,
        "loading_cycles": sums.loading_cycles,
        "delay_ns": delay_ns,
        "edp_js": edp_js(sums.energy_pj * sums.latency_cycles, facts.tclk_ns),
        "tops": tops,
        "tops_per_w": operations / sums.energy_pj if sums.energy_pj else None,
        "tops_per_mm2": tops / facts.area_mm2 if facts.area_mm2 else None,
        **sums.energies_pj,
        "utilization": sums.utilization,
    }


def _spatial_text(record: PointRecord) -> str | None:
    if record.spatial is None:
        return None
    parts = (f"{name}: {factors_text(dims)}" for name, dims in record.spatial.items())
    return "  ".join(parts) or "none"


def _temporal_text(record: PointRecord) -> str | None:
    """Return the loops in time, outermost first."""
    if record.temporal is None:
        return None
    loops = [loop for level in record.temporal["W"] for loop in level]
    return " ".join(sized(dim, size) for dim, size in reversed(loops)) or "-"

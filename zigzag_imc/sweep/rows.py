"""The rows of the tables of a sweep: one for each layer, one for each network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from zigzag_imc.core.layer import Layer
from zigzag_imc.models.peak import OPERATIONS_PER_MAC
from zigzag_imc.results.records import edp_js
from zigzag_imc.results.tables import factors_text
from zigzag_imc.results.totals import relative_gap
from zigzag_imc.results.units import sized
from zigzag_imc.sweep.facts import HardwareFacts
from zigzag_imc.sweep.kept_record import KeptRecord
from zigzag_imc.sweep.plan import Case
from zigzag_imc.sweep.record import FAILED, REFUSED, PointRecord
from zigzag_imc.sweep.store import AnyRecord
from zigzag_imc.sweep.sums import Sums, tops_of

Row = dict[str, Any]
Known = Mapping[bytes, AnyRecord]

UNSOLVED = PointRecord("UNKNOWN", reason="the sweep was stopped before it was solved")
"""What is known of a problem that nobody solved."""

_BEST_TO_WORST = ("OPTIMAL", "FEASIBLE", "UNKNOWN", "INFEASIBLE", FAILED)
"""A network is as good as its worst layer."""


@dataclass(frozen=True, slots=True)
class _Mapped:
    """Layers that are mapped alike.

    Attributes
    ----------
    layer, count
        One of them, and how many there are.
    record
        Its mapping, and what that costs.
    stored
        Which operand of a product of two activations is written into the array.
    kept
        Which operands stay on chip where.
    """

    layer: Layer
    count: int
    record: PointRecord
    stored: str | None
    kept: str | None = None


def layer_rows(case: Case, columns: Mapping[str, str], known: Known) -> Iterator[Row]:
    """Yield a row for each distinct layer; one for the whole where there is nothing to solve."""
    about = _about(case, columns)
    if case.reason is not None:
        yield {**about, "status": REFUSED, "reason": case.reason}
        return
    for one in _mapped_layers(case, known):
        layer, record = one.layer, one.record
        yield {
            **about,
            "layer": layer.name,
            "count": one.count,
            "operator": layer.operator,
            "loops": factors_text(layer.sizes),
            "operations": OPERATIONS_PER_MAC * layer.macs,
            **_proof([(1, record)]),
            **_cost(Sums.of([(1, record)]), case.facts, layer.macs),
            "input_reuse": record.input_reuse,
            "output_reuse": record.output_reuse,
            "stored": one.stored,
            "kept": one.kept,
            "spatial": _spatial_text(record),
            "temporal": _temporal_text(record),
            "solve_s": record.solve_seconds,
        }


def network_row(case: Case, columns: Mapping[str, str], known: Known) -> Row:
    """Return the row of a network: sums over its layers, each as often as it occurs."""
    about = _about(case, columns)
    if case.reason is not None:
        return {**about, "status": REFUSED, "reason": case.reason}
    records = [(one.count, one.record) for one in _mapped_layers(case, known)]
    macs = sum(group.count * group.layer.macs for group in case.groups)
    kept = _kept_record(case, known)
    return {
        **about,
        "layers": sum(count for count, _ in records),
        "mapped_layers": sum(count for count, one in records if one.energy_pj is not None),
        "operations": OPERATIONS_PER_MAC * macs,
        **(_proof(records) if kept is None else _proof_of_network(kept)),
        **_cost(Sums.of(records), case.facts, macs),
        **({} if kept is None else {"tensors": kept.tensors, "kept_tensors": kept.kept_tensors}),
        "solve_s": _seconds(records) if kept is None else kept.solve_seconds,
    }


def _mapped_layers(case: Case, known: Known) -> Iterator[_Mapped]:
    """Yield the layers of a case with what is known of them, those that are alike together."""
    kept = _kept_record(case, known)
    if kept is not None:
        layers = {name: group.layer for group in case.groups for name in group.names}
        for one in kept.layers:
            layer = layers[one.names[0]].replace(name=one.names[0])
            yield _Mapped(layer, len(one.names), one.record, one.stored, one.kept or None)
        return
    for place, group in enumerate(case.groups):
        key = case.keys[0 if case.question.is_of_network else place]
        record, layer = known.get(key, UNSOLVED), group.layer
        assert isinstance(record, PointRecord)
        stored = layer.swapped().stored if record.swapped else layer.stored
        is_chosen = stored is not None and record.spatial is not None
        yield _Mapped(layer, group.count, record, stored.position if is_chosen and stored else None)


def _kept_record(case: Case, known: Known) -> KeptRecord | None:
    """Return the record of a network whose layers were mapped together; ``None`` without one."""
    record = known.get(case.keys[0]) if case.question.is_of_network else None
    return record if isinstance(record, KeptRecord) else None


def _about(case: Case, columns: Mapping[str, str]) -> Row:
    """Return what a row is about, and the clock and area that all rows of an accelerator have."""
    return {
        "accelerator": case.accelerator,
        "accelerators": case.label,
        **{columns[path]: value for path, value in case.parameters.items()},
        "network": case.network,
        "objective": case.question.objective,
        "cost_model": case.question.cost_model,
        "locality": case.question.locality,
        "tile_sizes": case.question.space().tile_sizes,
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


def _proof_of_network(kept: KeptRecord) -> Row:
    """Return how far a network is proved as a whole."""
    return {
        "status": kept.status,
        "reason": kept.reason,
        "objective_value": kept.objective_value,
        "bound": kept.bound,
        "gap": relative_gap(kept.objective_value, kept.bound),
    }


def _seconds(records: Sequence[tuple[int, PointRecord]]) -> float:
    """Return the time of all searches, each once."""
    return round(sum(record.solve_seconds for _, record in records), 6)


def _sum(counted: Sequence[tuple[int, float | None]]) -> float | None:
    values = [count * value for count, value in counted if value is not None]
    return float(sum(values)) if len(values) == len(counted) else None


def _cost(sums: Sums | None, facts: HardwareFacts | None, macs: int) -> Row:
    """Return energy, time and what follows from them; nothing where not all is mapped."""
    if sums is None or facts is None:
        return {}
    operations = OPERATIONS_PER_MAC * macs
    delay_ns = sums.latency_cycles * facts.tclk_ns
    tops = tops_of(operations, delay_ns)
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

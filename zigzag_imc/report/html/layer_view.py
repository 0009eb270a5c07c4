"""A layer of a result with all that its part of the page shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.explain.layer_facts import layer_facts
from zigzag_imc.explain.records import Explanation
from zigzag_imc.models.array.slicing import seen_by
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.profile import profile_named
from zigzag_imc.report.html.array_view import ArrayView, array_of
from zigzag_imc.report.html.buffer_view import BufferView, buffer_view
from zigzag_imc.report.html.charts import PointChart
from zigzag_imc.report.html.findings import NOTHING, Findings
from zigzag_imc.report.html.fronts import front_chart
from zigzag_imc.report.html.nest_view import NestLoop, nest_of
from zigzag_imc.report.html.timeline_view import Timeline
from zigzag_imc.report.words import binding_words, energy_terms, plain_terms
from zigzag_imc.results.result import LayerResult, NetworkResult


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an energy or a latency.

    Attributes
    ----------
    name, value
        What it is, and its value in pJ or clock cycles.
    share
        Of the whole.
    plain
        What it is, in words for those new to it.
    """

    name: str
    value: float
    share: float
    plain: str = ""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What is shown of a layer that has a mapping.

    Attributes
    ----------
    told
        Why it is mapped as it is.
    nest
        Its loops.
    array
        What lies where in the array.
    energy, latency
        Their parts, the largest first.
    binds
        What most of the latency goes to, in words.
    peak_macs_per_cycle
        Multiply-accumulates in a cycle with all multipliers busy, at the layer's bits.
    front
        Its energy-latency front as a chart; ``None`` where that was not asked.
    timeline
        Its replay over time; ``None`` where it was not played.
    buffer
        The least energy against the size of a memory; ``None`` where that was not searched.
    """

    told: Explanation
    nest: tuple[NestLoop, ...]
    array: ArrayView
    energy: tuple[Part, ...]
    latency: tuple[Part, ...]
    binds: str
    peak_macs_per_cycle: float
    front: PointChart | None
    timeline: Timeline | None
    buffer: BufferView | None


@dataclass(frozen=True, slots=True)
class LayerView:
    """A layer of a result.

    Attributes
    ----------
    record, anchor
        Its record, and the name of its place on the page.
    energy_share, latency_share
        What all of the identical layers take of the sums over the network.
    cost_share
        What they take of the objective of the network; of its energy-delay product the mean of
        both, since a saving of either counts alike.
    mapped
        What its mapping is; ``None`` without one.
    """

    record: LayerResult
    anchor: str
    energy_share: float
    latency_share: float
    cost_share: float
    mapped: Mapped | None


def layers_of(result: NetworkResult, findings: Findings = NOTHING) -> tuple[LayerView, ...]:
    """Return the layers of a result, in the order of the graph.

    Parameters
    ----------
    result
        The result.
    findings
        What was worked out for some of them; the facts of the others are worked out here.

    Raises
    ------
    ZigzagImcError
        When a mapping is not legal on the accelerator of the result.
    """
    accelerator = accelerator_from_dict(result.accelerator.description, "accelerator.description")
    whole = sum(_cost(record) for record in result.layers) or 1.0
    return tuple(
        _view(
            result,
            record,
            number,
            whole,
            _mapped(result, record, accelerator, findings, f"layer-{number}"),
        )
        for number, record in enumerate(result.layers, start=1)
    )


def dearest_names(result: NetworkResult, most: int) -> tuple[str, ...]:
    """Return the names of the mapped layers that take most of the objective."""
    whole = sum(_cost(record) for record in result.layers) or 1.0
    views = [_view(result, record, 0, whole, None) for record in result.layers]
    mapped = [view for view in views if view.record.spatial is not None]
    ranked = sorted(mapped, key=lambda view: -view.cost_share)
    return tuple(view.record.name for view in ranked[:most])


def _view(
    result: NetworkResult, record: LayerResult, number: int, whole: float, mapped: Mapped | None
) -> LayerView:
    totals = result.totals
    energy = _share(record.count, record.energy_pj, totals.energy_pj)
    latency = _share(record.count, record.latency_cycles, totals.latency_cycles)
    is_product = record.objective in ("edp", "network_edp")
    cost = (energy + latency) / 2 if is_product else _cost(record) / whole
    return LayerView(record, f"layer-{number}", energy, latency, cost, mapped)


def _cost(record: LayerResult) -> float:
    """Return what all of the identical layers add to a sum of the objective over layers."""
    return record.count * (record.objective_value or 0.0)


def _share(count: int, value: float | None, whole: float | None) -> float:
    return count * value / whole if value is not None and whole else 0.0


def _mapped(
    result: NetworkResult,
    record: LayerResult,
    whole: Accelerator,
    findings: Findings,
    anchor: str,
) -> Mapped | None:
    mapping = record.mapping()
    if mapping is None:
        return None
    accelerator, layer = record.found_by(whole), record.layer()
    facts = findings.told.get(record.name) or layer_facts(result, record, record.name, accelerator)
    seen = seen_by(accelerator, layer.precision, profile_named(result.cost_model))
    curve = findings.curves.get(record.name)
    bindings = (facts.binding, *facts.other_bindings)
    return Mapped(
        told=facts,
        nest=nest_of(seen, mapping),
        array=array_of(layer, seen.array, mapping.spatial),
        energy=_parts(facts),
        latency=tuple(Part(binding_words(one), one.cycles, one.share) for one in bindings),
        binds=binding_words(facts.binding),
        peak_macs_per_cycle=_most_at_once(seen) / float(seen.array.cycles_per_activation),
        front=front_chart(record, anchor),
        timeline=findings.timelines.get(record.name),
        buffer=None if curve is None else buffer_view(curve, anchor),
    )


def _most_at_once(accelerator: Accelerator) -> int:
    return math.prod(lanes for _, lanes in accelerator.array.dimensions)


def _parts(facts: Explanation) -> tuple[Part, ...]:
    """Return the terms of the energy, the largest first."""
    whole = facts.energy_pj or 1.0
    parts = [
        Part(name, value, value / whole, plain)
        for (name, value), plain in zip(energy_terms(facts), plain_terms(facts), strict=True)
        if value > 0
    ]
    return tuple(sorted(parts, key=lambda part: -part.value))

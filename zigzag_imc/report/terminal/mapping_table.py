"""The table that ``map`` and ``evaluate`` print: one row per distinct layer, then the totals."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from zigzag_imc.core.coverage import Coverage
from zigzag_imc.core.errors import some_of
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.report.terminal.console import print_line
from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.results.locality import LocalityRecord
from zigzag_imc.results.parts import CertificateRecord, HardwareRecord
from zigzag_imc.results.result import LayerResult, NetworkResult, TotalsRecord
from zigzag_imc.results.tables import factors_text, spatial_text
from zigzag_imc.results.units import (
    BITS,
    CYCLES,
    ENERGY,
    TIME,
    counted,
    figure,
    gap_text,
    percent,
    unit_for,
    with_unit,
)

_COLOURS = {"OPTIMAL": "green", "FEASIBLE": "yellow", "UNKNOWN": "red", "INFEASIBLE": "red"}
_COUNTED = "xN: N identical layers; energy and latency are those of one of them."


def print_result(result: NetworkResult, console: Console) -> None:
    """Print all layers and the totals."""
    _listing(result.layers).print(console)
    print_line(_COUNTED if result.layers else "", console, style="dim")
    for (status, reason), names in _unmapped(result.layers).items():
        print_line(f"{status}: {', '.join(names)}: {reason}", console)
    _print_totals(result, console)


# ------------------------------------------------------------------ rows
_Cell = Callable[[LayerResult], str | Text]


def _listing(layers: Sequence[LayerResult]) -> Listing:
    """Return the table of all layers."""
    beside = _columns(layers)
    rows = Listing((Column("layer", names=True), *(column for column, _ in beside)))
    for layer in layers:
        times = f" x{layer.count}" if layer.count > 1 else ""
        rows.add(layer.name, *(cell(layer) for _, cell in beside), after=times)
    return rows


def _columns(layers: Sequence[LayerResult]) -> list[tuple[Column, _Cell]]:
    """Return the columns beside the name, and what stands in each for a layer."""
    energy, energy_unit = unit_for((layer.energy_pj for layer in layers), ENERGY)
    cycles, cycles_unit = unit_for((layer.latency_cycles for layer in layers), CYCLES)
    columns: list[tuple[Column, _Cell]] = [
        (Column("loops", rank=2), lambda layer: factors_text(layer.loop_dims)),
        (Column("spatial", rank=2), spatial_text),
        (
            Column(f"energy\n({energy_unit})", numbers=True),
            lambda layer: figure(layer.energy_pj, energy),
        ),
        (
            Column(f"latency\n({cycles_unit})", numbers=True),
            lambda layer: figure(layer.latency_cycles, cycles),
        ),
        (Column("util", numbers=True, rank=1), lambda layer: percent(layer.utilization)),
        (Column("status"), _status),
        (Column("s", numbers=True, rank=1), lambda layer: f"{layer.solve_seconds:.2f}"),
    ]
    if any(layer.pareto is not None for layer in layers):
        columns.insert(5, (Column("front", numbers=True, rank=1), _front))
    return columns


def _status(layer: LayerResult) -> Text:
    open_gap = layer.gap if layer.status == "FEASIBLE" else None
    gap = "" if open_gap is None else f" (gap {gap_text(open_gap)})"
    return Text(f"{layer.status}{gap}", style=_COLOURS[layer.status])


def _front(layer: LayerResult) -> str:
    if layer.pareto is None:
        return "-"
    return f"{len(layer.pareto)}{'' if layer.pareto_proved else '+?'}"


def _unmapped(layers: Sequence[LayerResult]) -> dict[tuple[str, str | None], list[str]]:
    """Names of the layers without a mapping, by status and reason."""
    found: dict[tuple[str, str | None], list[str]] = {}
    for layer in layers:
        if layer.energy_pj is None:
            found.setdefault((layer.status, layer.reason), []).append(layer.name)
    return found


# ------------------------------------------------------------------ totals
def _print_totals(result: NetworkResult, console: Console) -> None:
    totals = result.totals
    part = (
        f", {totals.mapped_layers} of them mapped" if totals.mapped_layers < totals.layers else ""
    )
    layers = counted(totals.layers, "layer")
    lines = {
        "network": f"{result.network.name} on {result.accelerator.name}: {layers} "
        f"({totals.distinct_layers} distinct{part}), {totals.macs:,} MACs{_share(result)}",
        **_sums(totals),
        "area": f"{figure(totals.area_mm2)} mm2{_counted(result.hardware)}",
    }
    if result.hardware is not None:
        lines["peak"] = _peak(result.hardware)
    several = _several_on_top(result.accelerator.description)
    if several:
        lines["memories"] = several
    searched = [layer.certificate for layer in result.layers if layer.certificate is not None]
    sought = f", objective {result.objective} per {result.scope}" if searched else ""
    sought += _tiles(searched)
    kept = _kept(result.layers)
    if kept:
        lines["keeps"] = kept
    lines["model"] = f"cost model {result.cost_model}{sought}"
    if searched:
        if result.versions.ortools is None:
            lines["engine"] = searched[0].solver
        counts = ", ".join(f"{count} {status}" for status, count in totals.status_counts.items())
        lines["proof"] = f"{counts} of {layers}{_run_gap(result)}; {totals.seconds:.1f} s"
        lines |= _last_word(searched)
        lines |= _open_ties(result)
    lines |= _stored(result)
    lines |= _on_chip(result)
    if result.stopped:
        lines["stopped"] = f"{result.stopped}: what is not OPTIMAL may still be improved"
    console.print()
    for key, value in lines.items():
        print_line(value, console, head=f"{key:<9}")


def _tiles(certificates: Sequence[CertificateRecord]) -> str:
    """Say among which tiles was searched; nothing where nothing was."""
    words = {"any-outermost": "tiles of any size", "divisors": "tiles that divide"}
    found = dict.fromkeys(words[each.space.tile_sizes] for each in certificates)
    return "".join(f", {said}" for said in found)


def _last_word(certificates: Sequence[CertificateRecord]) -> dict[str, str]:
    """Say what presolve left to CP-SAT, where that had the last word."""
    said = [each for each in certificates if each.last_word is not None]
    if not said:
        return {}
    words = [each.last_word for each in said if each.last_word is not None]
    left = sum(word.left_spatial_mappings for word in words)
    counts = [each.spatial_mappings for each in said]
    every = "" if None in counts else f" of {sum(count or 0 for count in counts):,}"
    by_tiles = sum(word.by_tiles for word in words)
    models = counted(sum(word.models for word in words), "model")
    return {
        "CP-SAT": f"{left:,}{every} spatial mappings left by presolve: "
        f"{by_tiles:,} closed by tiles, {left - by_tiles:,} by bounds; {models}"
    }


def _kept(layers: Sequence[LayerResult]) -> str:
    """Constraints that mappings have to keep, and of how many layers where not of all."""
    counts = Counter(one for layer in layers for one in layer.constraints)
    return "; ".join(
        one if count == len(layers) else f"{one} ({count} of {len(layers)} distinct layers)"
        for one, count in counts.items()
    )


def _share(result: NetworkResult) -> str:
    """Say which share of the network its layers hold, where operators are left out."""
    left_out = [operator.macs for operator in result.unsupported]
    coverage = Coverage.of(result.network.macs or 0, left_out)
    if result.network.macs is None or coverage.is_whole:
        return ""
    return f"; the layers of the network hold {coverage.described()}"


def _several_on_top(description: Mapping[str, Any]) -> str:
    """The highest memories that are there several times.

    Often macros that were meant to share one.
    """
    array, memories = description["operational_array"], description["memories"]
    top = {operand: name for name, memory in memories.items() for operand in memory["operands"]}
    sizes = dict(zip(array["dimensions"], array["sizes"], strict=True))
    counts = {
        name: math.prod(
            size for dim, size in sizes.items() if dim not in memories[name]["served_dimensions"]
        )
        for name in dict.fromkeys(top.values())
    }
    return ", ".join(f"{count} instances of {name}" for name, count in counts.items() if count > 1)


def _sums(totals: TotalsRecord) -> dict[str, str]:
    """Energy, latency and EDP, of what they are where that is not the whole network."""
    if totals.energy_pj is None or totals.latency_cycles is None or totals.edp is None:
        return dict.fromkeys(("energy", "latency", "EDP"), "- (no layer is mapped)")
    covered = " of the mapped layers" if totals.mapped_layers < totals.layers else ""
    time = with_unit(totals.latency_cycles * totals.tclk_ns, TIME)
    return {
        "energy": f"{with_unit(totals.energy_pj, ENERGY)}{covered}",
        "latency": f"{with_unit(totals.latency_cycles, CYCLES)}{covered} = {time} at "
        f"{figure(totals.tclk_ns)} ns per cycle",
        "EDP": f"{totals.edp:.4g} pJ x cycles{covered}{_in_joules(totals)} (total energy x total "
        "latency)",
    }


def _counted(hardware: HardwareRecord | None) -> str:
    """Say what the area counts; the cells are in the array, once more with each memory once."""
    if hardware is None:
        return ""
    once = "cells" in hardware.memory_area_mm2
    return f" ({'each memory once' if once else 'all instances of all memories'})"


def _peak(hardware: HardwareRecord) -> str:
    return (
        f"{figure(hardware.peak_tops)} TOPS; {figure(hardware.peak_tops_per_w)} TOPS/W and "
        f"{figure(hardware.peak_tops_per_mm2)} TOPS/mm2 of the array alone"
    )


def _in_joules(totals: TotalsRecord) -> str:
    """The EDP in a unit that compares accelerators of different clocks."""
    return "" if totals.edp_js is None else f" = {totals.edp_js:.4g} J x s"


def _open_ties(result: NetworkResult) -> dict[str, str]:
    """Say of how many optima it is open whether another one is better in what comes second."""
    ties = [layer.tie for layer in result.layers if layer.tie is not None]
    still_open = [tie for tie in ties if tie.gap > COARSEST]
    if not still_open:
        return {}
    most = gap_text(max(tie.gap for tie in still_open))
    optima = counted(len(still_open), "distinct layer")
    return {"ties": f"{optima} may have an optimum of less {still_open[0].objective}, up to {most}"}


def _on_chip(result: NetworkResult) -> dict[str, str]:
    """Say how many tensors stay on chip, where, and how far that is proved best."""
    locality = result.locality
    if locality is None:
        return {}
    kept = Counter(one.memory for one in locality.tensors if one.memory is not None)
    most = {one.memory: max(one.used_bits, default=0) for one in locality.memories}
    sizes = {one.memory: one.size_bits for one in locality.memories}
    places = "; ".join(
        f"{count} in {memory}, at most {with_unit(most[memory], BITS)} of "
        f"{with_unit(sizes[memory], BITS)} at once"
        for memory, count in kept.items()
    )
    told = f"{sum(kept.values())} of {counted(len(locality.tensors), 'tensor')} between layers"
    rule = ", by ZigZag's greedy rule" if locality.rule == "zigzag" else ""
    kept_there = {"kept": f"{told}{f' ({places})' if places else ''}{rule}: {locality.status}"}
    return kept_there | _order(locality) | _weights_that_stay(locality) | _network_front(locality)


def _network_front(locality: LocalityRecord) -> dict[str, str]:
    """Say which energies and latencies of the network can be had by other choices."""
    front = locality.front
    if front is None or not front.corners:
        return {}
    known = "proved" if front.proved else "as far as was searched"
    points = " to ".join(
        f"{with_unit(one.energy_pj, ENERGY)} in {with_unit(one.latency_cycles, CYCLES)}"
        for one in (front.corners[0], front.corners[-1])[: len(front.corners)]
    )
    return {"front": f"{counted(len(front.corners), 'corner')}, {known}: {points}"}


def _order(locality: LocalityRecord) -> dict[str, str]:
    """Say which steps run elsewhere than in the order of the graph, and what that saves."""
    graph, value = locality.graph_order, locality.objective_value
    if graph is None:
        return {}
    moved = [
        locality.steps[number].name for number, place in enumerate(graph.places) if place != number
    ]
    if not moved:
        is_best = " is best" if locality.status == "OPTIMAL" else ""
        return {"order": f"that of the graph{is_best}"}
    saved = ""
    if value is not None and graph.objective_value:
        saved = f", saves {gap_text(1 - value / graph.objective_value)} of what that costs"
    steps = counted(len(moved), "step")
    return {"order": f"other than in the graph at {steps} ({some_of(moved, 3)}){saved}"}


def _weights_that_stay(locality: LocalityRecord) -> dict[str, str]:
    """Say where weights stay from inference to inference, where they might."""
    if locality.inferences == 1:
        return {}
    weights, times = locality.weights, counted(locality.inferences, "inference")
    if weights is None:
        return {"weights": "come and go with every inference"}
    return {"weights": f"stay in {weights.memory}, loaded once for {times}"}


def _stored(result: NetworkResult) -> dict[str, str]:
    """Say of how many products of two activations which operand is written into the array."""
    counts: Counter[str] = Counter()
    for layer in result.layers:
        if layer.stored_operand is not None:
            counts[layer.stored_operand.position] += layer.count
    if not counts:
        return {}
    shares = ", ".join(f"the {position} in {counts[position]}" for position in sorted(counts))
    swapped = [
        layer.name
        for layer in result.layers
        if layer.stored_operand is not None and layer.stored_operand.swapped
    ]
    names = f" (other than in the graph: {some_of(swapped, 3)})" if swapped else ""
    return {"stored": f"operand of products of activations: {shares}{names}"}


def _run_gap(result: NetworkResult) -> str:
    gap = result.totals.gap
    return (
        f", gap of the whole {gap_text(gap)}" if gap and result.totals.status != "OPTIMAL" else ""
    )

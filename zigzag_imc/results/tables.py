"""The layers of a result as a table: rows for programs, comma-separated values, Markdown, HTML."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zigzag_imc.results.units import (
    CYCLES,
    ENERGY,
    counted,
    figure,
    percent,
    sized,
    unit_for,
    with_unit,
)

if TYPE_CHECKING:
    from zigzag_imc.results.layer_result import LayerResult
    from zigzag_imc.results.result import NetworkResult


def rows_of(layers: Iterable[LayerResult]) -> list[dict[str, Any]]:
    """Return a row for each distinct layer; units stand in the names of the columns.

    Energy and latency are those of one of the ``count`` identical layers.
    """
    return [_row(layer) for layer in layers]


def csv_text(layers: Iterable[LayerResult]) -> str:
    """Return the rows as comma-separated values; what is not known is empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows_of(layers))
    return stream.getvalue()


def markdown_text(result: NetworkResult) -> str:
    """Return the layers of a result as a table in Markdown, its totals below."""
    headers, rows = _shown(result.layers)
    numbers = [header not in _TEXTS for header in headers]
    lines = [f"## {result.network.name} on {result.accelerator.name}", "", _line(headers)]
    lines.append(_line("--:" if number else "---" for number in numbers))
    lines += [_line(cell.replace("|", "\\|") for cell in row) for row in rows]
    lines += ["", *(f"- {line}" for line in summary(result))]
    return "\n".join(lines) + "\n"


def html_text(title: str, layers: Sequence[LayerResult], lines: Sequence[str]) -> str:
    """Return layers as a table in HTML, lines of text below it, as notebooks show a result."""
    from zigzag_imc.results.html import html_table

    headers, rows = _shown(layers)
    return html_table(title, headers, rows, lines)


def summary(result: NetworkResult) -> list[str]:
    """Return the totals of a result, a line each."""
    totals = result.totals
    distinct = f"{totals.distinct_layers} distinct, {totals.mapped_layers} mapped"
    lines = [f"{counted(totals.layers, 'layer')} ({distinct}), {totals.macs:,} MACs"]
    if totals.energy_pj is not None and totals.latency_cycles is not None:
        energy = with_unit(totals.energy_pj, ENERGY)
        lines.append(f"energy {energy}, latency {with_unit(totals.latency_cycles, CYCLES)}")
    lines.append(
        f"objective {result.objective} per {result.scope}, cost model {result.cost_model}, "
        f"{totals.status}"
    )
    return lines


def factors_text(dims: Mapping[str, int]) -> str:
    """Return dimensions with their sizes above one, such as ``K64 C3``."""
    return " ".join(sized(dim, size) for dim, size in dims.items() if size > 1) or "-"


def spatial_text(layer: LayerResult) -> str:
    """Return what is unrolled on which dimension of the array; ``-`` without a mapping."""
    if layer.spatial is None:
        return "-"
    return (
        "  ".join(f"{array_dim}: {factors_text(dims)}" for array_dim, dims in layer.spatial.items())
        or "none"
    )


# ------------------------------------------------------------------ parts
COLUMNS: dict[str, type] = {
    "layer": str,
    "count": int,
    "operator": str,
    "loops": str,
    "macs": int,
    "W_bits": int,
    "I_bits": int,
    "O_bits": int,
    "O_final_bits": int,
    "status": str,
    "reason": str,
    "objective": str,
    "objective_value": float,
    "bound": float,
    "gap": float,
    "energy_pj": float,
    "latency_cycles": float,
    "latency_ns": float,
    "edp_pj_cycles": float,
    "utilization": float,
    "stored": str,
    "spatial": str,
    "temporal": str,
    "solve_s": float,
}
"""Names of the columns, and what they hold."""

_TEXTS = ("layer", "loops", "spatial", "status")


def _row(layer: LayerResult) -> dict[str, Any]:
    cycles = layer.latency_cycles
    return {
        "layer": layer.name,
        "count": layer.count,
        "operator": layer.operator,
        "loops": factors_text(layer.loop_dims),
        "macs": layer.macs,
        "W_bits": layer.precision.W,
        "I_bits": layer.precision.I,
        "O_bits": layer.precision.O,
        "O_final_bits": layer.precision.O_final,
        "status": layer.status,
        "reason": layer.reason,
        "objective": layer.objective,
        "objective_value": layer.objective_value,
        "bound": layer.bound,
        "gap": layer.gap,
        "energy_pj": layer.energy_pj,
        "latency_cycles": cycles,
        "latency_ns": None if cycles is None else cycles * layer.tclk_ns,
        "edp_pj_cycles": layer.edp,
        "utilization": layer.utilization,
        "stored": layer.stored_operand and layer.stored_operand.position,
        "spatial": None if layer.spatial is None else spatial_text(layer),
        "temporal": _temporal_text(layer),
        "solve_s": layer.solve_seconds,
    }


def _temporal_text(layer: LayerResult) -> str | None:
    """Return the loops in time, outermost first."""
    if layer.temporal is None:
        return None
    loops = [loop for level in layer.temporal["W"] for loop in level]
    return " ".join(sized(dim, size) for dim, size in reversed(loops)) or "-"


def _shown(layers: Sequence[LayerResult]) -> tuple[list[str], list[list[str]]]:
    """Return headers and cells of a table for people."""
    energy, energy_unit = unit_for((layer.energy_pj for layer in layers), ENERGY)
    cycles, cycles_unit = unit_for((layer.latency_cycles for layer in layers), CYCLES)
    headers = [
        "layer",
        "count",
        "loops",
        "spatial",
        f"energy ({energy_unit})",
        f"latency ({cycles_unit})",
        "utilization",
        "status",
    ]
    rows = [
        [
            layer.name,
            str(layer.count),
            factors_text(layer.loop_dims),
            spatial_text(layer),
            figure(layer.energy_pj, energy),
            figure(layer.latency_cycles, cycles),
            percent(layer.utilization),
            layer.status,
        ]
        for layer in layers
    ]
    return headers, rows


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"

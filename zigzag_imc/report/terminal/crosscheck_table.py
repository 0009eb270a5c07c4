"""A crosscheck as text: tables for a terminal or in Markdown, and rows for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from rich.console import Console

from zigzag_imc.report.terminal.console import print_line
from zigzag_imc.report.terminal.crosscheck_grids import grids
from zigzag_imc.report.terminal.crosscheck_parts import title
from zigzag_imc.report.terminal.crosscheck_summary import summary
from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.results.crosscheck import CrosscheckResult, LayerCheck, MethodRecord


def print_crosscheck(result: CrosscheckResult, console: Console) -> None:
    """Print the tables of a network, what they show, and notes on what is missing."""
    print_line(title(result), console, style="bold")
    console.print()
    for grid in grids(result):
        print_line(grid.title, console, style="bold")
        name, *methods = grid.headers
        rows = Listing(
            (Column(name, names=True), *(Column(method, numbers=True) for method in methods))
        )
        for cells in grid.rows:
            rows.add(*cells)
        rows.print(console)
        console.print()
    for line in summary(result):
        print_line(line, console)


def markdown_text(results: Iterable[CrosscheckResult]) -> str:
    """Return crosschecks as Markdown, a section each."""
    return "\n".join(_section(result) for result in results)


def _section(result: CrosscheckResult) -> str:
    lines = [f"## {title(result)}", ""]
    for grid in grids(result):
        lines += [
            f"**{grid.title}**",
            "",
            _row(grid.headers),
            _row(["---", *["--:"] * (len(grid.headers) - 1)]),
        ]
        lines += [_row(cell.replace("|", "\\|") for cell in row) for row in grid.rows]
        lines.append("")
    lines += [f"- {line}" for line in summary(result)]
    return "\n".join(lines) + "\n"


def csv_text(results: Iterable[CrosscheckResult]) -> str:
    """Return crosschecks as comma-separated values: a row per layer and method.

    Costs in pJ, cycles or pJ x cycles.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_CSV_COLUMNS)
    for result in results:
        for layer in result.layers:
            writer.writerows(_csv_cells(result, layer, found) for found in layer.methods)
    return stream.getvalue()


_CSV_COLUMNS = (
    "network",
    "accelerator",
    "layer",
    "count",
    "method",
    "objective",
    "cost_model",
    "status",
    "value",
    "bound",
    "above_bound",
    "in_mapspace",
    "zigzag_value",
    "seconds",
    "contradictions",
    "note",
)


def _csv_cells(result: CrosscheckResult, layer: LayerCheck, found: MethodRecord) -> list[object]:
    """Return the cells of a method on a layer, in the order of the columns."""
    return [
        result.network.name,
        result.accelerator.name,
        layer.name,
        layer.count,
        found.method,
        result.objective,
        result.cost_model,
        found.status,
        found.value,
        found.bound,
        found.above_bound,
        found.in_mapspace,
        found.zigzag_value,
        found.seconds,
        len(layer.contradictions),
        found.note,
    ]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"

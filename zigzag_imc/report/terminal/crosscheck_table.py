"""A crosscheck as text: tables for a terminal or in Markdown, and rows for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.report.terminal.console import table
from zigzag_imc.results.crosscheck import SOLVER, ZIGZAG, CrosscheckResult, LayerCheck, MethodRecord
from zigzag_imc.results.units import (
    CYCLES,
    ENERGY,
    Scale,
    figure,
    gap_text,
    shorten,
    unit_for,
)

_EDP: Scale = (
    (1.0, "pJ x cycles"),
    (1e3, "nJ x cycles"),
    (1e6, "uJ x cycles"),
    (1e9, "mJ x cycles"),
    (1e12, "J x cycles"),
)
_SCALES = {"energy": ENERGY, "latency": CYCLES, "edp": _EDP}
_NAME_WIDTH = 28


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Attributes
    ----------
    title
        What it shows, with the unit.
    headers
        One per column; the first column holds names, all others numbers.
    rows
        Cells as text, one per column.
    """

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def grids(result: CrosscheckResult) -> tuple[Grid, ...]:
    """Return the tables of a crosscheck.

    Costs, gaps, times, and both sides under ZigZag's scoring.
    """
    made = [_costs(result), *([_gaps(result)] if len(result.methods) > 1 else []), _times(result)]
    if result.zigzag_version is not None:
        made.append(_by_zigzag(result))
    return tuple(made)


def print_crosscheck(result: CrosscheckResult, console: Console) -> None:
    """Print the tables of a network, what they show, and notes on what is missing."""
    console.print(Text(title(result), style="bold"), soft_wrap=True)
    console.print()
    for grid in grids(result):
        console.print(Text(grid.title, style="bold"), soft_wrap=True)
        rows = table([(header, number > 0) for number, header in enumerate(grid.headers)])
        for name, *cells in grid.rows:
            shown = shorten(name, _NAME_WIDTH) if console.is_terminal else name
            rows.add_row(Text(shown), *(Text(cell) for cell in cells))
        console.print(rows)
        console.print()
    for line in summary(result):
        console.print(Text(line), soft_wrap=True)


def title(result: CrosscheckResult) -> str:
    """Return what was compared on what."""
    return f"{result.network.name} on {result.accelerator.name}"


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
    "network", "accelerator", "layer", "count", "method", "objective", "cost_model", "status",
    "value", "bound", "above_bound", "in_mapspace", "zigzag_value", "seconds", "contradictions",
    "note",
)  # fmt: skip


def _csv_cells(result: CrosscheckResult, layer: LayerCheck, found: MethodRecord) -> list[object]:
    """Return the cells of a method on a layer, in the order of the columns."""
    return [
        result.network.name, result.accelerator.name, layer.name, layer.count, found.method,
        result.objective, result.cost_model, found.status,
        found.value, found.bound, found.above_bound, found.in_mapspace, found.zigzag_value,
        found.seconds, len(layer.contradictions), found.note,
    ]  # fmt: skip


def summary(result: CrosscheckResult) -> list[str]:
    """Return what a crosscheck amounts to, one sentence a line; contradictions last."""
    proved = sum(_found(layer, SOLVER).status == "OPTIMAL" for layer in result.layers)
    lines = [
        f"{title(result)}: {proved} of {len(result.layers)} distinct layers "
        f"proved optimal in {result.objective} under the cost model {result.cost_model}; "
        f"{result.seconds:.1f} s in all",
        *(text for name, text in result.methods.items() if name != SOLVER),
    ]
    if result.stopped:
        lines.append(f"stopped: {result.stopped}")
    for method in result.methods:
        lines += _notes(result, method)
    if not result.contradictions:
        lines += _all_clear(result)
    return [*lines, *(f"CONTRADICTION: {said}" for said in result.contradictions)]


def _notes(result: CrosscheckResult, method: str) -> list[str]:
    """Return what there is to note on a method, each note once, with the layers it is about."""
    layers_of: dict[str, list[str]] = {}
    for layer in result.layers:
        note = _found(layer, method).note
        if note is not None:
            layers_of.setdefault(note, []).append(layer.name)
    return [f"{method}, {', '.join(names)}: {note}" for note, names in layers_of.items()]


def _all_clear(result: CrosscheckResult) -> list[str]:
    """Say that nothing beats a bound, and of what that cannot be said.

    Whatever was not compared with one.
    """
    bounded = [layer for layer in result.layers if _found(layer, SOLVER).bound is not None]
    others = [method for method in result.methods if method != SOLVER]
    if not bounded:
        return ["no bound was proved that anything could beat"]
    not_compared = []
    unbounded = [layer for layer in result.layers if _open(_found(layer, SOLVER))]
    if unbounded:
        not_compared.append(f"not compared, without a bound: {_names(unbounded)}")
    for method in others:
        unmapped = [layer for layer in bounded if _found(layer, method).value is None]
        if unmapped:
            names = _names(unmapped)
            not_compared.append(f"not compared, without a mapping by {method}: {names}")
    if not not_compared:
        return ["nothing beats a bound"]
    return ["nothing that was compared beats a bound", *not_compared]


def _open(found: MethodRecord) -> bool:
    """Whether a search of the solver has proved nothing."""
    return found.bound is None and found.status != "INFEASIBLE"


def _names(layers: Sequence[LayerCheck]) -> str:
    return ", ".join(_name(layer) for layer in layers)


# ------------------------------------------------------------------ tables
def _costs(result: CrosscheckResult) -> Grid:
    divisor, unit = unit_for((found.value for layer in result.layers for found in layer.methods),
                             _SCALES[result.objective])  # fmt: skip
    sums = _sums(result, lambda found: found.value)
    return Grid(
        f"{result.objective} ({unit}) by the cost model {result.cost_model}",
        ("layer", *result.methods),
        (
            *_rows(result, lambda found: figure(found.value, divisor)),
            ("all layers", *(figure(total, divisor) for total in sums)),
        ),
    )


def _gaps(result: CrosscheckResult) -> Grid:
    """How far each method is above the bound; of all layers where each has both, else nothing."""
    bounds = [_found(layer, SOLVER).bound for layer in result.layers]
    whole = sum(
        layer.count * bound
        for layer, bound in zip(result.layers, bounds, strict=True)
        if bound is not None
    )
    inside = {
        method: all(_found(layer, method).above_bound is not None for layer in result.layers)
        for method in result.methods
    }
    sums = zip(result.methods, _sums(result, lambda found: found.value), strict=True)
    totals = [
        _above((total - whole) / whole) if inside[method] and total is not None and whole else "-"
        for method, total in sums
    ]
    return Grid(
        f"{result.objective} above the proved bound",
        ("layer", *result.methods),
        (*_rows(result, _gap), ("all layers", *totals)),
    )


def _times(result: CrosscheckResult) -> Grid:
    totals = [
        sum(_found(layer, method).seconds for layer in result.layers) for method in result.methods
    ]
    return Grid(
        "seconds",
        ("layer", *result.methods),
        (
            *_rows(result, lambda found: f"{found.seconds:.2f}"),
            ("all layers", *(f"{total:.2f}" for total in totals)),
        ),
    )


def _by_zigzag(result: CrosscheckResult) -> Grid:
    """Costs of the solver's and of ZigZag's mapping by ZigZag's own cost model, and both times."""
    sides = (SOLVER, ZIGZAG)
    pairs = [[_found(layer, side) for side in sides] for layer in result.layers]
    divisor, unit = unit_for(
        (found.zigzag_value for pair in pairs for found in pair), _SCALES[result.objective]
    )

    def row(
        name: str, ours: float | None, theirs: float | None, times: Sequence[float]
    ) -> tuple[str, ...]:
        ratio = f"{theirs / ours:.3f}" if ours and theirs is not None else "-"
        return (
            name,
            figure(ours, divisor),
            figure(theirs, divisor),
            ratio,
            *(f"{time:.2f}" for time in times),
        )

    rows = [
        row(_name(layer), ours.zigzag_value, theirs.zigzag_value, (ours.seconds, theirs.seconds))
        for layer, (ours, theirs) in zip(result.layers, pairs, strict=True)
    ]
    sums = dict(zip(result.methods, _sums(result, lambda found: found.zigzag_value), strict=True))
    times = [sum(pair[side].seconds for pair in pairs) for side in (0, 1)]
    return Grid(
        f"{result.objective} by the cost model of ZigZag {result.zigzag_version}",
        (
            "layer",
            f"solver ({unit})",
            f"zigzag ({unit})",
            "zigzag / solver",
            "solver (s)",
            "zigzag (s)",
        ),
        (*rows, row("all layers", sums[SOLVER], sums[ZIGZAG], times)),
    )


def _rows(result: CrosscheckResult, cell: Callable[[MethodRecord], str]) -> list[tuple[str, ...]]:
    return [
        (_name(layer), *(cell(_found(layer, method)) for method in result.methods))
        for layer in result.layers
    ]


def _gap(found: MethodRecord) -> str:
    if found.in_mapspace is False:
        return "not covered"
    return "-" if found.above_bound is None else _above(found.above_bound)


def _above(share: float) -> str:
    """Return a relative distance as a percentage; below the resolution of a proof it is none."""
    if abs(share) <= COARSEST:
        return "0 %"
    return f"{'-' if share < 0 else ''}{gap_text(abs(share))}"


def _sums(
    result: CrosscheckResult, value: Callable[[MethodRecord], float | None]
) -> list[float | None]:
    """Sum over all layers, repeats included, per method; ``None`` where a layer has no value."""
    found = []
    for method in result.methods:
        values = [(layer.count, value(_found(layer, method))) for layer in result.layers]
        total = sum(count * one for count, one in values if one is not None)
        found.append(None if any(one is None for _, one in values) else total)
    return found


def _name(layer: LayerCheck) -> str:
    return f"{layer.name} x{layer.count}" if layer.count > 1 else layer.name


def _found(layer: LayerCheck, method: str) -> MethodRecord:
    found = layer.method(method)
    assert found is not None, "every method has a record for every layer"
    return found


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"

"""The tables of a crosscheck: costs, gaps, times, and both sides under ZigZag's scoring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.report.terminal.crosscheck_parts import counted_name, found_by
from zigzag_imc.results.crosscheck import SOLVER, ZIGZAG, CrosscheckResult, MethodRecord
from zigzag_imc.results.units import CYCLES, ENERGY, Scale, figure, gap_text, unit_for

_EDP: Scale = (
    (1.0, "pJ x cycles"),
    (1e3, "nJ x cycles"),
    (1e6, "uJ x cycles"),
    (1e9, "mJ x cycles"),
    (1e12, "J x cycles"),
)
_SCALES = {"energy": ENERGY, "latency": CYCLES, "edp": _EDP}


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


def _costs(result: CrosscheckResult) -> Grid:
    divisor, unit = unit_for(
        (found.value for layer in result.layers for found in layer.methods),
        _SCALES[result.objective],
    )
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
    bounds = [found_by(layer, SOLVER).bound for layer in result.layers]
    whole = sum(
        layer.count * bound
        for layer, bound in zip(result.layers, bounds, strict=True)
        if bound is not None
    )
    inside = {
        method: all(found_by(layer, method).above_bound is not None for layer in result.layers)
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
        sum(found_by(layer, method).seconds for layer in result.layers) for method in result.methods
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
    pairs = [[found_by(layer, side) for side in sides] for layer in result.layers]
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
        row(
            counted_name(layer),
            ours.zigzag_value,
            theirs.zigzag_value,
            (ours.seconds, theirs.seconds),
        )
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
        (counted_name(layer), *(cell(found_by(layer, method)) for method in result.methods))
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
        values = [(layer.count, value(found_by(layer, method))) for layer in result.layers]
        total = sum(count * one for count, one in values if one is not None)
        found.append(None if any(one is None for _, one in values) else total)
    return found

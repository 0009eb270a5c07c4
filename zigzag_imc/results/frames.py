"""Results as data frames of polars: layers, terms of their costs, points of their fronts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from zigzag_imc.core.errors import OptionError, nearest
from zigzag_imc.results.tables import COLUMNS, rows_of

if TYPE_CHECKING:
    from polars import DataFrame

    from zigzag_imc.results.layer_result import LayerResult

Rows = Literal["layers", "terms", "fronts"]
"""What the rows of a frame are."""

TERMS: Mapping[str, type] = {
    "layer": str,
    "count": int,
    "quantity": str,
    "part": str,
    "component": str,
    "operand": str,
    "direction": str,
    "words": float,
    "value": float,
    "unit": str,
}
"""Columns of the terms, and what they hold."""

FRONTS: Mapping[str, type] = {
    "layer": str,
    "count": int,
    "proved": bool,
    "latency_cycles": float,
    "energy_pj": float,
}
"""Columns of the fronts, and what they hold."""


def frame_of(layers: Iterable[LayerResult], rows: Rows = "layers") -> DataFrame:
    """Return layers as a data frame.

    Parameters
    ----------
    rows
        ``layers``: a row each. ``terms``: a row for every term of energy (in pJ) and latency (in
        cycles); those of a layer add up to its costs. ``fronts``: a row for every point of its
        energy-latency front.

    Raises
    ------
    OptionError
        When ``rows`` is something else.
    """
    import polars

    if rows not in _MADE:
        raise OptionError(
            f"rows: found {rows!r}, expected one of {', '.join(_MADE)}{nearest(rows, _MADE)}"
        )
    columns, make = _MADE[rows]
    types = {str: polars.String, int: polars.Int64, float: polars.Float64, bool: polars.Boolean}
    made = list(make(layers))
    return polars.DataFrame(
        {name: [row[name] for row in made] for name in columns},
        schema={name: types[kind] for name, kind in columns.items()},
    )


def _terms(layers: Iterable[LayerResult]) -> Iterator[dict[str, Any]]:
    for layer in layers:
        if layer.breakdown is None:
            continue
        for component, energy in layer.breakdown.array_energy_pj.items():
            yield _energy(layer, "array", component, energy)
        for term in layer.breakdown.memory_energy:
            of_memory = {"operand": term.operand, "direction": term.direction, "words": term.words}
            yield _energy(layer, "memory", term.memory, term.energy_pj) | of_memory
        for component, cycles in layer.breakdown.latency.model_dump().items():
            name = component.removesuffix("_cycles")
            yield _term(layer, "latency", "cycles") | {"component": name, "value": cycles}


def _energy(layer: LayerResult, part: str, component: str, energy: float) -> dict[str, Any]:
    term = _term(layer, "energy", "pJ")
    return term | {"part": part, "component": component, "value": energy}


def _term(layer: LayerResult, quantity: str, unit: str) -> dict[str, Any]:
    """Return a term of which nothing is known but its layer and quantity."""
    nothing: dict[str, Any] = dict.fromkeys(TERMS)
    return nothing | {
        "layer": layer.name,
        "count": layer.count,
        "quantity": quantity,
        "unit": unit,
    }


def _fronts(layers: Iterable[LayerResult]) -> Iterator[dict[str, Any]]:
    for layer in layers:
        for point in layer.pareto or ():
            yield {
                "layer": layer.name,
                "count": layer.count,
                "proved": layer.pareto_proved,
                "latency_cycles": point.latency_cycles,
                "energy_pj": point.energy_pj,
            }


_MADE: Mapping[
    str, tuple[Mapping[str, type], Callable[[Iterable[LayerResult]], Iterable[dict[str, Any]]]]
] = {
    "layers": (COLUMNS, rows_of),
    "terms": (TERMS, _terms),
    "fronts": (FRONTS, _fronts),
}

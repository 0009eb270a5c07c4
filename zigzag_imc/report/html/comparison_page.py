"""The page of two results side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zigzag_imc.report.html.charts import Path, Point, PointChart
from zigzag_imc.report.html.formats import FILTERS
from zigzag_imc.report.html.provenance import Source, provenance_of
from zigzag_imc.report.html.templating import render
from zigzag_imc.report.html.verdict import Verdict
from zigzag_imc.report.words import partial_text
from zigzag_imc.results.comparison import LayerComparison, QuantityRecord, compare_results
from zigzag_imc.results.result import NetworkResult

SHOWN: Mapping[str, tuple[str, str]] = {
    "energy_pj": ("energy", "energy"),
    "latency_cycles": ("latency", "cycles"),
    "delay_ns": ("delay", "time"),
    "edp_js": ("energy × delay", "joule_seconds"),
    "tclk_ns": ("clock (ns)", "short"),
    "area_mm2": ("area (mm²)", "short"),
    "utilization": ("utilization", "percent"),
}
"""What quantities are called, and how their values are written."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A quantity of both results.

    Attributes
    ----------
    name
        What it is.
    first, second
        Its values as texts.
    ratio
        The second over the first; ``None`` where that is not known.
    """

    name: str
    first: str
    second: str
    ratio: float | None

    @classmethod
    def of(cls, quantity: QuantityRecord) -> Pair:
        """Write a quantity."""
        name, form = SHOWN[quantity.name]
        show = FILTERS[form]
        return cls(name, show(quantity.first), show(quantity.second), quantity.ratio)


@dataclass(frozen=True, slots=True)
class ComparedLayer:
    """A layer of both results.

    Attributes
    ----------
    name, count, anchor
        Its name, how many are alike in both, and its row.
    pairs
        Its costs.
    differs_in
        What differs.
    nests
        Its loops in time and in space in both, as texts.
    """

    name: str
    count: int
    anchor: str
    pairs: tuple[Pair, ...]
    differs_in: tuple[str, ...]
    nests: tuple[str, str]


def comparison_page(
    first: NetworkResult, second: NetworkResult, sources: tuple[Source, Source]
) -> str:
    """Return two results side by side as a page.

    Parameters
    ----------
    first, second
        The results.
    sources
        Where they were read.
    """
    compared = compare_results(first, second)
    chart = _chart(compared.layers)
    layers = [
        _layer(number, layer, (first, second)) for number, layer in enumerate(compared.layers, 1)
    ]
    results = first, second
    return render(
        "comparison.html",
        title=f"{_named(first)} and {_named(second)}",
        compared=compared,
        totals=[Pair.of(quantity) for quantity in compared.totals],
        partial=partial_text(compared),
        verdicts=[Verdict.of(result) for result in results],
        layers=layers,
        different=len(compared.different),
        charts=(chart,),
        chart=chart,
        provenances=[
            provenance_of(result, source) for result, source in zip(results, sources, strict=True)
        ],
    )


def _named(result: NetworkResult) -> str:
    return f"{result.network.name} on {result.accelerator.name}"


def _layer(number: int, layer: LayerComparison, results: Sequence[NetworkResult]) -> ComparedLayer:
    one, other = (_nest(result, layer.name) for result in results)
    return ComparedLayer(
        layer.name,
        layer.count,
        f"row-layer-{number}",
        tuple(Pair.of(quantity) for quantity in layer.quantities),
        layer.differs_in,
        (one, other),
    )


def _nest(result: NetworkResult, name: str) -> str:
    """Return the loops of a mapping, outermost first, and what is unrolled."""
    mapping = result.record_of(name).mapping()
    if mapping is None:
        return "no mapping"
    loops = " ".join(f"{dim}{factor}" for dim, factor in reversed(mapping.temporal.loops))
    spread = "; ".join(
        f"{line}: {' '.join(f'{dim}{factor}' for dim, factor in dims)}"
        for line, dims in mapping.spatial.unrollings
    )
    return f"{loops or 'no loop'} | {spread or 'nothing in space'}"


def _chart(layers: Sequence[LayerComparison]) -> PointChart | None:
    """Return the ratios of delay and energy of all layers, around one."""
    points = []
    for number, layer in enumerate(layers, start=1):
        delay, energy = layer.quantity("delay_ns").ratio, layer.quantity("energy_pj").ratio
        if delay and energy:
            label = f"{layer.name}: {delay:.3g} × delay, {energy:.3g} × energy"
            points.append(Point(delay, energy, label, f"row-layer-{number}"))
    if not points:
        return None
    ends = [*(point.x for point in points), *(point.y for point in points), 1.0]
    low, high = min(ends), max(ends)
    return PointChart(
        "ratios",
        "Layers by what the second result takes of the first: below 1 it takes less",
        ("time of the second / first", "energy of the second / first"),
        tuple(points),
        lines=(
            Path("as much time", [(1.0, low), (1.0, high)]),
            Path("as much energy", [(low, 1.0), (high, 1.0)]),
        ),
    )

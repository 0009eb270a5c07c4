"""Energy-latency fronts of layers, as charts."""

from __future__ import annotations

from zigzag_imc.report.html.charts import Path, Point, PointChart, stairs
from zigzag_imc.results.result import LayerResult
from zigzag_imc.results.tables import factors_text
from zigzag_imc.results.units import CYCLES, ENERGY, costs_text, unit_for


def front_chart(record: LayerResult, anchor: str) -> PointChart | None:
    """Return the front of a layer as a chart; ``None`` where there is none.

    Every point leads to its row ``<anchor>-front-<number>``, from 1 on.
    """
    found = record.pareto or ()
    energy, energy_unit = unit_for((one.energy_pj for one in found), ENERGY)
    cycles, cycles_unit = unit_for((one.latency_cycles for one in found), CYCLES)
    points = tuple(
        Point(
            one.latency_cycles / cycles,
            one.energy_pj / energy,
            costs_text(one.energy_pj, one.latency_cycles),
            f"{anchor}-front-{number}",
        )
        for number, one in enumerate(found, start=1)
    )
    if not points:
        return None
    return PointChart(
        f"{anchor}-front",
        f"Front of {record.name}: no mapping has less of both"
        + ("" if record.pareto_proved else ", as far as was searched"),
        (f"latency ({cycles_unit})", f"energy ({energy_unit})"),
        points,
        lines=(Path("front", stairs(points)),) if len(points) > 1 else (),
    )


def unrolled(record: LayerResult, number: int) -> str:
    """Return what a point of a front unrolls on which dimension of the array."""
    point = (record.pareto or ())[number - 1]
    return "  ".join(f"{dim}: {factors_text(dims)}" for dim, dims in point.spatial.items()) or "–"

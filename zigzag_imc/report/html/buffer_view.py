"""The least energy of a layer against the size of its largest memory on chip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.explain.buffer_curve import BufferCurve, Stretch
from zigzag_imc.report.html.charts import Path, Point, PointChart
from zigzag_imc.results.units import BITS, ENERGY, percent, unit_for, with_unit

At = Callable[[float, float], tuple[float, float]]
"""From bits and pJ to the units of a chart."""


@dataclass(frozen=True, slots=True)
class BufferView:
    """A curve as a chart, with what it says.

    Attributes
    ----------
    curve, chart
        The curve, and its chart; each point leads to a row ``<anchor>-size-<number>``, from 1 on.
    sentences
        What it says of the size as it is.
    more
        Per stretch, what it costs above the least known, as a share of that.
    """

    curve: BufferCurve
    chart: PointChart
    sentences: tuple[str, ...]
    more: tuple[float, ...]


def buffer_view(curve: BufferCurve, anchor: str) -> BufferView | None:
    """Draw a curve; ``None`` where nothing of it is known."""
    if not curve.stretches:
        return None
    least = curve.stretches[-1].energy_pj
    more = tuple(one.energy_pj / least - 1 if least else 0.0 for one in curve.stretches)
    return BufferView(curve, _chart(curve, anchor), tuple(_sentences(curve)), more)


def _chart(curve: BufferCurve, anchor: str) -> PointChart:
    bits, size_unit = unit_for([curve.own_bits], BITS)
    pj, energy_unit = unit_for((one.energy_pj for one in curve.stretches), ENERGY)

    def at(size_bits: float, energy_pj: float) -> tuple[float, float]:
        return size_bits / bits, energy_pj / pj

    points = [
        Point(
            *at(one.fits_bits, one.energy_pj),
            f"from {with_unit(one.fits_bits, BITS)} on {with_unit(one.energy_pj, ENERGY)}",
            f"{anchor}-size-{number}",
        )
        for number, one in enumerate(curve.stretches, start=1)
    ]
    own = Point(
        *at(curve.own_bits, curve.own_energy_pj), "as it is", f"{anchor}-size-{_own(curve) + 1}", 1
    )
    known = [
        Path(
            "the least energy", [at(one.fits_bits, one.energy_pj), at(one.size_bits, one.energy_pj)]
        )
        for one in curve.stretches
    ]
    gaps = [Path("between these", _corners(at, *pair), is_dashed=True) for pair in curve.gaps]
    return PointChart(
        f"{anchor}-size",
        f"The least energy against the size of {curve.memory}; in dashed boxes it is not searched",
        (f"size of {curve.memory} ({size_unit})", f"least energy ({energy_unit})"),
        (*points, own),
        groups=("a mapping found", "the mapping as it is"),
        lines=(*known, *gaps),
    )


def _corners(at: At, small: Stretch, large: Stretch) -> list[tuple[float, float]]:
    """Return the corners of what may be between two stretches."""
    left, right = small.size_bits, large.fits_bits
    high, low = small.energy_pj, large.energy_pj
    round_it = [(left, high), (right, high), (right, low), (left, low), (left, high)]
    return [at(*corner) for corner in round_it]


def _own(curve: BufferCurve) -> int:
    """Return the number of the stretch that says most of the size as it is."""
    below = [n for n, one in enumerate(curve.stretches) if one.fits_bits <= curve.own_bits]
    return below[-1] if below else 0


def _sentences(curve: BufferCurve) -> list[str]:
    """Say what more and what less room would change."""
    stretches, own = curve.stretches, curve.stretches[_own(curve)]
    last = stretches[-1]
    memory, size = curve.memory, with_unit(curve.own_bits, BITS)
    said = []
    if last.energy_pj < own.energy_pj * (1 - COARSEST):
        saved = percent(1 - last.energy_pj / own.energy_pj)
        most = with_unit(last.fits_bits, BITS)
        said.append(f"With {most} instead of {size} in {memory} it could take {saved} less energy.")
    elif own.fits_bits < curve.own_bits:
        enough = with_unit(own.fits_bits, BITS)
        said.append(
            f"More than {size} in {memory} would save this layer no energy; {enough} would do."
        )
    else:
        said.append(f"More than {size} in {memory} would save this layer no energy.")
    if curve.own_energy_pj > own.energy_pj * (1 + COARSEST):
        more = percent(curve.own_energy_pj / own.energy_pj - 1)
        said.append(f"Its mapping is not one of least energy: it takes {more} more.")
    if any(one.status != "OPTIMAL" for one in stretches):
        said.append("Limits ended some of the searches: there, less energy may be possible.")
    return said

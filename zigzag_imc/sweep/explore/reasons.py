"""Why one accelerator is better than another, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from zigzag_imc.sweep.explore.record import PointResult
from zigzag_imc.sweep.quantities import ENERGIES

_TOLD = 0.01
"""Part of the whole energy that a difference of one of its parts has to be, to be told."""


def reasons(best: PointResult | None, other: PointResult | None) -> tuple[str, ...]:
    """Say how the best differs from the runner-up, and what that changes."""
    return () if best is None or other is None else tuple(_reasons(best, other))


def _reasons(best: PointResult, other: PointResult) -> Iterator[str]:
    own, its = best.parameters, other.parameters
    names = [name for name in {**own, **its} if own.get(name) != its.get(name)]
    changed = ", ".join(
        f"{name.rpartition('.')[2]} {own.get(name, '-')} instead of {its.get(name, '-')}"
        for name in names
    )
    yield f"against the runner-up {other.accelerator}: {changed or 'another accelerator'}"
    yield f"energy {_change(best.energy_pj, other.energy_pj)}{_parts(best, other)}"
    cycles = (
        best.compute_cycles + best.stall_cycles + best.loading_cycles,
        other.compute_cycles + other.stall_cycles + other.loading_cycles,
    )
    yield (
        f"delay {_change(best.delay_ns, other.delay_ns)}: clock "
        f"{_change(best.tclk_ns, other.tclk_ns)}, cycles {_change(*cycles)}, utilization "
        f"{100 * best.utilization:.1f} % and {100 * other.utilization:.1f} %"
    )
    yield f"area {_change(best.area_mm2, other.area_mm2)}"


def _parts(best: PointResult, other: PointResult) -> str:
    """Name the parts whose energy changes most; all changes add up to that of the whole."""
    differences = {
        name: (best.energies_pj[name] - other.energies_pj[name]) / other.energy_pj
        for name in ENERGIES
    }
    told = sorted(
        (name for name in ENERGIES if abs(differences[name]) >= _TOLD),
        key=lambda name: -abs(differences[name]),
    )
    parts = (
        f"{name.removesuffix('_pj').replace('_', ' ')} {100 * differences[name]:+.1f} %"
        for name in told[:3]
    )
    said = ", ".join(parts)
    return f", of which {said}" if said else ""


def _change(mine: float, its: float) -> str:
    """Say how much less or more something is."""
    if its == 0:
        return "as before" if mine == 0 else "more"
    return f"{100 * (mine / its - 1):+.1f} %"

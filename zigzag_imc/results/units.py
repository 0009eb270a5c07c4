"""Numbers in units a person can read.

One unit per column, so that its figures compare at a glance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Scale = Sequence[tuple[float, str]]

ENERGY: Scale = ((1.0, "pJ"), (1e3, "nJ"), (1e6, "uJ"), (1e9, "mJ"), (1e12, "J"))
"""From picojoules."""

CYCLES: Scale = ((1.0, "cycles"), (1e3, "kcycles"), (1e6, "Mcycles"), (1e9, "Gcycles"))
"""From clock cycles."""

TIME: Scale = ((1.0, "ns"), (1e3, "us"), (1e6, "ms"), (1e9, "s"))
"""From nanoseconds."""

BITS: Scale = (
    (1.0, "bit"),
    (8.0, "B"),
    (8.0 * 1024, "KiB"),
    (8.0 * 1024**2, "MiB"),
    (8.0 * 1024**3, "GiB"),
)
"""From bits."""


def unit_for(values: Iterable[float | None], scale: Scale) -> tuple[float, str]:
    """Return the divisor and name of the largest unit in which the largest value is at least 1."""
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    return max((unit for unit in scale if unit[0] <= largest), default=scale[0])


def figure(value: float | None, divisor: float = 1.0, digits: int = 4) -> str:
    """Return a number with four significant digits, never in scientific notation.

    ``-`` for none.
    """
    if value is None:
        return "-"
    scaled = value / divisor
    if scaled == 0:
        return "0"
    whole = len(str(int(abs(scaled)))) if abs(scaled) >= 1 else 0
    decimals = max(0, digits - whole)
    text = f"{scaled:.{decimals}f}"
    return text if float(text) else f"{scaled:.1e}"


def with_unit(value: float, scale: Scale) -> str:
    """Return a number with its best unit, such as ``12.3 uJ``."""
    divisor, name = unit_for([value], scale)
    text = figure(value, divisor)
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {name}"


def percent(share: float | None) -> str:
    """Return a share as a percentage with one digit after the point; ``-`` for none."""
    return "-" if share is None else f"{100 * share:.1f} %"


def gap_text(gap: float) -> str:
    """Return a relative gap as a percentage that is never rounded to nothing."""
    text = f"{100 * gap:.2f}"
    return f"{text} %" if float(text) else f"{100 * gap:.0e} %"


def counted(count: int, noun: str) -> str:
    """Return ``1 layer``, ``2 layers``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def sized(dim: str, size: int) -> str:
    """Return a loop with its size, such as ``K64``, or ``D0=64`` behind a digit."""
    return f"{dim}={size}" if dim[-1:].isdigit() else f"{dim}{size}"


def costs_text(energy_pj: float | None, latency_cycles: float | None) -> str:
    """Return energy and latency in units a person can read."""
    if energy_pj is None or latency_cycles is None:
        return "no mapping"
    return f"{with_unit(energy_pj, ENERGY)}, {with_unit(latency_cycles, CYCLES)}"

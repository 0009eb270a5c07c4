"""Make the table of CACTI's results that ships with the tool, and measure interpolation between.

CACTI's licence speaks against shipping the program; a table of its results is another thing. The
extra ``zigzag`` brings a program that runs on Linux, ``--cacti PATH`` takes another.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/sram_table.py make`` (some 25
minutes of one core) and then ``... check``, whose table is part of ``docs/providers.md``.
"""

from __future__ import annotations

import argparse
import csv
import random
import statistics
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

from zigzag_imc.models.hardware.costs.cacti import Cacti
from zigzag_imc.models.hardware.costs.sram import (
    LEAST_BYTES,
    LEAST_NODE_NM,
    LEAST_WIDTH,
    MOST_BYTES,
    MOST_NODE_NM,
    MOST_WIDTH,
    SramCost,
    SramModel,
    SramPorts,
    SramShape,
)
from zigzag_imc.models.hardware.costs.sram_table import COLUMNS, TABLE, SramTable

NODES_NM = (22.0, 28.0, 32.0, 45.0, 65.0, 90.0)
"""CACTI's own nodes, between which it interpolates its constants, and 28 nm."""

PORTS = ("1rw", "1r1w")
QUANTITIES = ("read_pj", "write_pj", "area_mm2", "access_ns")
COSTS = QUANTITIES[:3]
WIDE_BITS = 128
DIGITS = 6

_HOME = Path("models") / "hardware" / "costs" / TABLE


class Miss(NamedTuple):
    """How far interpolation is from CACTI at one point.

    Attributes
    ----------
    shape
        What was asked.
    ratios
        Interpolated over CACTI's, by quantity.
    """

    shape: SramShape
    ratios: dict[str, float]

    @property
    def worst(self) -> float:
        """Largest relative error of energies and area."""
        return max(abs(self.ratios[quantity] - 1) for quantity in COSTS)


def powers_of_two(least: int, most: int) -> list[int]:
    """List the powers of two between two of them."""
    return [2**power for power in range(least.bit_length() - 1, most.bit_length())]


def grid() -> Iterator[SramShape]:
    """Yield all points of the table."""
    sizes, widths = powers_of_two(LEAST_BYTES, MOST_BYTES), powers_of_two(LEAST_WIDTH, MOST_WIDTH)
    for ports, node, size, width in product(PORTS, NODES_NM, sizes, widths):
        yield SramShape(size, width, node, SramPorts.of(ports))


def make(cacti: SramModel, path: Path, shapes: Iterable[SramShape]) -> None:
    """Write the table, a line for each point with a solution, in the order of the shapes.

    Lines that are there already, perhaps of a run that was stopped, are not asked for again.
    """
    known = {tuple(row[:4]): row for row in _rows(path)}
    unfinished = path.with_suffix(".part")
    known |= {tuple(row[:4]): row for row in _rows(unfinished)}
    with unfinished.open("w", encoding="ascii") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows([COLUMNS, *known.values()])
        rows = []
        for shape in shapes:
            row = known.get(_key(shape))
            if row is None:
                row = _asked(cacti, shape)
                writer.writerows([] if row is None else [row])
                out.flush()
            rows.append(row)
    with path.open("w", encoding="ascii") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows([COLUMNS, *filter(None, rows)])
    unfinished.unlink()


def _rows(path: Path) -> list[list[str]]:
    """Return the whole lines of a table, none where there is no file."""
    if not path.exists():
        return []
    with path.open(encoding="ascii", newline="") as file:
        return [row for row in csv.reader(file) if len(row) == len(COLUMNS)][1:]


def _key(shape: SramShape) -> tuple[str, ...]:
    """Return a point as the table writes it."""
    return (
        f"{shape.node_nm:g}",
        str(shape.ports),
        f"{shape.size_bytes:.0f}",
        str(shape.width_bits),
    )


def _asked(cacti: SramModel, shape: SramShape) -> list[str] | None:
    """Return the line of a point, as CACTI answers; ``None`` where there is no solution."""
    cost = cacti.cost(shape)
    if cost is None:
        return None
    return [*_key(shape), *(f"{value:.{DIGITS}g}" for value in _values(cost))]


def between(count: int, seed: int) -> Iterator[SramShape]:
    """Yield shapes anywhere between the points, evenly by the logarithms."""
    rng = random.Random(seed)
    for _ in range(count):
        yield SramShape(
            size_bytes=round(_log_uniform(rng, LEAST_BYTES, MOST_BYTES)),
            width_bits=round(_log_uniform(rng, LEAST_WIDTH, MOST_WIDTH)),
            node_nm=round(_log_uniform(rng, LEAST_NODE_NM, MOST_NODE_NM)),
            ports=SramPorts.of(rng.choice(PORTS)),
        )


def check(cacti: SramModel, table: SramModel, count: int, seed: int) -> list[Miss]:
    """Compare at random points at which both know a cost."""
    misses = []
    for shape in between(count, seed):
        told, asked = table.cost(shape), cacti.cost(shape)
        if told is not None and asked is not None:
            pairs = zip(QUANTITIES, _values(told), _values(asked), strict=True)
            misses.append(Miss(shape, {name: one / other for name, one, other in pairs}))
    return misses


def report(misses: Sequence[Miss]) -> Iterator[str]:
    """Yield the lines of a table of errors, and the worst points of even widths.

    Of words of an odd number of bits CACTI has figures of their own kind; see docs/providers.md.
    """
    yield "| where | points | median | nine of ten | worst |"
    yield "| --- | --: | --: | --: | --: |"
    even = [miss for miss in misses if miss.shape.width_bits % 2 == 0]
    odd = [miss for miss in misses if miss.shape.width_bits % 2]
    for quantity in QUANTITIES:
        yield _row(quantity, [abs(miss.ratios[quantity] - 1) for miss in misses])
    narrow = [miss for miss in even if miss.shape.width_bits <= WIDE_BITS]
    wide = [miss for miss in even if miss.shape.width_bits > WIDE_BITS]
    parts = {
        "even widths": even,
        f"of them up to {WIDE_BITS} bits": narrow,
        f"of them above {WIDE_BITS} bits": wide,
        "odd widths": odd,
    }
    for label, some in parts.items():
        if some:
            yield _row(label, [abs(one.ratios[name] - 1) for one in some for name in COSTS])
    yield ""
    for miss in sorted(even, key=lambda one: one.worst, reverse=True)[:5]:
        ratios = ", ".join(f"{name} x {ratio:.2f}" for name, ratio in miss.ratios.items())
        yield f"- {miss.shape}: {ratios}"


def _row(label: str, errors: Sequence[float]) -> str:
    most = sorted(errors)[int(0.9 * (len(errors) - 1))]
    figures = (statistics.median(errors), most, max(errors))
    return f"| {label} | {len(errors)} | {' | '.join(f'{one:.1%}' for one in figures)} |"


def _values(cost: SramCost) -> list[float]:
    return [getattr(cost, quantity) for quantity in QUANTITIES]


def _log_uniform(rng: random.Random, least: float, most: float) -> float:
    return float(least * (most / least) ** rng.random())


def main() -> None:
    """Make or check the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=("make", "check"))
    parser.add_argument("--cacti", type=Path, help="CACTI's program; default: that of the extra")
    parser.add_argument("--out", type=Path, default=_HOME)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    cacti = Cacti(asked.cacti) if asked.cacti else Cacti.installed()
    if cacti is None:
        sys.exit("no CACTI: install the extra zigzag, or give --cacti PATH")
    if asked.task == "make":
        make(cacti, asked.out, grid())
    else:
        table = SramTable.read(asked.out.read_text(encoding="ascii"))
        print("\n".join(report(check(cacti, table, asked.points, asked.seed))))


if __name__ == "__main__":
    main()

"""What tiles that need not divide gain, and how long they take to be proved.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/short_tiles.py --records
short_tiles.jsonl``. Both spaces have diagonals. What was searched is kept in the file of records,
so that a run may be cut short (``--until``) and resumed; tables show what is known then, and are
written between their marks in ``docs/short-tiles.md`` with ``--write``.

``--laws`` looks at matrix products below 200, 512, 1024 and 2048 rows: one row less never needs
more energy, no optimum is above that among divisors, and latency and energy-delay product of one
row less are hardly larger. Exit code 1 where that is not so.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import get_args

from benchmarks.kept_searches import Kept, KeptSearches, OutOfTime
from zigzag_imc import matmul_layer
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import Space
from zigzag_imc.onnx_workload import load_network

ACCELERATORS = ("aimc", "dimc")
NETWORKS = ("resnet18", "mobilenetv2", "vit_tiny")
TOKENS = (1, 100, 777, 2047)
ODD_ROWS = (197, 509, 1021, 2047)
PAGE = Path(__file__).parents[1] / "docs" / "short-tiles.md"
LAW_ROWS = (200, 512, 1024, 2048)
BELOW = 16
"""Rows below each of those of the laws that are looked at."""

WIDTH, HIDDEN = 768, 3072
"""Width of the decoder block, and of its hidden layer."""

CHANNELS = ((WIDTH, HIDDEN), (HIDDEN, WIDTH))
"""Output and input channels of the matrix products."""

LARGER = {"energy": 1e-9, "latency": 1e-3, "edp": 1e-3}
"""Relative excess over one row more up to which a law holds: energies by rounding alone."""

DIVISORS, ANY = Space("divisors", diagonals=True), Space("any-outermost", diagonals=True)


# ------------------------------------------------------------------ what is mapped
def decoder_block(tokens: int) -> dict[Layer, int]:
    """Layers of one block over some tokens at once, with how often each comes.

    Projections, the hidden layers, and the products of 12 heads.
    """
    heads, depth = 12, WIDTH // 12
    return {
        _dense("projection", tokens, WIDTH, WIDTH): 4,
        _dense("up", tokens, HIDDEN, WIDTH): 1,
        _dense("down", tokens, WIDTH, HIDDEN): 1,
        _dense("scores", tokens, tokens, depth): heads,
        _dense("values", tokens, depth, tokens): heads,
    }


def _dense(name: str, rows: int, out_channels: int, in_channels: int) -> Layer:
    return matmul_layer(name, rows=rows, out_channels=out_channels, in_channels=in_channels)


def workloads() -> Iterator[tuple[str, dict[Layer, int]]]:
    """Yield what the gains are shown of: layers, with how often each comes."""
    for name in NETWORKS:
        yield name, {group.layer: group.count for group in load_network(name).groups()}
    for tokens in TOKENS:
        yield f"decoder block, {tokens} token{'s' * (tokens > 1)}", decoder_block(tokens)


# ------------------------------------------------------------------ both spaces
@dataclass(frozen=True)
class Total:
    """What the layers of a workload come to in one space.

    Attributes
    ----------
    value, bound
        Sum of the objective over all layers, and of what is proved of it: pJ, cycles, or pJ x
        cycles.
    proved, layers
        Distinct layers that are proved optimal, and all.
    seconds
        On one core.
    """

    value: float
    bound: float
    proved: int
    layers: int
    seconds: float

    @classmethod
    def of(cls, found: list[tuple[Kept, int]]) -> Total:
        """Add up layers, each with how often it comes."""
        return cls(
            value=sum(one.value * count for one, count in found),
            bound=sum(one.value * (1 - one.gap) * count for one, count in found),
            proved=sum(one.status == "OPTIMAL" for one, _ in found),
            layers=len(found),
            seconds=sum(one.seconds for one, _ in found),
        )

    @property
    def told_gap(self) -> str:
        """By how much less the sum could be."""
        return "0" if self.proved == self.layers else f"{1 - self.bound / self.value:.2%}"


def gain_rows(searches: KeptSearches, objectives: list[Objective]) -> Iterator[str]:
    """Lines of a table: what workloads gain."""
    yield "| workload | accelerator | objective | gain | proved | gap | seconds | of divisors |"
    yield "| --- | --- | --- | --: | --: | --: | --: | --: |"
    for (workload, layers), preset, objective in product(workloads(), ACCELERATORS, objectives):
        with suppress(OutOfTime):
            known, found = (
                Total.of(
                    [
                        (
                            searches.search(
                                f"{workload}/{one.name}", one, preset, objective, space
                            ),
                            n,
                        )
                        for one, n in layers.items()
                    ]
                )
                for space in (DIVISORS, ANY)
            )
            yield (
                f"| {workload} | {preset} | {objective} | {1 - found.value / known.value:.2%} "
                f"| {found.proved} of {found.layers} | {found.told_gap} "
                f"| {found.seconds:.1f} | {known.seconds:.1f} |"
            )


def odd_rows(searches: KeptSearches, objectives: list[Objective]) -> Iterator[str]:
    """Lines of a table: matrix products with few divisors."""
    yield "| rows | K | C | accelerator | objective | gain | status | gap | seconds |"
    yield "| --: | --: | --: | --- | --- | --: | --- | --: | --: |"
    for rows, channels, preset, objective in product(ODD_ROWS, CHANNELS, ACCELERATORS, objectives):
        with suppress(OutOfTime):
            known, found = _both(searches, (rows, *channels), preset, objective)
            yield (
                f"| {rows} | {channels[0]} | {channels[1]} | {preset} | {objective} "
                f"| {1 - found.value / known.value:.2%} | {found.status} | {found.gap:.1e} "
                f"| {found.seconds:.1f} |"
            )


def _both(
    searches: KeptSearches, sizes: tuple[int, int, int], preset: str, objective: Objective
) -> tuple[Kept, Kept]:
    """Map a matrix product among divisors, and among tiles of any sizes."""
    name, layer = "x".join(map(str, sizes)), _dense("x", *sizes)
    known, found = (
        searches.search(name, layer, preset, objective, space) for space in (DIVISORS, ANY)
    )
    return known, found


# ------------------------------------------------------------------ laws
@dataclass(frozen=True)
class Below:
    """Matrix products of some rows and a few less, which laws are about.

    Attributes
    ----------
    sizes
        The largest of them.
    preset, objective
        Onto what, and what is minimised.
    """

    sizes: tuple[int, int, int]
    preset: str
    objective: Objective

    def told(self, rows: int) -> str:
        """Name one of the products."""
        _, out_channels, in_channels = self.sizes
        return f"{rows} rows, K {out_channels}, C {in_channels}, {self.preset}, {self.objective}"

    def excesses(self, searches: KeptSearches) -> tuple[list[Kept], dict[int, float], float]:
        """Return all optima, the excess of each over one row more, and the most over divisors."""
        most, *channels = self.sizes
        pairs = {
            rows: _both(searches, (rows, *channels), self.preset, self.objective)
            for rows in range(most - BELOW, most + 1)
        }
        over_divisors = max(found.value / known.value - 1 for known, found in pairs.values())
        over_next = {
            rows: pairs[rows][1].value / pairs[rows + 1][1].value - 1
            for rows in range(most - BELOW, most)
        }
        return [found for _, found in pairs.values()], over_next, over_divisors


def all_below(objectives: list[Objective], rows: list[int]) -> Iterator[Below]:
    """Yield all groups of products that the laws are about."""
    for most, channels, preset, objective in product(rows, CHANNELS, ACCELERATORS, objectives):
        yield Below((most, *channels), preset, objective)


def law_rows(searches: KeptSearches, groups: Iterator[Below], broken: list[str]) -> Iterator[str]:
    """Lines of a table: how far the laws hold; what breaks one is added to ``broken``."""
    yield "| rows | K | C | accelerator | objective | proved | over one row more | over divisors |"
    yield "| --: | --: | --: | --- | --- | --: | --: | --: |"
    for group in groups:
        most, *channels = group.sizes
        with suppress(OutOfTime):
            optima, over_next, over_divisors = group.excesses(searches)
            proved = sum(one.status == "OPTIMAL" for one in optima)
            yield (
                f"| {most - BELOW} to {most} | {channels[0]} | {channels[1]} | {group.preset} "
                f"| {group.objective} | {proved} of {len(optima)} "
                f"| {max(over_next.values()):.1e} | {over_divisors:.1e} |"
            )
            if over_divisors > LARGER["energy"]:
                broken.append(f"{group.told(most)} and less: {over_divisors:.1e} above divisors")
            broken += [
                f"{group.told(rows)}: {excess:.2e} above one row more"
                for rows, excess in over_next.items()
                if excess > LARGER[group.objective]
            ]


# ------------------------------------------------------------------ the page
def main() -> int:
    """Make the tables; with ``--laws``, see whether these hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=Path, help="file of what was searched before")
    parser.add_argument("--write", action="store_true", help=f"write the tables into {PAGE.name}")
    parser.add_argument("--time-limit", type=float, default=120.0, help="seconds a search")
    parser.add_argument("--until", type=float, default=float("inf"), help="seconds of all")
    parser.add_argument("--objectives", nargs="*", default=list(get_args(Objective)))
    parser.add_argument("--rows", nargs="*", type=int, default=list(LAW_ROWS), help="of laws")
    parser.add_argument("--laws", action="store_true", help="the laws in place of the gains")
    parser.add_argument("--only", choices=["products", "workloads"], help="one of the tables")
    asked = parser.parse_args()
    searches = KeptSearches(asked.time_limit, asked.records, asked.until)
    broken: list[str] = []
    tables: dict[str, Iterator[str]] = {
        "laws": law_rows(searches, all_below(asked.objectives, asked.rows), broken),
        "products": odd_rows(searches, asked.objectives),
        "workloads": gain_rows(searches, asked.objectives),
    }
    wanted = ["laws"] if asked.laws else [asked.only] if asked.only else ["products", "workloads"]
    for name in wanted:
        lines = list(_shown(tables[name]))
        if asked.write:
            write_table(PAGE, name, lines)
    print(*broken, sep="\n", file=sys.stderr)
    return int(bool(broken))


def write_table(page: Path, name: str, lines: list[str]) -> None:
    """Put a table between its marks in a page."""
    begin, end = f"<!-- BEGIN table: {name} -->", "<!-- END table -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    table = "\n".join((begin, "", *lines, "", end))
    page.write_text(pattern.sub(lambda _: table, page.read_text()))


def _shown(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        print(line, flush=True)
        yield line


if __name__ == "__main__":
    sys.exit(main())

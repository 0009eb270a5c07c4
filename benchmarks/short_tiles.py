"""What tiles that need not divide gain, and how long they take to be proved.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/short_tiles.py --output
docs/short-tiles.md``. Both spaces have diagonals. ``--laws`` instead checks that one row less never
needs more energy, and that no optimum is above that among divisors, below 200, 512, 1024 and 2048
rows; exit code 1 where that is not so.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import Space
from zigzag_imc.models.profile import IMC
from zigzag_imc.onnx_workload import load_network
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions, Solution

ACCELERATORS = ("aimc", "dimc")
NETWORKS = ("resnet18", "mobilenetv2", "vit_tiny")
TOKENS = (1, 100, 777, 2047)
ODD_ROWS = (197, 509, 1021, 2047)
LAW_ROWS = (200, 512, 1024, 2048)
BELOW = 16
"""Rows below each of those of the laws that are looked at."""

WIDTH, HIDDEN = 768, 3072
"""Width of the decoder block, and of its hidden layer."""

LARGER = 1e-9
"""Relative excess of an energy that only rounding explains."""

DIVISORS, ANY = Space("divisors", diagonals=True), Space("any-outermost", diagonals=True)


def cpu_seconds() -> float:
    """Seconds of this process on a core."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


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
        yield f"decoder block, {tokens} tokens", decoder_block(tokens)


# ------------------------------------------------------------------ both spaces
@dataclass(frozen=True)
class Total:
    """What the layers of a workload come to in one space.

    Attributes
    ----------
    value
        Sum of the objective over all layers: pJ, cycles, or pJ x cycles.
    proved, layers
        Distinct layers that are proved optimal, and all.
    seconds
        On one core.
    """

    value: float
    proved: int
    layers: int
    seconds: float


def searched(
    layer: Layer, accelerator: Accelerator, objective: Objective, space: Space, limit_s: float
) -> Solution:
    """Search one layer."""
    options = SearchOptions(space=space, time_limit_s=limit_s)
    return solve(layer, accelerator, IMC, objective, options)


def total(
    layers: dict[Layer, int],
    accelerator: Accelerator,
    objective: Objective,
    space: Space,
    limit_s: float,
) -> Total:
    """Search every distinct layer of a workload."""
    started, value, proved = cpu_seconds(), 0.0, 0
    for layer, count in layers.items():
        found = searched(layer, accelerator, objective, space, limit_s)
        proved += found.status == "OPTIMAL"
        value += count * (found.objective_value or 0.0)
    return Total(value, proved, len(layers), cpu_seconds() - started)


def gain_rows(limit_s: float, objectives: list[Objective]) -> Iterator[str]:
    """Lines of a table: what workloads gain."""
    yield "| workload | accelerator | objective | gain | proved | seconds | divisors: seconds |"
    yield "| --- | --- | --- | --: | --: | --: | --: |"
    for name, layers in workloads():
        for preset in ACCELERATORS:
            accelerator = load_accelerator(preset)
            for objective in objectives:
                known = total(layers, accelerator, objective, DIVISORS, limit_s)
                found = total(layers, accelerator, objective, ANY, limit_s)
                yield (
                    f"| {name} | {preset} | {objective} | {1 - found.value / known.value:.2%} "
                    f"| {found.proved} of {found.layers} | {found.seconds:.1f} "
                    f"| {known.seconds:.1f} |"
                )


def odd_rows(limit_s: float, objectives: list[Objective]) -> Iterator[str]:
    """Lines of a table: matrix products with few divisors."""
    yield "| rows | K | C | accelerator | objective | gain | status | gap | seconds |"
    yield "| --: | --: | --: | --- | --- | --: | --- | --: | --: |"
    for rows in ODD_ROWS:
        for out_channels, in_channels in ((WIDTH, HIDDEN), (HIDDEN, WIDTH)):
            layer = _dense("x", rows, out_channels, in_channels)
            for preset in ACCELERATORS:
                accelerator = load_accelerator(preset)
                for objective in objectives:
                    known = searched(layer, accelerator, objective, DIVISORS, limit_s)
                    started = cpu_seconds()
                    found = searched(layer, accelerator, objective, ANY, limit_s)
                    seconds = cpu_seconds() - started
                    gain = 1 - (found.objective_value or 0.0) / (known.objective_value or 1.0)
                    yield (
                        f"| {rows} | {out_channels} | {in_channels} | {preset} | {objective} "
                        f"| {gain:.2%} | {found.status} | {found.gap:.1e} | {seconds:.1f} |"
                    )


# ------------------------------------------------------------------ laws
def broken_laws(limit_s: float) -> Iterator[str]:
    """Yield what is not as it should be: of energies below sizes with many divisors."""
    for most in LAW_ROWS:
        for out_channels, in_channels in ((WIDTH, HIDDEN), (HIDDEN, WIDTH)):
            for preset in ACCELERATORS:
                yield from _broken_below(most, (out_channels, in_channels), preset, limit_s)


def _broken_below(
    most: int, channels: tuple[int, int], preset: str, limit_s: float
) -> Iterator[str]:
    accelerator = load_accelerator(preset)
    above: float | None = None
    for rows in range(most, most - BELOW - 1, -1):
        layer = _dense("x", rows, *channels)
        found = searched(layer, accelerator, "energy", ANY, limit_s)
        known = searched(layer, accelerator, "energy", DIVISORS, limit_s)
        said = f"{rows} rows, K {channels[0]}, C {channels[1]}, {preset}"
        print(said, found.status, found.objective_value, file=sys.stderr)
        if found.status != "OPTIMAL":
            yield f"{said}: {found.status}, gap {found.gap}"
        value = found.objective_value or 0.0
        if known.objective_value is not None and value > known.objective_value * (1 + LARGER):
            yield f"{said}: {value} is above {known.objective_value} among divisors"
        if above is not None and value > above * (1 + LARGER):
            yield f"{said}: {value} is above {above} of one row more"
        above = value


# ------------------------------------------------------------------ the page
INTRODUCTION = """# What tiles that need not divide gain

Made by `benchmarks/short_tiles.py`. [Tiles of any size](proof.md#tiles-of-any-size) against tiles
that divide, both with
diagonals, under the cost model `imc`. *Gain* is by how much less the objective is, summed over all
layers; *seconds* are
those of one core.
"""


def main() -> int:
    """Write the page, or check the laws."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--time-limit", type=float, default=120.0, help="seconds a layer")
    parser.add_argument("--objectives", nargs="*", default=list(get_args(Objective)))
    parser.add_argument("--laws", action="store_true")
    parser.add_argument("--only", choices=["products", "workloads"], help="one of the tables")
    arguments = parser.parse_args()
    if arguments.laws:
        broken = list(broken_laws(arguments.time_limit))
        print(*broken, sep="\n")
        return int(bool(broken))
    lines = [INTRODUCTION]
    if arguments.only != "workloads":
        lines += ["## Matrix products with few divisors\n"]
        lines += _shown(odd_rows(arguments.time_limit, arguments.objectives))
    if arguments.only != "products":
        lines += ["\n## Networks and a decoder block\n"]
        lines += _shown(gain_rows(arguments.time_limit, arguments.objectives))
    if arguments.output is not None:
        arguments.output.write_text("\n".join(lines) + "\n")
    return 0


def _shown(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        print(line, flush=True)
        yield line


if __name__ == "__main__":
    sys.exit(main())

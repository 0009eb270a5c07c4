"""How long whole networks take, how far they are proved, and what ZigZag makes of them.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/networks.py --output
benchmarks/README.md``, which puts its two sections in place of those of the page. The accelerators
are ZigZag's own ``aimc.yaml`` and ``dimc.yaml``, from its wheel. Its search is the one of
`against_zigzag.py`; with ``--skip-zigzag`` it is left out.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import get_args

from benchmarks import growth
from benchmarks.against_zigzag import Row, compare
from benchmarks.measured import measured
from tests.oracle import reference_hardware
from tests.spaces import dividing
from zigzag_imc.core.objective import Objective
from zigzag_imc.library.mapping import map_network
from zigzag_imc.models.profile import profile_named
from zigzag_imc.onnx_workload import load_network
from zigzag_imc.solver.solution import SearchOptions
from zigzag_imc.zigzag_bridge.search import ZigzagSearch

NETWORKS = ("resnet18", "resnet8", "ds_cnn", "deep_autoencoder")
ACCELERATORS = ("aimc", "dimc")
PROFILES = ("imc", "zigzag")
JOBS = 2

FIRST, NEXT = "## Whole networks", "## Several macros"
"""Headings of the first section of the page that this script writes, and of the first behind."""


@dataclass(frozen=True, slots=True)
class Versus:
    """ZigZag's search against ours over the distinct layers of a network.

    Both are scored by ZigZag's cost model.
    """

    rows: tuple[Row, ...]

    @property
    def times_longer(self) -> float:
        """Seconds of ZigZag's searches over seconds of ours, each layer on one core."""
        theirs = sum(row.theirs.seconds for row in self.rows if row.theirs)
        return theirs / sum(row.ours.seconds for row in self.rows)

    @property
    def times_worse(self) -> float:
        """Sum of the objective over all layers of the network, ZigZag's over ours."""
        both = [row for row in self.rows if row.ratio is not None]
        theirs = sum(
            row.theirs.value * row.group.count for row in both if row.theirs and row.theirs.value
        )
        return theirs / sum(row.ours.value * row.group.count for row in both if row.ours.value)

    @property
    def ours_worse(self) -> int:
        """Layers for which ZigZag found a cheaper mapping."""
        return sum(row.worse for row in self.rows)

    @property
    def compared(self) -> int:
        """Layers for which both found a mapping that ZigZag can score."""
        return sum(row.ratio is not None for row in self.rows)


def versus(network: str, accelerator: str, objective: Objective, options: SearchOptions) -> Versus:
    """Run both searches for every distinct layer, two layers at a time."""
    path = reference_hardware(accelerator)
    one = partial(
        compare,
        accelerator_text=path.read_text(),
        path=path,
        objective=objective,
        options=options,
        effort=ZigzagSearch(),
    )
    with ProcessPoolExecutor(JOBS) as pool:
        return Versus(tuple(pool.map(one, load_network(network).groups())))


def network_rows(
    networks: list[str], objectives: list[Objective], time_limit: float, skip_zigzag: bool
) -> Iterator[tuple[str, int]]:
    """Lines of a Markdown table.

    Each has the number of layers for which ZigZag found a cheaper mapping.
    """
    yield (
        (
            "| network | accelerator | objective | cost model | seconds | layers proved | exact "
            "scores | largest gap "
            "| ZigZag's time / ours | ZigZag's result / ours | layers worse than ZigZag's |"
        ),
        0,
    )
    yield "| --- | --- | --- | --- | --: | --: | --: | --: | --: | --: | --: |", 0
    for network in networks:
        for accelerator in ACCELERATORS:
            for objective in objectives:
                for profile in PROFILES:
                    start = time.perf_counter()
                    result = map_network(
                        network,
                        str(reference_hardware(accelerator)),
                        objective=objective,
                        cost_model=profile,
                        space=dividing(profile_named(profile)),
                        time_limit=time_limit,
                        jobs=JOBS,
                    )
                    seconds = time.perf_counter() - start
                    proved = sum(layer.status == "OPTIMAL" for layer in result.layers)
                    scores = sum(
                        layer.certificate.exact_scores
                        for layer in result.layers
                        if layer.certificate
                    )
                    gap = max((layer.gap or 0.0) for layer in result.layers)
                    theirs, worse = "– | – | –", 0
                    if profile == "zigzag" and not skip_zigzag:
                        both = versus(
                            network, accelerator, objective, SearchOptions(time_limit_s=time_limit)
                        )
                        worse = both.ours_worse
                        theirs = (
                            f"{both.times_longer:.1f} | {both.times_worse:.3f} | {worse} "
                            f"of {both.compared}"
                        )
                    yield (
                        (
                            f"| {network} | {accelerator} | {objective} | {profile} | "
                            f"{seconds:.1f} "
                            f"| {proved} of {len(result.layers)} | {scores} | {gap:.1e} | "
                            f"{theirs} |"
                        ),
                        worse,
                    )


def shown(lines: Iterator[str]) -> list[str]:
    """Print lines as they come, and keep them."""
    kept = []
    for line in lines:
        kept.append(line)
        print(line, flush=True)
    return kept


def sections_of(
    table: Sequence[str], longer: Sequence[str], memory_mb: float, time_limit: float
) -> str:
    """Return both sections, with what the tables mean."""
    versions = f"OR-tools {version('ortools')}, zigzag-dse {version('zigzag-dse')}"
    lines, more_lines = "\n".join(table), "\n".join(longer)
    return f"""{FIRST}

Made by `benchmarks/networks.py` {measured()}, on {os.cpu_count()} cores,
Python {platform.python_version()}, {versions}. At most {time_limit:g} s a layer.

Each network is mapped onto ZigZag's own `aimc.yaml` and `dimc.yaml`, its distinct layers two at a
time. ZigZag's search (LOMA, six loop factors, three spatial mappings) takes the same layers, and
its own cost model scores both mappings, so it is compared under the cost model `zigzag` only. Its
time is the sum over the layers on one core each, over ours measured in the same way; its result is
the objective summed over all layers of the network, over ours. The largest process, ZigZag's among
them, took {memory_mb:.0f} MB. *Exact scores* is how many mappings the cost model scored, of all
layers; *largest gap* is the relative distance of a layer's value from its proved bound.

{lines}

## From 6 to 40 prime factors

One layer on the preset `dimc` under the cost model `imc`, on one core: how the time to a proof
grows with the number of prime factors of the loop sizes. `mapspace` is the number of mappings,
legal or not; `D` stands for the rows of a matrix product, whose `C` and `K` are input and output
channels.

{more_lines}

"""


def with_sections(page: str, sections: str) -> str:
    """Return a page with other sections in the place of those of this script."""
    before, first, rest = page.partition(FIRST)
    _, following, after = rest.partition(NEXT)
    if not (first and following):
        raise SystemExit(f"expected a page with {FIRST!r} and, behind it, {NEXT!r}")
    return before + sections + following + after


def main() -> int:
    """Run the benchmark and write its sections of the page.

    The exit status is 1 where ZigZag found a cheaper mapping.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--networks", nargs="*", default=list(NETWORKS))
    parser.add_argument(
        "--objectives", nargs="*", choices=get_args(Objective), default=["energy", "latency", "edp"]
    )
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds per layer")
    parser.add_argument("--skip-zigzag", action="store_true", help="only search here")
    parser.add_argument("--output", type=Path, help="page whose sections are replaced")
    options = parser.parse_args()
    worse = 0

    def counted() -> Iterator[str]:
        nonlocal worse
        for line, here in network_rows(
            options.networks, options.objectives, options.time_limit, options.skip_zigzag
        ):
            worse += here
            yield line

    table = shown(counted())
    memory = (
        max(
            resource.getrusage(who).ru_maxrss
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        / 1024
    )
    longer = shown(growth.rows("dimc", options.time_limit))
    if options.output:
        sections = sections_of(table, longer, memory, options.time_limit)
        page = options.output.read_text(encoding="utf-8")
        options.output.write_text(with_sections(page, sections), encoding="utf-8")
    return int(worse > 0)


if __name__ == "__main__":
    sys.exit(main())

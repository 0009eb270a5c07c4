"""How long whole commands take, beside an older version of the tool.

That one knows no diagonals, and only tiles that divide.

Both versions map each network by turns, one search after the other, imports included; of several
runs the one with the least processor time counts. Run from the project's folder with a checkout
of the older version: ``PYTHONPATH=. python benchmarks/before.py CHECKOUT``. Its table is part of
``benchmarks/README.md``.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, get_args

from zigzag_imc.core.objective import Objective

NETWORKS = ("resnet18", "mobilenetv2", "vit_tiny", "resnet8", "ds_cnn", "deep_autoencoder")
PRESETS = ("aimc", "dimc")


class Taken(NamedTuple):
    """What a command took.

    Attributes
    ----------
    cpu_s, wall_s
        Seconds of the processor, all threads together, and by the clock.
    """

    cpu_s: float
    wall_s: float


def run(checkout: Path, arguments: Sequence[str]) -> Taken:
    """Run the tool of a checkout."""
    surroundings = {**os.environ, "PYTHONPATH": str(checkout)}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)  # imports count as they do for users
    command = [sys.executable, "-m", "zigzag_imc", *arguments]
    before, started = _children_cpu_s(), time.perf_counter()
    subprocess.run(command, cwd=checkout, env=surroundings, check=True, stdout=subprocess.DEVNULL)
    return Taken(_children_cpu_s() - before, time.perf_counter() - started)


def _children_cpu_s() -> float:
    """Seconds of the processor of all processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def by_turns(old: Path, new: Path, arguments: Sequence[str], repeats: int) -> tuple[Taken, Taken]:
    """Run both versions by turns, and return the quickest run of each."""
    plain = (*arguments, "--no-diagonals", "--divisors-only")
    runs = [(run(old, arguments), run(new, plain)) for _ in range(repeats)]
    before, now = zip(*runs, strict=True)
    return min(before), min(now)


def rows(
    old: Path,
    networks: Sequence[str],
    presets: Sequence[str],
    objectives: Sequence[Objective],
    repeats: int,
) -> Iterator[str]:
    """Yield the lines of a Markdown table, one per network, preset and objective."""
    yield "| network | preset | objective | before (s) | now (s) | ratio | ratio by the clock |"
    yield "| --- | --- | --- | --: | --: | --: | --: |"
    here = Path.cwd()
    for network in networks:
        for preset in presets:
            for objective in objectives:
                arguments = ["map", network, "-a", preset, "--objective", objective, "--jobs", "1"]
                before, now = by_turns(old, here, arguments, repeats)
                yield (
                    f"| {network} | {preset} | {objective} | {before.cpu_s:.2f} | {now.cpu_s:.2f} "
                    f"| {now.cpu_s / before.cpu_s:.2f} | {now.wall_s / before.wall_s:.2f} |"
                )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("checkout", type=Path, help="folder of the older version")
    parser.add_argument("--network", nargs="*", default=NETWORKS)
    parser.add_argument("--preset", nargs="*", default=PRESETS)
    parser.add_argument("--objective", nargs="*", default=get_args(Objective))
    parser.add_argument("--repeats", type=int, default=3, help="runs of each version")
    options = parser.parse_args()
    old = options.checkout.resolve()
    for line in rows(old, options.network, options.preset, options.objective, options.repeats):
        print(line, flush=True)


if __name__ == "__main__":
    main()

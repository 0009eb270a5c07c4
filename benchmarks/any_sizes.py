"""How long whole networks take, and how far they are proved, where tiles need not divide.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/any_sizes.py --records
any_sizes.jsonl``. Every network that ships with the tool is mapped onto both presets under every
objective by the command that a user types, one layer at a time, in a process of its own. What was
measured is kept in the file of records, so that a run may be cut short and resumed; the table shows
what is known then, and is written between its marks in ``docs/short-tiles.md`` with ``--write``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import get_args

from benchmarks.short_tiles import ACCELERATORS, PAGE, write_table
from zigzag_imc.core.objective import Objective
from zigzag_imc.onnx_workload import NETWORKS

KIB_PER_MB = 1024


@dataclass(frozen=True)
class Measured:
    """One command.

    Attributes
    ----------
    network, accelerator, objective
        What was mapped onto what, and what was minimised.
    seconds
        Of the processor, all of the command, ties and imports among them.
    memory_mb
        The largest size of its process.
    layers, proved
        Distinct layers, and how many of them are proved.
    gaps
        Of the others, by name.
    """

    network: str
    accelerator: str
    objective: str
    seconds: float
    memory_mb: float
    layers: int
    proved: int
    gaps: dict[str, float | None]

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells commands apart."""
        return self.network, self.accelerator, self.objective

    @property
    def told_open(self) -> str:
        """Layers that are not proved, with their gaps."""
        told = (
            f"{name} {'?' if gap is None else format(gap, '.2%')}"
            for name, gap in self.gaps.items()
        )
        return ", ".join(told) or "–"


def measured(network: str, accelerator: str, objective: str, options: list[str]) -> Measured:
    """Map a network in a process of its own, and see what that took."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "result.json"
        command = [sys.executable, "-m", "zigzag_imc", "map", network, "-a", accelerator]
        command += ["--objective", objective, "--jobs", "1", "-o", str(file), *options]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, used = os.wait4(process.pid, 0)
        layers = json.loads(file.read_text())["layers"]
    gaps = {one["name"]: one["gap"] for one in layers if one["status"] != "OPTIMAL"}
    return Measured(
        network,
        accelerator,
        objective,
        seconds=round(used.ru_utime + used.ru_stime, 2),
        memory_mb=round(used.ru_maxrss / KIB_PER_MB),
        layers=len(layers),
        proved=len(layers) - len(gaps),
        gaps=gaps,
    )


class Records:
    """What was measured, in a file with a line each.

    Parameters
    ----------
    path
        The file; kept in memory alone where left out.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        lines = path.read_text().splitlines() if path is not None and path.exists() else []
        known = (Measured(**json.loads(line)) for line in lines)
        self.known = {one.key: one for one in known}

    def add(self, one: Measured) -> None:
        """Keep a command."""
        self.known[one.key] = one
        if self._path is not None:
            with self._path.open("a") as file:
                file.write(json.dumps(asdict(one)) + "\n")


def rows(known: Iterable[Measured]) -> Iterator[str]:
    """Lines of the table."""
    yield "| network | accelerator | objective | CPU seconds | MB | proved | gaps of the others |"
    yield "| --- | --- | --- | --: | --: | --: | --- |"
    for one in known:
        yield (
            f"| {one.network} | {one.accelerator} | {one.objective} | {one.seconds:.1f} "
            f"| {one.memory_mb:.0f} | {one.proved} of {one.layers} | {one.told_open} |"
        )


def main() -> None:
    """Measure what is not known yet, and show the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=Path, help="file of what was measured before")
    parser.add_argument("--write", action="store_true", help=f"write the table into {PAGE.name}")
    parser.add_argument("--networks", nargs="*", default=list(NETWORKS))
    parser.add_argument("--accelerators", nargs="*", default=list(ACCELERATORS))
    parser.add_argument("--objectives", nargs="*", default=list(get_args(Objective)))
    parser.add_argument("--time-limit", default="120", help="seconds a layer")
    parser.add_argument("--only-known", action="store_true", help="measure nothing")
    asked = parser.parse_args()
    records = Records(asked.records)
    options = ["--tile-sizes", "any-outermost", "--time-limit", asked.time_limit]
    wanted = list(product(asked.networks, asked.accelerators, asked.objectives))
    for key in wanted:
        if key not in records.known and not asked.only_known:
            records.add(measured(*key, options))
            print(records.known[key], file=sys.stderr, flush=True)
    lines = list(rows(records.known[key] for key in wanted if key in records.known))
    print(*lines, sep="\n")
    if asked.write:
        write_table(PAGE, "networks", lines)


if __name__ == "__main__":
    main()

"""Compare two versions of the tool: are their result files the same, and how long does each take.

    python benchmarks/same_results.py BEFORE AFTER [--networks ds_cnn …] [--rounds 9]

``BEFORE`` and ``AFTER`` are Python interpreters of environments in which a version is installed, or
checkouts, which this interpreter runs. Both map every network onto every accelerator under every
objective. Their result files must be equal in all but times and versions, to the last digit; each
difference is printed with its path, and the script then ends with 1.

With several rounds, the runs of both versions take turns, and the median over the rounds of
*time of AFTER / time of BEFORE* is printed, per objective and in all: of whole commands by the
clock on the wall, and of the searches alone as the result files tell them.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

NETWORKS = ("resnet18", "mobilenetv2", "vit_tiny", "ds_cnn", "resnet8")
ACCELERATORS = ("aimc", "dimc")
OBJECTIVES = ("energy", "latency", "edp")
NOT_COMPARED = frozenset(("seconds", "solve_seconds", "versions"))
"""Keys of results that may differ from run to run, or from version to version."""


class NoResultError(Exception):
    """A version that could not be run, and what it said."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the tool that can be run.

    Attributes
    ----------
    place
        Its interpreter or checkout, as the user names it.
    python
        The interpreter that runs it.
    search_path
        Where the interpreter finds it; ``None`` where it is installed.
    """

    place: str
    python: str
    search_path: str | None

    @classmethod
    def at(cls, place: str) -> Version:
        """Return the version in a checkout, or that of an interpreter.

        Raises
        ------
        NoResultError
            When a folder holds no checkout; a version installed elsewhere would run instead.
        """
        if Path(place).is_dir():
            if not Path(place, "zigzag_imc", "__main__.py").is_file():
                raise NoResultError(f"{place}: holds no checkout of the tool")
            return cls(place, sys.executable, str(Path(place).resolve()))
        # Not resolved: the interpreter of an environment is a link to one outside.
        return cls(place, os.path.abspath(shutil.which(place) or place), None)

    def environment(self) -> dict[str, str]:
        """Return the environment variables under which it runs."""
        others = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return others if self.search_path is None else {**others, "PYTHONPATH": self.search_path}


@dataclass(frozen=True, slots=True)
class Case:
    """What is mapped onto what.

    Attributes
    ----------
    network, accelerator
        A shipped network or a model file, a preset or an accelerator file.
    objective
        ``energy``, ``latency`` or ``edp``.
    """

    network: str
    accelerator: str
    objective: str

    def __str__(self) -> str:
        return f"{self.network} on {self.accelerator}, {self.objective}"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one version.

    Attributes
    ----------
    result
        Content of the result file.
    wall_s
        Seconds that the whole command took.
    search_s
        Seconds that the searches of its distinct layers took, added up.
    """

    result: dict[str, Any]
    wall_s: float
    search_s: float


def run(version: Version, case: Case, jobs: int) -> Run:
    """Map a network with a version of the tool.

    Raises
    ------
    NoResultError
        When it ends with an error.
    """
    with tempfile.TemporaryDirectory() as folder:  # where no checkout is found by accident
        output = Path(folder, "result.json")
        command = (
            version.python,
            "-m",
            "zigzag_imc",
            "map",
            case.network,
            "-a",
            case.accelerator,
            "--objective",
            case.objective,
            "--tile-sizes",
            "divisors",
            "--jobs",
            str(jobs),
            "--quiet",
            "--out",
            str(output),
        )
        begun = time.perf_counter()
        ended = subprocess.run(
            command,
            cwd=folder,
            env=version.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        wall_s = time.perf_counter() - begun
        if ended.returncode != 0:
            said = ended.stderr.strip().splitlines() or [f"exit status {ended.returncode}"]
            raise NoResultError(f"{version.place}: {case}: {said[-1]}")
        result = json.loads(output.read_text(encoding="utf-8"))
    search_s = sum(layer["solve_seconds"] for layer in result["layers"])
    return Run(result, wall_s, search_s)


def differences(before: object, after: object, path: str = "") -> Iterator[str]:
    """Yield where two results differ, a path and both values each."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in (*before, *(key for key in after if key not in before)):
            inside = f"{path}.{key}".removeprefix(".")
            if key in NOT_COMPARED:
                continue
            if key not in before or key not in after:
                yield f"{inside}: only {'before' if key in before else 'after'}"
            else:
                yield from differences(before[key], after[key], inside)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif type(before) is not type(after) or before != after:  # 1 and 1.0 are written differently
        yield f"{path}: {_shown(before)} -> {_shown(after)}"


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


@dataclass(frozen=True, slots=True)
class Turn:
    """Both versions on one case.

    Attributes
    ----------
    case
        What they mapped.
    before, after
        Their runs.
    """

    case: Case
    before: Run
    after: Run


def take_turns(
    versions: tuple[Version, Version], cases: Sequence[Case], rounds: int, jobs: int
) -> Iterator[list[Turn]]:
    """Yield the runs of every round; which version goes first changes from round to round."""
    before, after = versions
    for number in range(rounds):
        turns = []
        for case in cases:
            order = (before, after) if number % 2 == 0 else (after, before)
            runs = {version: run(version, case, jobs) for version in order}
            turns.append(Turn(case, runs[before], runs[after]))
        yield turns


def time_ratios(rounds: Iterable[Sequence[Turn]], objective: str | None) -> tuple[float, float]:
    """Return the median ratios of the times of whole commands, and of the searches alone.

    Of the cases with an objective, or of all.
    """
    walls, searches = [], []
    for turns in rounds:
        counted = [turn for turn in turns if objective in (None, turn.case.objective)]
        walls.append(
            sum(turn.after.wall_s for turn in counted) / sum(turn.before.wall_s for turn in counted)
        )
        searches.append(
            sum(turn.after.search_s for turn in counted)
            / sum(turn.before.search_s for turn in counted)
        )
    return median(walls), median(searches)


def time_table(rounds: Sequence[Sequence[Turn]], objectives: Iterable[str]) -> Iterator[str]:
    """Yield the table of the ratios of times."""
    yield f"time after / before, median of {len(rounds)} rounds"
    yield f"{'':<10} {'command':>8} {'searches':>8}"
    for objective in (*objectives, None):
        wall, search = time_ratios(rounds, objective)
        yield f"{objective or 'all':<10} {wall:>8.3f} {search:>8.3f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print, and return 1 where anything differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("before", help="interpreter or checkout of the one version")
    parser.add_argument("after", help="interpreter or checkout of the other")
    parser.add_argument("--networks", nargs="+", default=NETWORKS, metavar="NETWORK")
    parser.add_argument("--accelerators", nargs="+", default=ACCELERATORS, metavar="A")
    parser.add_argument("--objectives", nargs="+", default=OBJECTIVES, choices=OBJECTIVES)
    parser.add_argument("--rounds", type=int, default=1, help="runs of each version; 1 by default")
    parser.add_argument("--jobs", type=int, default=1, help="layers side by side; 1 by default")
    options = parser.parse_args(arguments)
    if options.rounds < 1 or options.jobs < 1:
        parser.error("--rounds and --jobs are at least 1")

    cases = [
        Case(*chosen)
        for chosen in product(options.networks, options.accelerators, options.objectives)
    ]
    rounds: list[list[Turn]] = []
    found: dict[str, None] = {}
    try:
        versions = (Version.at(options.before), Version.at(options.after))
        for turns in take_turns(versions, cases, options.rounds, options.jobs):
            rounds.append(turns)
            for turn in turns:
                for difference in differences(turn.before.result, turn.after.result):
                    found.setdefault(f"{turn.case}: {difference}")
    except NoResultError as error:
        print(error, file=sys.stderr)
        return 1
    for line in found:
        print(line)
    print(f"{len(cases)} results compared, {len(found)} differences")
    if options.rounds > 1:
        print(*time_table(rounds, options.objectives), sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

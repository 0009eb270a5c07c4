"""Thousands of wrong files and arguments: each has to end soon, with one clear line.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/fuzz.py --cases 10000``. A case
changes an accelerator, a model, a result, a mapping or the arguments, and runs a command on it in a
fork of this process. Its exit code has to be 0, 1 or 2, with one line that says what is wrong where
it is not 0; it may take ten seconds of a core and a gigabyte, and never shows a traceback.

``--jobs N`` runs as many cases side by side. ``--case N`` runs one case, prints what it prints, and
keeps its files in ``--keep FOLDER``. Needs Linux. Exit code 1 where anything is wrong.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shlex
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.cases import case
from tests.fuzz.running import prepare, problems, run

START = 100_000
"""First case by default; the tests use other ones."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run cases and say what is wrong with them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cases", type=int, default=2000, metavar="N", help="how many")
    parser.add_argument("--start", type=int, default=START, metavar="N", help="the first one")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="cases side by side")
    parser.add_argument("--case", type=int, metavar="N", help="this one alone, in full")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="files of the one case")
    given = parser.parse_args(arguments)
    if given.case is not None:
        prepare()
        return _one(given.case, given.keep)
    return _many(range(given.start, given.start + given.cases), given.jobs)


def _one(number: int, keep: Path | None) -> int:
    drawn = case(number)
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        for name, content in drawn.files.items():
            (keep / name).write_bytes(content)
    ended = run(drawn)
    print(shlex.join(drawn.arguments), f"exit code {ended.code}", sep="\n")
    print(ended.stdout, ended.stderr, sep="\n")
    wrong = list(problems(ended))
    print(*wrong, sep="\n")
    return bool(wrong)


@dataclass(frozen=True, slots=True)
class _Told:
    """What there is to say of a case that ran."""

    code: int
    cpu_s: float
    peak_bytes: int
    wrong: tuple[str, ...]


def _tell(number: int) -> _Told:
    """Run a case."""
    drawn = case(number)
    ended = run(drawn)
    command = shlex.join(drawn.arguments)[:200]
    wrong = tuple(f"case {number}: {problem}: {command!r}" for problem in problems(ended))
    return _Told(ended.code, ended.cpu_s, ended.peak_bytes, wrong)


def _all(numbers: Sequence[int], jobs: int) -> Iterator[_Told]:
    """Run all cases, in their order where they run side by side, too."""
    if jobs == 1:
        prepare()
        yield from map(_tell, numbers)
        return
    # Cases are forks of the workers, which therefore must be no forks of a process with threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=prepare) as workers:
        yield from workers.map(_tell, numbers, chunksize=10)


def _many(numbers: Sequence[int], jobs: int) -> int:
    started = time.monotonic()
    codes: Counter[int] = Counter()
    wrong = 0
    slowest, largest = 0.0, 0
    for done, told in enumerate(_all(numbers, jobs), start=1):
        codes[told.code] += 1
        slowest, largest = max(slowest, told.cpu_s), max(largest, told.peak_bytes)
        wrong += len(told.wrong)
        for line in told.wrong:
            print(line, flush=True)
        if done % 500 == 0:
            print(f"{done} cases, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    ends = ", ".join(f"{count} x {code}" for code, count in sorted(codes.items()))
    print(f"{len(numbers)} cases in {time.monotonic() - started:.0f} s; exit codes: {ends}")
    print(f"slowest {slowest:.1f} s, largest {largest / 1e6:.0f} MB, {wrong} things wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

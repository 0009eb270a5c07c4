"""Thousands of wrong files and arguments: each has to end soon, with one clear line.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/fuzz.py --cases 10000``. A case
changes an accelerator, a model, a result, a mapping or the arguments, and runs a command on it in a
fork of this process. Its exit code has to be 0, 1 or 2, with one line that says what is wrong where
it is not 0; it may take ten seconds of a core and a gigabyte, and never shows a traceback.

``--case N`` runs one case, prints what it prints, and keeps its files in ``--keep FOLDER``. Needs
Linux. Exit code 1 where anything is wrong.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections import Counter
from collections.abc import Sequence
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
    parser.add_argument("--case", type=int, metavar="N", help="this one alone, in full")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="files of the one case")
    given = parser.parse_args(arguments)
    prepare()
    if given.case is not None:
        return _one(given.case, given.keep)
    return _many(range(given.start, given.start + given.cases))


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


def _many(numbers: Sequence[int]) -> int:
    started = time.monotonic()
    codes: Counter[int] = Counter()
    wrong = 0
    slowest, largest = 0.0, 0
    for done, number in enumerate(numbers, start=1):
        drawn = case(number)
        ended = run(drawn)
        codes[ended.code] += 1
        slowest, largest = max(slowest, ended.cpu_s), max(largest, ended.peak_bytes)
        for problem in problems(ended):
            wrong += 1
            print(f"case {number}: {problem}: {shlex.join(drawn.arguments)[:200]!r}", flush=True)
        if done % 500 == 0:
            print(f"{done} cases, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    told = ", ".join(f"{count} x {code}" for code, count in sorted(codes.items()))
    print(f"{len(numbers)} cases in {time.monotonic() - started:.0f} s; exit codes: {told}")
    print(f"slowest {slowest:.1f} s, largest {largest / 1e6:.0f} MB, {wrong} things wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

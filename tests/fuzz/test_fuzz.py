"""A hundred wrong inputs: each ends soon, with one clear line.

``benchmarks/fuzz.py`` runs thousands.
"""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.cases import case
from tests.fuzz.running import CPU_S, Ended, problems

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of processes are Linux's")

ROOT = Path(__file__).parents[2]


def test_wrong_inputs_end_soon_with_one_line() -> None:
    """In a process of its own: forks of one that has threads may wait for each other."""
    command = [sys.executable, "-m", "benchmarks.fuzz", "--cases", "100", "--start", "0"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("100 cases in ")


def test_the_same_number_draws_the_same_case() -> None:
    assert [case(number) for number in range(40)] == [case(number) for number in range(40)]
    kinds = {shlex.join(case(number).arguments[:1]) for number in range(200)}
    assert kinds > {"map", "evaluate", "layers", "verify", "explain", "export"}


GOOD = Ended(0, "a table\n", "notice: said\n", 10**8, 0.1)


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (Ended(2 << 8, "", "error: wrong\n", 0, 0.0), []),
        (Ended(1 << 8, "", "error: differs\n", 0, 0.0), []),
        (GOOD, []),
        (Ended(3 << 8, "", "", 0, 0.0), ["exit code 3"]),
        (Ended(signal.SIGSEGV, "", "", 0, 0.0), ["exit code -11"]),
        (Ended(signal.SIGXCPU, "", "", 0, 0.0), [f"takes more than {CPU_S} s"]),
        (Ended(0, "", "", 2 * 10**9, 0.0), ["takes 2000 MB"]),
        (Ended(2 << 8, "", "", 0, 0.0), ["0 errors with exit code 2"]),
        (Ended(2 << 8, "", "error: a\nerror: b\n", 0, 0.0), ["2 errors with exit code 2"]),
        (Ended(0, "", "error: a\n", 0, 0.0), ["1 errors with exit code 0"]),
        (Ended(0, "", "RuntimeWarning: x\n", 0, 0.0), ["on stderr: RuntimeWarning: x"]),
        (
            Ended(2 << 8, "", f"error: {'x' * 500}\n", 0, 0.0),
            ["a line of 507 characters on stderr"],
        ),
        (
            Ended(1 << 8, "", "Traceback (most recent call last):\nKeyError: 1\n", 0, 0.0),
            ["traceback: KeyError: 1"],
        ),
    ],
)
def test_what_is_wrong_is_seen(ended: Ended, said: list[str]) -> None:
    assert list(problems(ended)) == said

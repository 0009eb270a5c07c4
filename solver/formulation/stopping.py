"""Stopping: a budget watched while CP-SAT runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ortools.sat.python import cp_model

from zigzag_imc.core.budget import Budget

POLL_SECONDS = 0.1
"""Seconds between two looks at the budget during a solve."""


@contextmanager
def stopped_by(budget: Budget, solver: cp_model.CpSolver) -> Iterator[None]:
    """Look at the budget while the solver runs, and stop it when that is over."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(POLL_SECONDS):
            if budget.is_over():
                solver.stop_search()
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()

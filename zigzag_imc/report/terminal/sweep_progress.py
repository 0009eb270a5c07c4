"""The progress bar on stderr while a sweep runs: points a second, and the time that is left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from zigzag_imc.sweep.running import Counts, ProgressCallback

_SECONDS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


def points_bar(console: Console) -> Progress:
    """Return a bar that counts points."""
    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("points"),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
    )


@contextmanager
def sweep_progress(quiet: bool) -> Iterator[ProgressCallback | None]:
    """Show a bar on a terminal.

    Yields the callback that moves it, ``None`` where nobody watches.
    """
    console = Console(stderr=True, highlight=False, emoji=False)
    if quiet or not console.is_terminal:
        yield None
        return
    bar = points_bar(console)
    started = time.monotonic()
    with bar:
        task = bar.add_task("reading", total=None)

        def show(counts: Counts) -> None:
            said = pace(counts, time.monotonic() - started)
            total = max(counts.total, counts.expected)
            bar.update(task, total=total, completed=counts.done, description=said)

        yield show


def pace(counts: Counts, seconds: float) -> str:
    """Say how many points are solved a second, how long the rest takes, and what failed."""
    rate = counts.solved / seconds if seconds > 0 else 0.0
    said = [f"{rate:.3g}/s"]
    # Of the points that are left, as many will be known already as of those that are done.
    left = max(counts.total, counts.expected) - counts.done
    if counts.done and rate:
        said.append(f"{duration(left * counts.solved / counts.done / rate)} left")
    if counts.failed:
        said.append(f"{counts.failed} failed")
    return ", ".join(said)


def duration(seconds: float) -> str:
    """Return a time in its two largest units, such as ``2 h 5 min``."""
    whole = max(0, round(seconds))
    parts: list[str] = []
    for unit, size in _SECONDS:
        count, whole = divmod(whole, size)
        if count or parts:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"

"""The progress bar on stderr while searches run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

from zigzag_imc.results.labels import labels

if TYPE_CHECKING:
    from rich.progress import Progress

    from zigzag_imc.runs import run


@contextmanager
def progress_bar(quiet: bool) -> Iterator[run.ProgressCallback | None]:
    """Show a bar on a terminal.

    Yields the callback that moves it, ``None`` where nobody watches.
    """
    console = Console(stderr=True, highlight=False, emoji=False)
    if quiet or not console.is_terminal:
        yield None
        return
    running: dict[str, None] = {}
    with _bar(console) as bar:
        task = bar.add_task("reading", total=None)

        def show(news: run.Progress) -> None:
            if news.status is None:
                running[news.layer] = None
            else:
                running.pop(news.layer, None)
            names = ", ".join(labels(list(running), 24)[:2])
            more = f" +{len(running) - 2}" if len(running) > 2 else ""
            bar.update(task, total=news.total, completed=news.done, description=f"{names}{more}")

        yield show


def _bar(console: Console) -> Progress:
    """Return a bar that leaves nothing behind."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
    )

"""The progress bar on stderr while searches run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

from zigzag_imc.results.labels import labels

if TYPE_CHECKING:
    from zigzag_imc.runs import run

LONG_S = 20.0
"""Seconds after which a search is said to take long."""


@contextmanager
def progress_bar(quiet: bool, advice: str = "") -> Iterator[run.ProgressCallback | None]:
    """Show a bar on a terminal.

    Yields the callback that moves it, ``None`` where nobody watches. The advice is shown while a
    search takes long.
    """
    console = Console(stderr=True, highlight=False, emoji=False)
    if quiet or not console.is_terminal:
        yield None
        return
    from zigzag_imc.report.terminal.bar import bar_of

    running = Running(advice)
    with bar_of(running, console) as bar:
        task = bar.add_task("", total=None)

        def show(news: run.Progress) -> None:
            running.hear(news)
            bar.update(task, total=news.total, completed=news.done)

        yield show


class Running:
    """What is being searched, since when.

    Parameters
    ----------
    advice
        What to do when a search takes long.
    clock
        Returns the time in seconds.
    """

    def __init__(self, advice: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self._advice, self._clock = advice, clock
        self._since: dict[str, float] = {}
        self._has_begun = False

    def hear(self, news: run.Progress) -> None:
        """Take note that a search has started or ended."""
        self._has_begun = True
        if news.status is None:
            self._since[news.layer] = self._clock()
        else:
            self._since.pop(news.layer, None)

    def told(self) -> str:
        """Name the two searches that have been running for longest, with their seconds."""
        if not self._has_begun:
            return "reading"
        now, running = self._clock(), self._since.copy()  # the bar is drawn by another thread
        took = [now - since for since in running.values()]
        named = zip(labels(list(running), 24), took, strict=True)
        shown = [f"{name} {int(seconds)} s" if seconds >= 1 else name for name, seconds in named]
        more = [f"+{len(shown) - 2}"] if len(shown) > 2 else []
        text = " ".join([", ".join(shown[:2]), *more])
        is_long = any(seconds >= LONG_S for seconds in took)
        return f"{text}; {self._advice}" if is_long and self._advice else text

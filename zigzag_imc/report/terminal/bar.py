"""The bar that tells how far a command has come; loaded where somebody watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TimeElapsedColumn,
)
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

    from zigzag_imc.report.terminal.progress import Running


def bar_of(running: Running, console: Console) -> Progress:
    """Return a bar that names what is being searched, and leaves nothing behind."""
    columns = (BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), _RunningColumn(running))
    return Progress(*columns, console=console, transient=True)


class _RunningColumn(ProgressColumn):
    """What is being searched, written anew with every picture of the bar."""

    def __init__(self, running: Running) -> None:
        super().__init__()
        self._running = running

    def render(self, task: Task) -> Text:
        return Text(self._running.told())

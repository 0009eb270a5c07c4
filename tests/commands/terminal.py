"""The tool as a person sees it in a terminal: in a process of its own that Ctrl-C reaches."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_S = 120.0
"""Longest wait for what has to come; far longer than it takes on a busy machine."""


class Terminal:
    """A terminal in which the tool runs, with a progress bar on stderr.

    Attributes
    ----------
    process
        The tool; what it starts belongs to its group.
    text
        All that was shown so far.
    """

    def __init__(self, arguments: tuple[object, ...], stdout: Path) -> None:
        self._screen, theirs = pty.openpty()
        with stdout.open("wb") as written:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "zigzag_imc", *map(str, arguments)],
                stdout=written,
                stderr=theirs,
                env={**os.environ, "TERM": "xterm", "COLUMNS": "150"},
                start_new_session=True,
            )
        os.close(theirs)
        self.text = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                text = os.read(self._screen, 65536)
            except OSError:  # Linux's way to say that nobody writes any more
                return
            if not text:
                return
            self.text += text.decode("utf-8", "replace")

    def wait_for(self, text: str) -> None:
        """Wait until a text has been shown, which has to come before the tool ends."""
        wait_until(lambda: text in self.text or self.process.poll() is not None)
        assert text in self.text, self.text

    def ctrl_c(self) -> None:
        """Interrupt as a terminal does: the tool and all that it has started."""
        os.killpg(self.process.pid, signal.SIGINT)

    def ended(self) -> int:
        """Wait until the tool has ended and all of it is shown; return its exit code."""
        code = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return code

    def close(self) -> None:
        """End what still runs."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._reader.join(PATIENCE_S)
        os.close(self._screen)


@contextmanager
def terminal(*arguments: object, stdout: Path = Path(os.devnull)) -> Iterator[Terminal]:
    """Run the tool in a terminal, and see to it that it has ended afterwards."""
    opened = Terminal(arguments, stdout)
    try:
        yield opened
    finally:
        opened.close()


def wait_until(is_so: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Look again and again until something is so; after a while give up, for the caller to see."""
    until = time.monotonic() + patience_s
    while not is_so() and time.monotonic() < until:
        time.sleep(0.02)


def descendants(number: int | str) -> list[str]:
    """Return the children of a process, and theirs: workers are forked from a child.

    None where the system does not list them.
    """
    try:
        own = Path(f"/proc/{number}/task/{number}/children").read_text(encoding="utf-8").split()
    except OSError:
        return []
    return own + [later for child in own for later in descendants(child)]


def cpu_s(numbers: list[str]) -> float:
    """Return the processor's seconds that processes have used."""
    return sum(map(_cpu_s, numbers))


def _cpu_s(number: str) -> float:
    try:
        text = Path(f"/proc/{number}/stat").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    user, system = text.rpartition(")")[2].split()[11:13]  # fields 14 and 15; see proc(5)
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

"""A run without a deadline: it goes on until all is found, or Ctrl-C ends it."""

from __future__ import annotations

import math
import time

from zigzag_imc.core.objective import Stopped
from zigzag_imc.runs.run import INTERRUPT_GRACE_S, Flag

MOST_LOST = 2
"""Times that something may lose its worker before it is given up."""

_PATIENCE_S = 0.2


class EndlessRun:
    """What sweeps and explorations have in common as a `zigzag_imc.runs.workers.Assigner`.

    Parameters
    ----------
    workers
        How many work side by side.
    flag
        Raised when they are to come back.

    Attributes
    ----------
    stopped
        What ended it before its end, if anything did.
    """

    def __init__(self, workers: int, flag: Flag) -> None:
        self.workers, self.flag = workers, flag
        self.stopped: Stopped | None = None
        self._gives_up_at = math.inf

    @property
    def is_stopped(self) -> bool:
        """Whether nothing more is given away."""
        return self.stopped is not None

    @property
    def gave_up(self) -> bool:
        """Whether workers that have not come back by now are left behind."""
        return time.monotonic() >= self._gives_up_at

    def check_deadline(self) -> None:
        """Do nothing: there is none."""

    def patience_s(self) -> float:
        """Seconds to wait for news."""
        return _PATIENCE_S

    def stop(self, why: Stopped) -> None:
        """Ask all searches to come back."""
        self.stopped = why
        self.flag.value = True
        self._gives_up_at = time.monotonic() + INTERRUPT_GRACE_S

    def give_up(self) -> None:
        """Leave behind all workers that have not come back."""
        self._gives_up_at = 0.0

"""How long a search may take: until a deadline, or until somebody asks it to come back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


def never() -> bool:
    """Ask for nothing; stands where nobody can ask a search to stop."""
    return False


def _now_s() -> float:
    """Return the time on the clock of the system, in seconds."""
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class Budget:
    """The time that a search has left, and the wish of whoever waits for it.

    Attributes
    ----------
    started_s
        When the time began, on the clock, in seconds.
    limit_s
        Seconds from then on; ``None`` for no limit.
    stop_asked
        Whether the search is asked to stop (Ctrl-C, the end of a whole run).
    clock
        Seconds on a clock; of the processor alone, where others use it, too.
    """

    started_s: float
    limit_s: float | None = None
    stop_asked: Callable[[], bool] = never
    clock: Callable[[], float] = _now_s

    @classmethod
    def of(
        cls,
        limit_s: float | None = None,
        stop_asked: Callable[[], bool] = never,
        clock: Callable[[], float] = _now_s,
    ) -> Budget:
        """Start the clock now."""
        return cls(clock(), limit_s, stop_asked, clock)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return self.clock() - self.started_s

    @property
    def left_s(self) -> float | None:
        """Seconds until the limit, never less than none; ``None`` without a limit."""
        return None if self.limit_s is None else max(0.0, self.limit_s - self.elapsed_s)

    def is_over(self, share: float = 1.0) -> bool:
        """Whether the limit, or a share of it, is reached, or a stop is asked for."""
        if self.limit_s is not None and self.elapsed_s >= share * self.limit_s:
            return True
        return self.stop_asked()

    def part(self, share: float) -> Budget:
        """Start a budget of a share of what is left of this one."""
        left_s = self.left_s
        return Budget.of(None if left_s is None else share * left_s, self.stop_asked, self.clock)

    def rest(self) -> Budget:
        """Start a budget of what is left of this one, whose shares count from now on."""
        return self.part(1.0)

"""Stalls of a memory port: transfers required against the time windows in which they may happen.

Uniform latency model: Mei et al., "A uniform latency model for DNN accelerators with diverse architectures and
dataflows", DATE 2022.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple


class Activity(NamedTuple):
    """A periodic data movement on a port, in clock cycles; plain tuples of the same order do as well.

    ``busy`` cycles of transfer per period; ``window`` cycles in which they may overlap with computing; ``count``
    periods in the whole computation.
    """

    busy: int
    window: int
    period: int
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody needs here


def windows_union(activities: Sequence[tuple[int, int, int, int]]) -> int:
    """Cycles of the whole computation that lie in the window of at least one activity.

    Every window opens at the start of its period. Periods are products of one loop order, so each divides the next
    longer one, and the cycles left uncovered in a period are those of the shorter periods in what its own window
    leaves.
    """
    for _, window, period, count in activities:
        if window == period:
            return period * count
    ordered = sorted(activities, key=_period)

    def uncovered(rank: int, start: int) -> int:
        """Cycles from ``start`` to the end of period ``rank`` outside the windows of ranks up to it."""
        _, window, period, _ = ordered[rank]
        start = max(start, window)
        if rank == 0 or start >= period:
            return max(0, period - start)
        inner = ordered[rank - 1][2]
        skipped, offset = divmod(start, inner)
        rest = period // inner - skipped - 1
        return uncovered(rank - 1, offset) + (rest * uncovered(rank - 1, 0) if rest else 0)

    _, _, longest, count = ordered[-1]
    return (longest - uncovered(len(ordered) - 1, 0)) * count


def _period(activity: tuple[int, int, int, int]) -> int:
    return activity[2]


def port_stall(activities: Sequence[tuple[int, int, int, int]], known: float = -math.inf) -> float:
    """Stall cycles of one port, negative when a single activity has slack.

    The first period of every activity is on- or offloading, so ``count - 1`` of them compete with computing. Alone:
    ``n * (busy - window)``. Shared: at least what each activity needs beyond its own windows, and at least what all
    need together beyond the union of the windows.

    A caller who looks for the largest stall and has seen ``known`` already may get a smaller value than the true one,
    when that is no more than ``known`` either.
    """
    if len(activities) == 1:
        busy, window, _, count = activities[0]
        return (busy - window) * (count - 1)
    own = together = covered = 0
    for busy, window, _, count in activities:
        if busy > window:
            own += (busy - window) * (count - 1)
        together += busy * (count - 1)
        if window * count > covered:
            covered = window * count
    # The union of the windows is no less than the windows of one activity.
    if together - covered <= own or together - covered <= known:
        return own
    return max(own, together - windows_union(activities))

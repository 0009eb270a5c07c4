"""Stalls of a memory port: transfers required against the time windows in which they may happen.

Uniform latency model: Mei et al., "A uniform latency model for DNN accelerators with diverse
architectures and dataflows", DATE 2022.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

Use = tuple[int, int]
"""A movement on a port: its place in the list of all movements, and that of its flow in the list of
all flows."""


class Timing(NamedTuple):
    """What every port has to do, in clock cycles.

    Attributes
    ----------
    busy
        Per movement: cycles of one transfer.
    windows, periods, counts
        Per flow: cycles of a period that may overlap with computing, the period, and the number of
        periods in the whole computation.
    later
        Per flow: transfers that compete with computing.
    """

    busy: Sequence[int]
    windows: Sequence[int]
    periods: Sequence[int]
    counts: Sequence[int]
    later: Sequence[int]


def windows_union(flows: Sequence[int], timing: Timing) -> int:
    """Cycles of the whole computation that lie in the window of at least one of the ``flows``.

    Every window opens at the start of its period. Periods are products of one loop order, so each
    divides the next longer one, and the cycles left uncovered in a period are those of the shorter
    periods in what its own window leaves.
    """
    _, windows, periods, counts, _ = timing
    for flow in flows:
        if windows[flow] == periods[flow]:
            return periods[flow] * counts[flow]
    ordered = sorted(flows, key=periods.__getitem__)

    def uncovered(rank: int, start: int) -> int:
        """Cycles of a period from ``start`` on, outside the windows of ranks up to it.

        The period is that of ``rank``.
        """
        period = periods[ordered[rank]]
        start = max(start, windows[ordered[rank]])
        if rank == 0 or start >= period:
            return max(0, period - start)
        inner = periods[ordered[rank - 1]]
        skipped, offset = divmod(start, inner)
        rest = period // inner - skipped - 1
        return uncovered(rank - 1, offset) + (rest * uncovered(rank - 1, 0) if rest else 0)

    longest = ordered[-1]
    return (periods[longest] - uncovered(len(ordered) - 1, 0)) * counts[longest]


def port_stall(uses: Sequence[Use], timing: Timing, known: float = -math.inf) -> float:
    """Stall cycles of one port, negative when a single movement has slack.

    Only its ``later`` transfers compete with computing: the first one is on- or offloading, and
    none brings partial sums back on the first visit of a tile. Alone: ``n * (busy - window)``.
    Shared: at least what each movement needs beyond its own windows, and at least what all need
    together beyond the union of the windows.

    A caller who looks for the largest stall and has seen ``known`` already may get a smaller value
    than the true one, when that is no more than ``known`` either.
    """
    busy, windows, _, counts, later = timing
    if len(uses) == 1:
        ((place, flow),) = uses
        return (busy[place] - windows[flow]) * later[flow]
    own = together = covered = 0
    for place, flow in uses:
        needed, window, transfers = busy[place], windows[flow], later[flow]
        together += needed * transfers
        if needed > window:
            own += (needed - window) * transfers
        if window * counts[flow] > covered:
            covered = window * counts[flow]
    # The union of the windows is no less than the windows of one flow.
    if together - covered <= own or together - covered <= known:
        return own
    return max(own, together - windows_union([flow for _, flow in uses], timing))

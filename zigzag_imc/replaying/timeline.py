"""What one thing does at a time, such as a port: the cycles in which it is busy."""

from __future__ import annotations

from bisect import bisect_left, bisect_right


class Timeline:
    """Busy cycles of one resource.

    Whoever asks first is served first; whoever asks later takes the earliest cycles that are left,
    also between those of the others: a port serves word by word.
    """

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def take(self, ready: int, cycles: int) -> tuple[int, int]:
        """Take the earliest free cycles from ``ready`` on.

        Returns
        -------
        tuple of int
            Beginning of the first and end of the last of them; ``ready`` twice if none is wanted.
        """
        if cycles <= 0:
            return ready, ready
        starts, ends = self._starts, self._ends
        low = place = bisect_left(ends, ready)
        first, left, now = -1, cycles, ready
        while place < len(starts):
            free = starts[place] - now
            if free > 0:
                first = now if first < 0 else first
                if free > left:
                    break
                left -= free
            now = max(now, ends[place])
            place += 1
            if not left:
                break
        first = now if first < 0 else first
        end = now + left if left else starts[place - 1]
        self._fill(low, ready, max(now, end))
        return first, end

    def free(self, ready: int, cycles: int) -> list[tuple[int, int]]:
        """Return the earliest free cycles from ``ready`` on, without gaps each, and take none."""
        found: list[tuple[int, int]] = []
        place, now = bisect_left(self._ends, ready), ready
        while cycles > 0:
            begins_busy = self._starts[place] if place < len(self._starts) else now + cycles
            end = min(begins_busy, now + cycles)
            if end > now:
                found.append((now, end))
                cycles -= end - now
            if place < len(self._starts):
                now = max(now, self._ends[place])
                place += 1
        return found

    def _fill(self, low: int, begin: int, end: int) -> None:
        """Mark all cycles from ``begin`` to ``end`` as busy; what touches them is at ``low``."""
        starts, ends = self._starts, self._ends
        high = bisect_right(starts, end, lo=low)
        if high > low:
            begin, end = min(begin, starts[low]), max(end, ends[high - 1])
        starts[low:high], ends[low:high] = [begin], [end]

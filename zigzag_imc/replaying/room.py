"""Room in a memory: bits that are free, and since when."""

from __future__ import annotations

import heapq
import itertools
from typing import Generic, TypeVar

Cause = TypeVar("Cause")


class Room(Generic[Cause]):
    """Bits of a memory, or of the share that one operand may have of it.

    Takers come in the order in which the loop nest needs them. They get the bits that were free
    first, which may be earlier than the moment when they ask: so tiles are fetched ahead, as far as
    there is room.

    Attributes
    ----------
    free
        Bits that nobody holds, or will hold from some known cycle on.
    """

    def __init__(self, bits: int) -> None:
        self.free = bits
        self._order = itertools.count()
        self._heap: list[tuple[int, int, int, Cause | None]] = [(0, next(self._order), bits, None)]

    def take(self, bits: int) -> tuple[int, Cause | None]:
        """Take ``bits``, of which there must be enough.

        Returns
        -------
        tuple
            Cycle from which all of them are free, and what freed the last of them.
        """
        since, cause = 0, None
        self.free -= bits
        while bits > 0:
            time, _, found, freed_by = heapq.heappop(self._heap)
            if time >= since:
                since, cause = time, freed_by
            if found > bits:
                heapq.heappush(self._heap, (time, next(self._order), found - bits, freed_by))
            bits -= found
        return since, cause

    def give(self, since: int, bits: int, cause: Cause | None = None) -> None:
        """Give ``bits`` back, free from cycle ``since`` on."""
        if bits > 0:
            self.free += bits
            heapq.heappush(self._heap, (since, next(self._order), bits, cause))

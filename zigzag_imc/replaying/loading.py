"""Weights and inputs on their way down."""

from __future__ import annotations

from dataclasses import dataclass, field

from zigzag_imc.replaying.crossings import Crossing
from zigzag_imc.replaying.machine import Machine, share, whole_words
from zigzag_imc.replaying.transfer import Transfer

Arrival = tuple[int, Transfer | None]
"""When something is there, and what brought it."""

ALWAYS: Arrival = (0, None)
"""Arrival of what lies in the highest memory from the beginning."""


@dataclass(slots=True)
class Incoming:
    """A tile on its way into a memory, piece by piece in the order in which they are wanted.

    Attributes
    ----------
    visit
        Which visited tile.
    sent
        Cycles of the ports above and below that are spent so far.
    allocated
        Bits for which room was taken so far.
    arrivals
        When each piece was there.
    """

    visit: int = -1
    sent: tuple[int, int] = (0, 0)
    allocated: int = 0
    arrivals: list[Arrival] = field(default_factory=list)


class Loader:
    """Loads the tiles of one operand, each when there is room and before it is wanted."""

    def __init__(self, machine: Machine, operand: str, crossings: list[Crossing]) -> None:
        self.machine, self.operand, self.crossings = machine, operand, crossings
        self._incoming = [Incoming() for _ in crossings]

    def present(self, boundary: int, visit: int, piece: int) -> Arrival:
        """Bring a piece of the tile below a boundary into the memory there, if it is not in yet."""
        if boundary == len(self.crossings):
            return ALWAYS
        if self._incoming[boundary].visit != visit:
            self._incoming[boundary] = Incoming(visit)
        incoming = self._incoming[boundary]
        while len(incoming.arrivals) <= piece:
            incoming.arrivals.append(self._load(boundary, incoming))
        return incoming.arrivals[piece]

    def used(self, boundary: int, visit: int, end: int, by: Transfer | None = None) -> None:
        """Note that a tile below a boundary was read for the last time.

        The memory above may overwrite it in the cycle in which it is read.
        """
        pieces = self.crossings[boundary].pieces
        if pieces is None or not pieces.is_last[visit]:
            return
        parent, piece = pieces.parent[visit], pieces.piece[visit]
        total, count = self.crossings[boundary + 1].bits[parent], pieces.count[parent]
        bits = share(total, piece + 1, count) - share(total, piece, count)
        self.machine.release(self.operand, boundary, end - 1, bits, by)

    def _load(self, boundary: int, incoming: Incoming) -> Arrival:
        """Load the next piece, if its last word did not come with the piece before."""
        visit, number = incoming.visit, len(incoming.arrivals) + 1
        count = self._pieces(boundary, visit)
        cycles = self._cycles(self.crossings[boundary], visit, number, count)
        if cycles == incoming.sent:
            arrival = incoming.arrivals[-1]
        else:
            arrival = self._move(boundary, incoming, cycles, number == count)
        if number == count:
            self.used(boundary, visit, *arrival)
        return arrival

    def _move(
        self, boundary: int, incoming: Incoming, cycles: tuple[int, int], is_all: bool
    ) -> Arrival:
        """Spend cycles of both ports up to some number."""
        crossing, visit = self.crossings[boundary], incoming.visit
        asked, source = self.present(boundary + 1, *self._place_above(crossing, visit))
        covered = self._covered(crossing, visit, cycles[1], is_all)
        room, freed_by = self.machine.allocate(
            self.operand, boundary - 1, covered - incoming.allocated
        )
        more = cycles[0] - incoming.sent[0], cycles[1] - incoming.sent[1]
        moved = self.machine.move(crossing.down, visit, more, (asked, room), (source, freed_by))
        incoming.sent, incoming.allocated = cycles, covered
        return moved.end, moved

    def _pieces(self, boundary: int, visit: int) -> int:
        below = self.crossings[boundary - 1].pieces
        assert below is not None
        return below.count[visit]

    def _place_above(self, crossing: Crossing, visit: int) -> tuple[int, int]:
        if crossing.pieces is None:
            return 0, 0
        return crossing.pieces.parent[visit], crossing.pieces.piece[visit]

    def _cycles(self, crossing: Crossing, visit: int, pieces: int, count: int) -> tuple[int, int]:
        """Cycles of both ports for the first pieces of a tile."""
        way = crossing.down
        assert way.lower is not None
        above, below = (share(carried[visit], pieces, count) for carried in way.carried)
        into = whole_words(below, way.lower.width) * self._rows(crossing)
        return whole_words(above, way.upper.width), into

    def _covered(self, crossing: Crossing, visit: int, cycles: int, is_all: bool) -> int:
        """Bits that the words so far have brought into the memory below."""
        lower, bits = crossing.down.lower, crossing.bits[visit]
        assert lower is not None
        return bits if is_all else min(bits, cycles // self._rows(crossing) * lower.width)

    def _rows(self, crossing: Crossing) -> int:
        """Rows that are written one after the other."""
        lower = crossing.down.lower
        writes_rows = lower is not None and lower.line is self.machine.array
        return self.machine.rows if writes_rows else 1

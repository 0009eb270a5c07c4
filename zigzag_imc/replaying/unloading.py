"""Outputs on their way up, and partial sums on their way back down."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from zigzag_imc.replaying.crossings import Crossing, Way
from zigzag_imc.replaying.loading import ALWAYS, Arrival
from zigzag_imc.replaying.machine import Machine, share, whole_words
from zigzag_imc.replaying.transfer import Transfer


@dataclass(slots=True)
class Tile:
    """A tile of outputs in a memory.

    Attributes
    ----------
    allocated, freed
        Bits for which room was taken, and given back, so far.
    roomy
        From when on the room was there, and what made it.
    restored, returned
        Cycles of the ports above and below spent on partial sums on their way down, and when each
        piece of them was there.
    written
        When each piece was written last, from below or from above, and by what.
    finished
        Pieces that nothing more is added to.
    sent
        Cycles of the ports above and below spent on the way up.
    """

    allocated: int = 0
    freed: int = 0
    roomy: Arrival = ALWAYS
    restored: tuple[int, int] = (0, 0)
    returned: list[Arrival] = field(default_factory=list)
    written: dict[int, Arrival] = field(default_factory=dict)
    finished: int = 0
    sent: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A piece that is finished and waits to leave: of which tile, since when, made by what."""

    visit: int
    since: int
    made_by: Transfer | None


class Unloader:
    """Takes outputs up, each tile as it is finished, and brings partial sums back when wanted.

    What is finished waits until its room is wanted, so that whatever is wanted sooner goes first;
    but then it leaves in the earliest cycles that the ports had left.
    """

    def __init__(self, machine: Machine, crossings: list[Crossing]) -> None:
        self.machine, self.crossings = machine, crossings
        self._tiles: list[dict[int, Tile]] = [{} for _ in crossings]
        self._waiting: list[deque[_Waiting]] = [deque() for _ in crossings]
        self._delivered: list[dict[int, Arrival]] = [{} for _ in crossings]
        self._busy = 0
        machine.relieve = self._relieve

    # ------------------------------------------------------------------ at the array
    def partial_sum(self, step: int) -> Arrival | None:
        """Say when the lowest memory has the partial sum that a step adds to; ``None`` if none."""
        crossing = self.crossings[0]
        if crossing.pieces is None:
            return self._delivered[0].get(crossing.visits.keys[step])
        parent, piece = crossing.pieces.parent[step], crossing.pieces.piece[step]
        return self._content(1, parent, piece)

    def room(self, step: int) -> Arrival:
        """Take room for what a step adds to, if it has none yet."""
        pieces = self.crossings[0].pieces
        if pieces is None:
            return ALWAYS
        return self._reserve(1, pieces.parent[step], pieces.piece[step])

    def written(self, step: int, end: int) -> None:
        """Note that the output of a step is in the lowest memory."""
        self._arrived(0, step, (end, None))

    def flush(self) -> int:
        """Let everything leave, and say when the last of it is at the top."""
        for boundary in range(1, len(self.crossings)):
            while self._waiting[boundary]:
                self._leave(boundary)
        last = self._delivered[-1].values()
        return max((time for time, _ in last), default=0)

    def last_delivery(self) -> Transfer | None:
        """What brought the last outputs to the top."""
        return max(self._delivered[-1].values(), key=lambda arrival: arrival[0])[1]

    # ------------------------------------------------------------------ tiles
    def _tile(self, boundary: int, visit: int) -> Tile:
        return self._tiles[boundary].setdefault(visit, Tile())

    def _pieces(self, boundary: int, visit: int) -> int:
        below = self.crossings[boundary - 1].pieces
        assert below is not None
        return below.count[visit]

    def _content(self, boundary: int, visit: int, piece: int) -> Arrival | None:
        """Say when a piece of a tile is in the memory below a boundary, bringing it if need be."""
        tile = self._tile(boundary, visit)
        if piece in tile.written:
            return tile.written[piece]
        if not self.crossings[boundary].visits.again[visit]:
            return None
        while len(tile.returned) <= piece:
            tile.returned.append(self._restore(boundary, visit, tile))
        return tile.returned[piece]

    def _reserve(self, boundary: int, visit: int, piece: int) -> Arrival:
        """Take room for the pieces of a tile up to one, below a boundary."""
        tile = self._tile(boundary, visit)
        bits = share(self.crossings[boundary].bits[visit], piece + 1, self._pieces(boundary, visit))
        if bits > tile.allocated:
            self._settle(boundary)
            tile.roomy = self.machine.allocate("O", boundary - 1, bits - tile.allocated)
            tile.allocated = bits
        return tile.roomy

    def _settle(self, boundary: int) -> None:
        """Bring in what still belongs to earlier tiles, before a new one takes room."""
        for below in range(self._busy + 1, boundary):
            while self._waiting[below]:
                self._leave(below)

    # ------------------------------------------------------------------ down
    def _restore(self, boundary: int, visit: int, tile: Tile) -> Arrival:
        """Bring the next piece of partial sums back down."""
        crossing = self.crossings[boundary]
        number = len(tile.returned) + 1
        count = self._pieces(boundary, visit)
        cycles = _cycles(crossing.down, visit, share_of=(number, count))
        more = cycles[0] - tile.restored[0], cycles[1] - tile.restored[1]
        room, freed_by = self._reserve(boundary, visit, number - 1)
        if more == (0, 0):
            return tile.returned[-1]
        asked, source = self._above(boundary, visit)
        moved = self.machine.move(crossing.down, visit, more, (asked, room), (source, freed_by))
        tile.restored = cycles
        return moved.end, moved

    def _above(self, boundary: int, visit: int) -> Arrival:
        """Say when the tile below a boundary, seen before, is in the memory above."""
        crossing = self.crossings[boundary]
        keys = crossing.visits.keys
        self._settle(boundary)
        while any(keys[waiting.visit] == keys[visit] for waiting in self._waiting[boundary]):
            self._leave(boundary)
        pieces = crossing.pieces
        if pieces is None:
            return self._delivered[boundary][keys[visit]]
        found = self._content(boundary + 1, pieces.parent[visit], pieces.piece[visit])
        assert found is not None, "a tile seen before was delivered"
        return found

    # ------------------------------------------------------------------ up
    def _arrived(self, boundary: int, visit: int, arrival: Arrival) -> None:
        """Note that a whole tile from below a boundary is in the memory above it."""
        crossing = self.crossings[boundary]
        pieces = crossing.pieces
        if pieces is None:
            self._delivered[boundary][crossing.visits.keys[visit]] = arrival
            return
        above = boundary + 1
        tile = self._tile(above, pieces.parent[visit])
        tile.written[pieces.piece[visit]] = arrival
        if pieces.is_last[visit]:
            self._waiting[above].append(_Waiting(pieces.parent[visit], *arrival))

    def _relieve(self, memory: int) -> bool:
        """Let one piece leave a memory, or one below that holds up its outputs."""
        levels = self.machine.accelerator.levels["O"]
        if memory not in levels[:-1]:
            return False
        for boundary in range(levels.index(memory) + 1, self._busy, -1):
            if self._waiting[boundary]:
                self._leave(boundary)
                return True
        return False

    def _leave(self, boundary: int) -> None:
        """Let the piece that has waited longest go up over a boundary."""
        outer, self._busy = self._busy, boundary  # what comes after it has to wait
        self._go_up(boundary, self._waiting[boundary].popleft())
        self._busy = outer

    def _go_up(self, boundary: int, waiting: _Waiting) -> None:
        """Move what is full of a tile one more piece of which is finished."""
        crossing, visit = self.crossings[boundary], waiting.visit
        way, tile = crossing.up, self._tiles[boundary][visit]
        assert way is not None
        tile.finished += 1
        count = self._pieces(boundary, visit)
        is_all = tile.finished == count
        cycles = _cycles(way, visit, share_of=(tile.finished, count), whole=is_all)
        more = cycles[0] - tile.sent[0], cycles[1] - tile.sent[1]
        if more == (0, 0) and not is_all:
            return
        room, freed_by = ALWAYS
        if crossing.pieces is not None:
            room, freed_by = self._reserve(
                boundary + 1, crossing.pieces.parent[visit], crossing.pieces.piece[visit]
            )
        moved = self.machine.move(
            way, visit, more, (waiting.since, room), (waiting.made_by, freed_by)
        )
        tile.sent = cycles
        self._free(boundary, visit, tile, moved, is_all)
        if is_all:
            del self._tiles[boundary][visit]
            self._arrived(boundary, visit, (moved.end, moved))

    def _free(self, boundary: int, visit: int, tile: Tile, moved: Transfer, is_all: bool) -> None:
        """Give back the room of what has left."""
        way = moved.way
        assert way.lower is not None
        held, carried = self.crossings[boundary].bits[visit], way.carried[1][visit]
        gone = held if is_all else held * tile.sent[1] * way.lower.width // carried
        bits = gone - tile.freed
        self.machine.release("O", boundary - 1, moved.end - 1, bits, moved)
        tile.freed += bits


def _cycles(way: Way, visit: int, share_of: tuple[int, int], whole: bool = True) -> tuple[int, int]:
    """Cycles of both ports for the first pieces of a tile; but for all, full words alone."""
    assert way.lower is not None
    found = []
    for port, bits in zip((way.upper, way.lower), way.carried, strict=True):
        part = share(bits[visit], *share_of)
        found.append(whole_words(part, port.width) if whole else part // port.width)
    return found[0], found[1]

"""The machine on which a mapping is played: array, ports, and room in the memories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.replaying.crossings import PortTime, Way
from zigzag_imc.replaying.recording import Recording
from zigzag_imc.replaying.room import Room
from zigzag_imc.replaying.timeline import Timeline
from zigzag_imc.replaying.transfer import Transfer

MOST_TILES = 2
"""Tiles of an operand that a memory holds at most: the one in use and the next."""

Tokens = Room[Transfer]


def _no_relief(_memory: int) -> bool:
    return False


@dataclass
class Machine:
    """Resources that transfers share.

    Attributes
    ----------
    accelerator
        Whose.
    array
        Cycles in which the array computes, or its rows are written.
    rows
        Rows of the cells that are written one by one; 1 where whole columns are written at once.
    memories
        Room of every memory, by its place.
    shares
        Room of every operand in each of its memories but the highest, by operand and level.
    recording
        Where everything is noted, if it is to be kept.
    relieve
        Makes room at a memory: lets outputs that wait there leave; whether it did.
    """

    accelerator: Accelerator
    array: Timeline
    rows: int
    memories: list[Tokens]
    shares: dict[tuple[str, int], Tokens]
    recording: Recording | None = None
    relieve: Callable[[int], bool] = _no_relief

    def allocate(self, operand: str, level: int, bits: int) -> tuple[int, Transfer | None]:
        """Take room for some bits of an operand: from when on, and what freed it."""
        memory = self.accelerator.levels[operand][level]
        rooms = self.memories[memory], self.shares[operand, level]
        while any(room.free < bits for room in rooms):
            if not self.relieve(memory):
                name = self.accelerator.memories[memory].name
                raise RuntimeError(f"{name}: no room for {bits} bits of {operand}")
        since, by = max((room.take(bits) for room in rooms), key=lambda taken: taken[0])
        if self.recording is not None:
            self.recording.claim(operand, level, since, bits)
        return since, by

    def release(
        self, operand: str, level: int, since: int, bits: int, by: Transfer | None = None
    ) -> None:
        """Give room back from a cycle on."""
        self.memories[self.accelerator.levels[operand][level]].give(since, bits, by)
        self.shares[operand, level].give(since, bits, by)
        if self.recording is not None:
            self.recording.release(operand, level, since, bits)

    def move(
        self,
        way: Way,
        visit: int,
        cycles: tuple[int, int],
        ready: tuple[int, int],
        causes: tuple[Transfer | None, Transfer | None],
    ) -> Transfer:
        """Move words from one memory to the next, as early as both ports allow.

        Parameters
        ----------
        way, visit
            Where, and of which tile.
        cycles
            Cycles at the port above and at the one below.
        ready
            When the data is there, and when there is room for it.
        causes
            What brought the data, and what made room.
        """
        lower = way.lower
        assert lower is not None
        ends = [(way.upper, cycles[0]), (lower, cycles[1])]
        if way.is_up:
            ends.reverse()
        (sender, sent), (receiver, received) = ends
        first, out = self._take(sender, max(ready), sent, (way, visit))
        _, into = self._take(receiver, first, received, (way, visit))
        slower, own = (sender, sent) if out > into else (receiver, received)
        moved = Transfer(way, visit, *ready, first, max(out, into), slower, own, *causes)
        self._note(moved)
        return moved

    def access(
        self, way: Way, visit: int, ready: tuple[int, int], causes: tuple[Transfer | None, ...]
    ) -> Transfer:
        """Read or write the lowest memory for the array, as early as the port allows."""
        port = way.upper
        cycles = whole_words(way.carried[0][visit], port.width)
        first, end = self._take(port, max(ready), cycles, (way, visit))
        read = Transfer(way, visit, *ready, first, end, port, cycles, *causes)
        self._note(read)
        return read

    def _take(
        self, port: PortTime, ready: int, cycles: int, of: tuple[Way, int]
    ) -> tuple[int, int]:
        """Let a port be busy with words of a way's visit."""
        if self.recording is not None:
            self.recording.busy(port, ready, cycles, *of)
        return port.take(ready, cycles)

    def _note(self, moved: Transfer) -> None:
        """Keep a transfer, if they are kept."""
        if self.recording is not None:
            self.recording.moved(moved)


def whole_words(bits: int, width: int) -> int:
    """Cycles in which a port moves some bits; the last word may be partly empty."""
    return -(-bits // width)


def share(total: int, pieces: int, count: int) -> int:
    """Bits of the first ``pieces`` of ``count`` equal ones, rounded up."""
    return -(-total * pieces // count)

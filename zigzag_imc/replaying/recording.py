"""What is kept of a replay for those who want to look at it cycle by cycle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from zigzag_imc.replaying.crossings import PortTime, Way
from zigzag_imc.replaying.transfer import Transfer


class Span(NamedTuple):
    """Cycles without a gap in which a port moves words of one transfer.

    Attributes
    ----------
    port
        Which port.
    begin, end
        The first cycle, and the one after the last.
    way, visit
        Where to, and of which of the visited tiles.
    """

    port: PortTime
    begin: int
    end: int
    way: Way
    visit: int


class Change(NamedTuple):
    """Bits of an operand that come into a memory, or leave it where they are less than nothing.

    Attributes
    ----------
    cycle
        When.
    operand, level
        Whose, and in which of its memories, counted from the array.
    bits
        How many more.
    """

    cycle: int
    operand: str
    level: int
    bits: int


@dataclass
class Recording:
    """Everything that happened, in the order in which it was placed.

    Attributes
    ----------
    transfers
        All that was moved.
    steps
        Cycle in which each step of the array begins.
    spans
        Cycles in which ports were busy.
    changes
        What memories below the highest one hold; room for a tile counts from the first cycle of
        the transfer that fills it.
    """

    transfers: list[Transfer] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    _claimed: dict[tuple[str, int], list[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def busy(self, port: PortTime, ready: int, cycles: int, way: Way, visit: int) -> None:
        """Note what a port is about to take."""
        for begin, end in port.line.free(ready, cycles):
            self.spans.append(Span(port, begin, end, way, visit))

    def claim(self, operand: str, level: int, since: int, bits: int) -> None:
        """Note room that was taken for what will come."""
        self._claimed[operand, level].append((since, bits))

    def moved(self, transfer: Transfer) -> None:
        """Note a transfer; what it brings fills the room that was taken for it."""
        self.transfers.append(transfer)
        way = transfer.way
        level = way.boundary if way.is_up else way.boundary - 1
        for since, bits in self._claimed.pop((way.operand, level), ()):
            self.changes.append(Change(max(since, transfer.first), way.operand, level, bits))

    def release(self, operand: str, level: int, since: int, bits: int) -> None:
        """Note room that was given back."""
        self.changes.append(Change(since, operand, level, -bits))

    def held(self) -> Iterator[Change]:
        """Yield what an operand holds of a memory from a cycle on, whenever that changes.

        ``bits`` are then all that it holds; in the order of cycles.
        """
        totals: dict[tuple[str, int], int] = defaultdict(int)
        together: dict[tuple[int, str, int], int] = defaultdict(int)
        for cycle, operand, level, bits in self.changes:
            together[cycle, operand, level] += bits
        for (cycle, operand, level), bits in sorted(together.items()):
            if bits:
                totals[operand, level] += bits
                yield Change(cycle, operand, level, totals[operand, level])

"""A transfer: what moved when, and what it had waited for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zigzag_imc.replaying.crossings import PortTime, Way

Why = Literal["transfer", "port", "room"]
"""What a wait is for: ``transfer``, the data is on its way all the time; ``port``, the port serves
others; ``room``, the memory below is full of data that is still wanted."""


@dataclass(slots=True, eq=False)
class Transfer:
    """Words of a tile that pass a boundary one after the other.

    Attributes
    ----------
    way
        Where.
    visit
        Which of the visited tiles below the boundary they belong to.
    asked
        Cycle from which the data was there to be moved.
    roomy
        Cycle from which there was room for it.
    first, end
        Begin of the first and end of the last cycle.
    slower
        The port that was done last.
    own
        Cycles that this port was busy with it.
    source
        The transfer that brought the data, if one did.
    freed_by
        The transfer that made room, if one did.
    """

    way: Way
    visit: int
    asked: int
    roomy: int
    first: int
    end: int
    slower: PortTime
    own: int
    source: Transfer | None
    freed_by: Transfer | None


@dataclass(frozen=True, slots=True)
class Blame:
    """What a wait is put down to.

    Attributes
    ----------
    operand
        Whose data was waited for.
    memory, port
        Where it came through last.
    is_up
        Whether outputs were on their way up.
    why
        What held it up.
    """

    operand: str
    memory: str
    port: str
    is_up: bool
    why: Why


def blame(transfer: Transfer, since: int) -> Blame:
    """Say what a wait from ``since`` until the end of a transfer is put down to.

    Followed back over the transfers that it in turn had waited for.
    """
    while True:
        begin = max(transfer.asked, transfer.roomy, since)
        waits = {
            "source": max(0, transfer.asked - max(since, transfer.roomy)),
            "room": max(0, transfer.roomy - max(since, transfer.asked)),
            "port": max(0, transfer.end - begin - transfer.own),
            "transfer": min(transfer.own, transfer.end - begin),
        }
        why = max(waits, key=waits.__getitem__)  # of equals the first: the last would take anyway
        if why == "source" and transfer.source is not None:
            transfer = transfer.source
        elif why == "room" and transfer.freed_by is not None and transfer.freed_by.way.is_up:
            transfer = transfer.freed_by
        else:
            found: Why = "port" if why == "port" else "room" if why == "room" else "transfer"
            port, way = transfer.slower, transfer.way
            return Blame(way.operand, port.memory, port.name, way.is_up, found)

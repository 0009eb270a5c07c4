"""On- and offloading: the first tiles coming in and the last outputs going out.

Level by level, a transfer takes as long as the slower of its two ports. A tile that is loaded only
once is not needed at once: all but its first part may arrive in the cycles that its port has left
during the computation, as long as the tile is not wanted again from its beginning.
"""

from __future__ import annotations

from typing import NamedTuple

from zigzag_imc.models.movement.words import Amount, ceil_div, floored


class Load(NamedTuple):
    """A tile that a port loads, or unloads, only once.

    Attributes
    ----------
    busy, first
        Cycles of the port for all of it, and for its first part.
    place
        Its place in the list of movements.
    rounds
        Rounds of the loops outside all those that index it: all of it is wanted in the first one,
        and outputs are finished in the last one. One where it may move during all of computing.
    is_unloaded
        Whether it leaves: in the last round, not in the first.
    """

    busy: int
    first: int
    place: int
    rounds: Amount = 1
    is_unloaded: bool = False


def hide_loads(once: list[Load], spare: float, exposed: list[float]) -> None:
    """Note which cycles of the tiles that a port loads only once cannot overlap with computing.

    The ``spare`` cycles that the periodic loads leave of the port are given to these tiles, those
    with least time first, then the longest, down to their first part. A tile has those of its own
    round alone, a share of ``1 / rounds``. All loads begin with computing and all unloads end with
    it, so that the time of one lies within that of any other of its kind with fewer rounds: what
    was given to the tiles before it is no longer left. What remains of each is ``exposed`` at its
    place.
    """
    if len(once) > 1:
        once.sort(key=_urgency, reverse=True)
    left, given = spare, [0.0, 0.0]
    for busy, first, place, rounds, is_unloaded in once:
        hidden = min(busy - first, left, max(0.0, spare / rounds - given[is_unloaded]))
        exposed[place] = busy - hidden
        given[is_unloaded] += hidden
        left -= hidden


def taken_bits(bits: Amount, period: Amount, fan: float, rate: Amount) -> Amount:
    """Whole bits per cycle that periodic loads take of a port; elementwise over arrays.

    Parameters
    ----------
    bits
        Bits of one transfer below the boundary.
    period
        Activations of the array per transfer.
    fan
        Instances below the port that one transfer feeds.
    rate
        Cycles per activation, a whole number.
    """
    bits_per_activation = floored(bits / period * fan)
    return ceil_div(bits_per_activation, rate)


def _urgency(load: Load) -> tuple[Amount, int]:
    """Sort key: a tile with many rounds has little time."""
    return load.rounds, load.busy


def onloading(shared_a: float, private_a: float, shared_b: float, private_b: float) -> float:
    """Cycles until the first tiles of both inputs, *a* and *b*, are at the array.

    Links whose ports both inputs share run one after the other; the rest of one input overlaps with
    the other's. The better of the two orders counts.
    """
    return min(
        shared_a + max(shared_b + private_b, private_a),
        shared_b + max(shared_a + private_a, private_b),
    )

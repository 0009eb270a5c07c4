"""On- and offloading: the first tiles coming in and the last outputs going out.

Level by level, a transfer takes as long as the slower of its two ports. A tile that is loaded only
once is not needed at once: all but its first part may arrive in the cycles that its port has left
during the computation.
"""

from __future__ import annotations

from zigzag_imc.models.movement.words import Amount, ceil_div

Load = tuple[int, int, int]
"""A tile that a port loads only once: cycles for all of it, cycles for its first part, its place in
the list."""


def hide_loads(once: list[Load], spare: float, exposed: list[float]) -> None:
    """Note which cycles of the tiles that a port loads only once cannot overlap with computing.

    The ``spare`` cycles that the periodic loads leave of the port are given to these tiles, longest
    first, down to their first part. What remains of each is ``exposed`` at its place.
    """
    if len(once) > 1:
        once.sort(key=_cycles, reverse=True)
    for busy, first, place in once:
        hidden = min(busy - first, spare)
        exposed[place] = busy - hidden
        spare -= hidden


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
    bits_per_activation = bits / period * fan // 1
    return ceil_div(bits_per_activation, rate)


def _cycles(load: Load) -> int:
    return load[0]


def onloading(shared_a: float, private_a: float, shared_b: float, private_b: float) -> float:
    """Cycles until the first tiles of both inputs, *a* and *b*, are at the array.

    Links whose ports both inputs share run one after the other; the rest of one input overlaps with
    the other's. The better of the two orders counts.
    """
    return min(
        shared_a + max(shared_b + private_b, private_a),
        shared_b + max(shared_a + private_a, private_b),
    )

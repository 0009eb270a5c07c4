"""On- and offloading: the first tiles coming in and the last outputs going out.

Level by level, a transfer takes as long as the slower of its two ports. A tile that is loaded only once is not needed
at once: all but its first part may arrive in the cycles that its port has left during the computation.
"""

from __future__ import annotations

from collections.abc import Sequence

Load = tuple[int, int, int]
"""A tile that a port loads only once: its name to the caller, cycles for all of it, cycles for its first part."""


def exposed_loads(
    once: Sequence[Load],
    average_bits: Sequence[int],
    bandwidth: int,
    cycles_per_activation: float,
    computing_cycles: float,
) -> list[tuple[int, float]]:
    """Return the cycles of every tile loaded once that cannot overlap with computing.

    ``average_bits`` are what the periodic loads take of the port per activation. The bandwidth that they leave is
    given to the tiles loaded once, longest first, down to their first part.
    """
    taken = sum([-(-bits // cycles_per_activation) for bits in average_bits])
    spare = max(0, ((bandwidth - taken) / bandwidth) * computing_cycles)
    exposed: list[tuple[int, float]] = []
    for key, busy, first in sorted(once, key=_cycles, reverse=True) if len(once) > 1 else once:
        hidden = min(max(0, busy - first), spare)
        exposed.append((key, busy - hidden))
        spare -= hidden
    return exposed


def _cycles(load: Load) -> int:
    return load[1]


def onloading(shared_a: float, private_a: float, shared_b: float, private_b: float) -> float:
    """Cycles until the first tiles of both inputs, *a* and *b*, are at the array.

    Links whose ports both inputs share run one after the other; the rest of one input overlaps with the other's. The
    better of the two orders counts.
    """
    return min(
        shared_a + max(shared_b + private_b, private_a),
        shared_b + max(shared_a + private_a, private_b),
    )

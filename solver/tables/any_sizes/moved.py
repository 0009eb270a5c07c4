"""What an access moves over a cut: tiles that are full, or short along some dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from zigzag_imc.solver.tables.any_sizes.any_cut import Transferred
from zigzag_imc.solver.tables.lattice import Array


@dataclass(frozen=True, eq=False)
class Way:
    """Transfers of elements of so many bits: outputs may be partial sums, or finished.

    Attributes
    ----------
    when
        By classes along the idle dimensions, whether they are.
    bits
        Bits of an element.
    """

    when: Array
    bits: int


class Kind(NamedTuple):
    """Equal tiles, full or short along every dimension.

    Attributes
    ----------
    number
        How many different ones there are.
    cycles
        Cycles of one.
    share
        Share of the steps of a full tile that it makes.
    is_last
        Whether the last tile is one of them.
    """

    number: Array
    cycles: Array
    share: Array
    is_last: Array


@dataclass(frozen=True, eq=False)
class Moved:
    """What one access of all transfers takes, in one way and per visit of every tile.

    Attributes
    ----------
    way
        The way.
    together
        Cycles of all different tiles.
    outside
        Cycles of the one that is on- or offloading.
    """

    way: Way
    together: Array
    outside: Array


def transferred(
    kinds: Iterable[Kind], visits: Array, way: Way, back: bool, is_unloaded: bool
) -> Iterator[Transferred]:
    """Transfers of every kind that compete with computing: all but one on the first visit.

    That is a full tile of what is loaded, and the last one of what is unloaded. Partial sums do not
    come back on the first visit. ``kinds`` are the different tiles; full ones first.
    """
    for place, kind in enumerate(kinds):
        transfers = (visits - 1) * way.when * kind.number
        if not back:
            outside = kind.is_last if is_unloaded else float(place == 0)
            transfers = transfers + way.when * (kind.number - outside)
        yield Transferred(transfers, way.when * kind.cycles, kind.share)

"""What an access moves over a cut: tiles that are full, or short along some dimensions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zigzag_imc.solver.tables.any_sizes.any_cut import Amount
from zigzag_imc.solver.tables.any_sizes.terms import Term
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
    kinds
        The different tiles; full ones first.
    """

    way: Way
    together: Array
    outside: Array
    kinds: Sequence[Kind] = ()

    def activities(
        self, visits: Array, back: bool, is_unloaded: bool
    ) -> Iterator[tuple[Amount, Amount, Amount]]:
        """Transfers of every kind that compete with computing: all but one on the first visit.

        That is a full tile of what is loaded, and the last one of what is unloaded. Partial sums do
        not come back on the first visit.
        """
        when = self.way.when
        for place, kind in enumerate(self.kinds):
            terms = [Term((visits - 1) * when, kind.number)]
            if not back:
                outside = kind.is_last if is_unloaded else np.full_like(kind.number, place == 0)
                terms.append(Term(when, kind.number - outside))
            yield (
                Amount(tuple(terms)),
                Amount((Term(when, kind.cycles),)),
                Amount((Term(np.ones_like(when), kind.share),)),
            )

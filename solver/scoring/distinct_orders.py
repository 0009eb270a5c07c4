"""The loop orders of one segment that a search keeps: one for each way the segment can look."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

from zigzag_imc.core.mapping import Loop
from zigzag_imc.solver.scoring.runs import LoopKind, Run

Loops = tuple[Loop, ...]
"""Loops of a segment, or those of them that are left."""


class DistinctOrders:
    """Loop orders of one segment, no two of which look the same to the operands around it.

    Parameters
    ----------
    kinds
        Per dimension, how a loop over it looks to each operand that sees the segment from above.
    sinks
        Per dimension, whether a loop over it is idle to each operand cut directly below.
    """

    def __init__(
        self, kinds: Mapping[str, tuple[LoopKind, ...]], sinks: Mapping[str, tuple[bool, ...]]
    ) -> None:
        self._kinds, self._sinks = kinds, sinks
        self._found: dict[tuple[tuple[Run, ...], tuple[bool, ...]], Loops] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, top: Loops, left: Loops, from_above: tuple[Run, ...]) -> None:
        """Keep an order, unless one that looks the same is known.

        Parameters
        ----------
        top
            Loops at the top of the segment, highest first.
        left
            Loops below them, which may stand in any order.
        from_above
            The runs at the top, as far as they go.
        """
        loops = (*self._lowest_first(left), *reversed(top))
        # A lowest loop that sinks under a cut below looks different from there.
        look = (from_above, self._sinks[loops[0][0]])
        if look not in self._found:
            self._found[look] = _joined(loops)

    def likely_best_first(self) -> list[Loops]:
        """Return the orders, innermost loop first.

        A held loop or a window directly below a cut leaves the whole period for its transfer.
        """
        return sorted(self._found.values(), key=self._likelihood)

    def _likelihood(self, loops: Loops) -> tuple[int, Loops]:
        """Sort key of an order: to how many operands its highest loop is idle."""
        return self._kinds[loops[-1][0]].count("idle"), loops

    def _lowest_first(self, left: Loops) -> list[Loop]:
        """Loops in any order, but those that sink under a cut below stand lowest."""
        return sorted(left, key=lambda loop: (any(self._sinks[loop[0]]), loop[0]))


def _joined(loops: Sequence[Loop]) -> Loops:
    """Join neighbouring loops over the same dimension."""
    by_dim = itertools.groupby(loops, key=lambda loop: loop[0])
    return tuple((dim, math.prod(factor for _, factor in group)) for dim, group in by_dim)

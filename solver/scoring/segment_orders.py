"""Loop orders inside one segment: one for each way its top can look to the operands around it.

A segment is what lies between two consecutive different tiles. From above, an operand sees only the
*run* at its top: how many iterations of loops that are all held, or all idle, to the operand. From
below, an operand cut there sees only whether the lowest loop sinks under its cut.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

from zigzag_imc.core.layer import INPUTS, OPERANDS, Layer
from zigzag_imc.core.mapping import Loop
from zigzag_imc.models.mapspace.factors import divisors

MOST_ARRANGEMENTS = 4000
"""Loop orders tried for one choice of tiles before giving up on telling all of them apart."""

LoopKind = Literal["held", "idle", "window"]
"""How a loop looks to an operand: relevant, irrelevant, or part of a sliding window."""


def loop_kind(layer: Layer, operand: int, dim: str) -> LoopKind:
    """How a loop over a dimension looks to an operand, given by its index."""
    if operand == INPUTS and dim in _window_dims(layer):
        return "window"
    return "held" if dim in layer.relevant(OPERANDS[operand]) else "idle"


def _window_dims(layer: Layer) -> set[str]:
    """Dimensions over which windows slide."""
    outputs = {window.output_dim for window in layer.windows}
    return outputs | {window.filter_dim for window in layer.windows}


class Run(NamedTuple):
    """Loops from the top of a segment down that look alike to one operand.

    Attributes
    ----------
    kind
        How they look; ``None`` as long as there is no loop.
    iterations
        Product of their sizes.
    goes_on
        Whether a loop of the same kind below would make it longer.
    """

    kind: LoopKind | None = None
    iterations: int = 1
    goes_on: bool = True

    def above(self, kind: LoopKind, factor: int) -> Run:
        """Return the run with one more loop below it."""
        if not self.goes_on:
            return self
        if self.kind is not None and self.kind != kind:
            return Run(self.kind, self.iterations, goes_on=False)
        # Loops of a window never join: what moves depends on each of them.
        return Run(kind, self.iterations * factor, goes_on=kind != "window")


class SegmentOrders:
    """Finds the loop orders of one segment that can differ in cost.

    Parameters
    ----------
    layer
        The layer whose loops they are.
    seen_from
        Operands that see the segment from above, by index.
    resting_on
        Operands cut directly below the segment, by index.
    sizes
        Iterations of the segment per dimension.

    Notes
    -----
    The descent adds loops from the top down until every run has ended; what is then left may stand
    in any order. Loops that are idle to an operand cut directly below would sink under that cut,
    which makes them another choice of tiles; so where there is a choice, such a loop stands lowest.
    """

    def __init__(
        self,
        layer: Layer,
        seen_from: Collection[int],
        resting_on: Collection[int],
        sizes: Mapping[str, int],
    ) -> None:
        self._sizes = dict(sizes)
        self._observers = len(seen_from)
        self._kinds = {dim: _kinds(layer, seen_from, dim) for dim in sizes}
        self._sinks = {
            dim: tuple(kind == "idle" for kind in _kinds(layer, resting_on, dim)) for dim in sizes
        }
        self._found: dict[tuple[object, ...], tuple[Loop, ...]] = {}
        self._visited: set[tuple[object, ...]] = set()

    def all(self) -> list[tuple[Loop, ...]]:
        """Return the orders, innermost loop first, likely best ones first."""
        if not self._observers or len(self._sizes) < 2:
            return [tuple(self._lowest_first(self._sizes))]
        self._descend((), dict(self._sizes), (Run(),) * self._observers)
        return sorted(self._found.values(), key=self._likely_best_first)

    def _likely_best_first(self, loops: tuple[Loop, ...]) -> tuple[int, tuple[Loop, ...]]:
        """Sort key.

        A held loop or a window directly below a cut leaves the whole period for its transfer.
        """
        return self._kinds[loops[-1][0]].count("idle"), loops

    def _lowest_first(self, sizes: Mapping[str, int]) -> list[Loop]:
        """Loops in any order, but those that sink under a cut below stand lowest."""
        return sorted(sizes.items(), key=lambda loop: (any(self._sinks[loop[0]]), loop[0]))

    def _descend(self, top: tuple[Loop, ...], left: dict[str, int], runs: tuple[Run, ...]) -> None:
        """Add every loop that is left below those at the top, highest first."""
        if len(left) <= 1 or not any(run.goes_on for run in runs):
            self._keep(top, left)
            return
        # Which loops are left and how the runs stand decides all that can follow, whatever the
        # order so far.
        state = (*sorted(left.items()), runs)
        if state in self._visited or len(self._found) > MOST_ARRANGEMENTS:
            return
        self._visited.add(state)
        for dim in sorted(left):
            kinds = self._kinds[dim]
            for factor in _factors(left[dim]):
                longer = tuple(
                    run.above(kind, factor) for run, kind in zip(runs, kinds, strict=True)
                )
                self._descend((*top, (dim, factor)), _without(left, dim, factor), longer)

    def _keep(self, top: tuple[Loop, ...], left: Mapping[str, int]) -> None:
        """Keep an order, unless one that looks the same is known."""
        loops = _joined((*self._lowest_first(left), *reversed(top)))
        from_above = tuple(self._top_run(loops, at) for at in range(self._observers))
        # A lowest loop that sinks under a cut below looks different from there.
        from_below = self._sinks[loops[0][0]]
        self._found.setdefault((from_above, from_below), loops)

    def _top_run(self, loops: tuple[Loop, ...], at: int) -> tuple[LoopKind, int]:
        """Kind and iterations of the run at the top, as one observer sees it."""
        kind = self._kinds[loops[-1][0]][at]
        if kind == "window":
            return kind, 1
        run = itertools.takewhile(lambda loop: self._kinds[loop[0]][at] == kind, reversed(loops))
        return kind, math.prod(factor for _, factor in run)


def _kinds(layer: Layer, operands: Collection[int], dim: str) -> tuple[LoopKind, ...]:
    """How a loop looks to each of some operands."""
    return tuple(loop_kind(layer, operand, dim) for operand in sorted(operands))


def _without(left: Mapping[str, int], dim: str, factor: int) -> dict[str, int]:
    """Take a factor of a dimension away."""
    rest = {**left, dim: left[dim] // factor}
    if rest[dim] == 1:
        del rest[dim]
    return rest


def _factors(size: int) -> tuple[int, ...]:
    """Factors of a loop that may stand at the top of a segment: every divisor but one."""
    return divisors(size)[1:]


def _joined(loops: Sequence[Loop]) -> tuple[Loop, ...]:
    """Join neighbouring loops over the same dimension."""
    by_dim = itertools.groupby(loops, key=lambda loop: loop[0])
    return tuple((dim, math.prod(factor for _, factor in group)) for dim, group in by_dim)

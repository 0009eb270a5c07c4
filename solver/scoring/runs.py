"""How the loops of a layer look to its operands, and runs of loops that look alike."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Literal, NamedTuple

from zigzag_imc.core.layer import OPERANDS, Layer

LoopKind = Literal["held", "idle", "window"]
"""How a loop looks to an operand: relevant, irrelevant, or part of a sliding window."""


_is_idle = partial(operator.eq, "idle")
"""Whether a kind of loops is irrelevant."""


class Run(NamedTuple):
    """Loops from the top of a segment down that look alike to one operand.

    Attributes
    ----------
    kind
        How they look; ``None`` as long as there is no loop.
    iterations
        Product of their sizes. One for a window: those loops never join, because what moves
        depends on each of them.
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
        if self.kind not in (None, kind):
            return Run(self.kind, self.iterations, goes_on=False)
        if kind == "window":
            return Run(kind, goes_on=False)
        return Run(kind, self.iterations * factor)


@lru_cache(maxsize=256)
def kinds_to(layer: Layer, operands: frozenset[int]) -> Mapping[str, tuple[LoopKind, ...]]:
    """How a loop over every dimension looks to some operands, in the order of their indices."""
    kinds = list(map(loop_kinds(layer).__getitem__, sorted(operands)))
    return {dim: tuple(map(operator.itemgetter(dim), kinds)) for dim in layer.sizes}


@lru_cache(maxsize=256)
def sinks_under(layer: Layer, operands: frozenset[int]) -> Mapping[str, tuple[bool, ...]]:
    """Whether a loop over every dimension sinks under cuts of some operands directly below it."""
    return {dim: tuple(map(_is_idle, kinds)) for dim, kinds in kinds_to(layer, operands).items()}


@lru_cache(maxsize=256)
def loop_kinds(layer: Layer) -> tuple[Mapping[str, LoopKind], ...]:
    """How a loop over every dimension of a layer looks to each of its operands."""
    return tuple(_kinds(layer, operand) for operand in OPERANDS)


def _kinds(layer: Layer, operand: str) -> Mapping[str, LoopKind]:
    """How a loop over every dimension of a layer looks to one operand."""
    idle: Mapping[str, LoopKind] = dict.fromkeys(layer.idle_dims(operand), "idle")
    held: Mapping[str, LoopKind] = dict.fromkeys(layer.plain_dims(operand), "held")
    window: Mapping[str, LoopKind] = dict.fromkeys(layer.window_dims(operand), "window")
    return {**idle, **held, **window}

"""Which tensors a network's operators hand to each other, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

StepKind = Literal["layer", "operator", "opaque"]
"""``layer``: one layer, whose tensors are known. ``operator``: multiplies and accumulates nothing.
``opaque``: of what it does with its tensors too little is known to keep any of them."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operator of a network at work, in the order of the graph.

    Attributes
    ----------
    name
        Name of the layer, or of the node.
    kind
        Whether it is a layer, another operator, or neither for sure.
    reads, writes
        Names of the tensors that it reads and writes; constants are none.
    streamed, stored
        Of a layer: the tensor that is its ``I``, and the one that is its ``W`` where that is an
        activation, too, as the reader of the graph takes them.
    """

    name: str
    kind: StepKind
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    streamed: str | None = None
    stored: str | None = None


@dataclass(frozen=True)
class Dataflow:
    """The steps of a network, and the tensors between them.

    Attributes
    ----------
    steps
        In the order of the graph: what a step reads was written before.
    elements
        Elements of every tensor whose size is known.
    outputs
        Tensors that are results of the network.
    """

    steps: tuple[Step, ...]
    elements: Mapping[str, int]
    outputs: tuple[str, ...] = ()

    @cached_property
    def producers(self) -> Mapping[str, int]:
        """Step that writes each tensor; none for inputs of the network."""
        return {name: place for place, step in enumerate(self.steps) for name in step.writes}

    @cached_property
    def consumers(self) -> Mapping[str, tuple[int, ...]]:
        """Steps that read each tensor, in order."""
        found: dict[str, list[int]] = {}
        for place, step in enumerate(self.steps):
            for name in dict.fromkeys(step.reads):
                found.setdefault(name, []).append(place)
        return {name: tuple(places) for name, places in found.items()}

    @cached_property
    def earlier(self) -> tuple[frozenset[int], ...]:
        """Steps that come before each step, whatever the order: those that it depends on.

        A step of which too little is known stays between the same steps: all that come before it
        in the graph come before it in any order, and all that come after it, after it.
        """
        found: list[frozenset[int]] = []
        writers: dict[str, list[int]] = {}
        fence: list[int] = []
        for place, step in enumerate(self.steps):
            named = (*step.reads, *step.writes)
            needed = {*fence, *(one for name in named for one in writers.get(name, ()))}
            if step.kind == "opaque":
                needed, fence = set(range(place)), [place]
            found.append(frozenset(needed).union(*(found[one] for one in needed)))
            for name in step.writes:
                writers.setdefault(name, []).append(place)
        return tuple(found)

    @property
    def has_one_order(self) -> bool:
        """Whether the steps depend on each other so that no other order is possible."""
        return all(len(before) == place for place, before in enumerate(self.earlier))

    def is_order(self, places: Sequence[int]) -> bool:
        """Whether the steps may run in an order of their places, each after all it depends on."""
        if sorted(places) != list(range(len(self.steps))):
            return False
        done: set[int] = set()
        for place in places:
            if not self.earlier[place] <= done:
                return False
            done.add(place)
        return True

    def reordered(self, places: Sequence[int]) -> Dataflow:
        """Return the same steps in another order, which names them by their places."""
        return replace(self, steps=tuple(self.steps[place] for place in places))

    @property
    def tensors(self) -> Iterator[str]:
        """All tensors, in the order in which they are first read or written."""
        mentioned = (name for step in self.steps for name in (*step.reads, *step.writes))
        return iter(dict.fromkeys(mentioned))

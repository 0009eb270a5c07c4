"""Which tensors a network's operators hand to each other, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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

    @property
    def tensors(self) -> Iterator[str]:
        """All tensors, in the order in which they are first read or written."""
        mentioned = (name for step in self.steps for name in (*step.reads, *step.writes))
        return iter(dict.fromkeys(mentioned))

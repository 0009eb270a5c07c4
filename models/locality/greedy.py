"""ZigZag's greedy rule for what stays on chip, layer by layer.

The rule, as its runs show it. Operators that are no layers pass tensors on: what counts are the
layers before and after a layer.

- What a layer hands on may stay where one layer alone follows, and that one follows no other.
  Where paths part or meet again, tensors go to the top memory.
- It stays in the lowest memory that serves inputs and outputs of the layer and holds both whole at
  once, every output with the bits of a partial sum. If weights lie there, too, it has to hold those
  of the whole network beside them. The next layer is not asked.
- At the ends: a result of the network stays like any output, and an input of the network stays
  where the output of its layer does.

Nothing is weighed: what stays is never compared with what it costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from zigzag_imc.core.accelerator import MemoryInstance
from zigzag_imc.models.locality.places import Placement
from zigzag_imc.models.locality.timeline import Timeline, elements_of


def greedy_placement(timeline: Timeline) -> dict[str, str]:
    """Return what stays on chip by the rule, and where.

    The rule itself forgets what operators without multiply-accumulates take. Where a memory would
    have to hold more than it can, the next higher one is tried, and where there is none, tensors
    go through the levels above.
    """
    return _Greedy(timeline).placement()


@dataclass(frozen=True)
class _Greedy:
    """The rule at work on the steps of a network."""

    timeline: Timeline

    def placement(self) -> dict[str, str]:
        """Decide layer by layer, in the order of the steps."""
        placement: dict[str, str] = {}
        for place in self._layer_steps:
            tensors = self._handed_on(place)
            if not self._stays(place):
                continue
            for memory in self._homes(place):
                more = placement | dict.fromkeys([*tensors, *self._inputs(place)], memory)
                if self._is_possible(more):
                    placement = more
                    break
        return placement

    # ------------------------------------------------------------------ layers in a row
    @cached_property
    def _layer_steps(self) -> tuple[int, ...]:
        """Places of the steps that are layers."""
        steps = enumerate(self.timeline.steps)
        return tuple(place for place, step in steps if step.kind != "operator")

    @cached_property
    def _before(self) -> Mapping[int, frozenset[int]]:
        """Layers whose outputs reach each layer, through operators at most."""
        makers = self.timeline.dataflow.producers
        reaching: dict[str, frozenset[int]] = {}
        before = {}
        for place, step in enumerate(self.timeline.steps):
            read: frozenset[int] = frozenset()
            for name in step.reads:
                if name in makers:
                    read |= reaching[name]
            is_layer = step.kind != "operator"
            if is_layer:
                before[place] = read
            reaching |= dict.fromkeys(step.writes, frozenset([place]) if is_layer else read)
        return before

    def _after(self, place: int) -> list[int]:
        """Layers that the output of a layer reaches."""
        return [other for other, before in self._before.items() if place in before]

    def _stays(self, place: int) -> bool:
        """Whether what a layer hands on goes one way only, or is a result."""
        after = self._after(place)
        return not after or (len(after) == 1 and self._before[after[0]] == {place})

    # ------------------------------------------------------------------ tensors
    def _handed_on(self, place: int) -> list[str]:
        """Tensors that a layer hands on: its output, and what operators make of it."""
        found = set(self.timeline.steps[place].writes)
        for step in self.timeline.steps[place + 1 :]:
            if step.kind == "operator" and found & set(step.reads):
                found.update(step.writes)
        return [name for name in self.timeline.tensors if name in found]

    def _inputs(self, place: int) -> Iterator[str]:
        """Yield inputs of the network that stay with the output of a layer: all that it reads."""
        if self._before[place]:
            return
        makers = self.timeline.dataflow.producers
        read = set(self.timeline.steps[place].reads)
        for step in reversed(self.timeline.steps[:place]):
            if read & set(step.writes):
                read.update(step.reads)
        for name in self.timeline.tensors:
            if name in read and (name not in makers or self._is_operators(makers[name])):
                yield name

    def _is_operators(self, place: int) -> bool:
        return self.timeline.steps[place].kind == "operator"

    # ------------------------------------------------------------------ memories
    def _homes(self, place: int) -> Iterator[str]:
        """Yield the memories that hold a layer's input and output at once, the lowest first."""
        layer = self.timeline.layers.get(self.timeline.steps[place].name)
        if layer is None or self.timeline.steps[place].kind != "layer":
            return
        bits = elements_of(layer, "I") * layer.precision.I
        bits += elements_of(layer, "O") * layer.precision.O
        for memory in self.timeline.memories:
            if {"I", "O"} <= set(memory.operands) and self._holds(memory, bits):
                yield memory.name

    def _holds(self, memory: MemoryInstance, bits: int) -> bool:
        """Whether a memory holds tensors, and all weights of the network if it holds weights."""
        weights = self._weight_bits if "W" in memory.operands else 0
        return bits + weights <= memory.size_bits

    @cached_property
    def _weight_bits(self) -> int:
        """Bits of all weights of the network; operands that are activations are none."""
        return sum(
            elements_of(layer, "W") * layer.precision.W
            for layer in self.timeline.layers.values()
            if layer.stored is None
        )

    def _is_possible(self, placement: Placement) -> bool:
        """Whether tensors may lie there, and the memories hold them at every step."""
        timeline = self.timeline
        if not timeline.is_legal(placement):
            return False
        sizes = {memory.name: memory.size_bits for memory in timeline.memories}
        for place, step in enumerate(timeline.steps):
            if any(
                timeline.held_bits(placement, memory, place) > sizes[memory]
                for memory in set(placement.values())
            ):
                return False
            if step.kind == "layer" and not self._is_found(place, placement):
                return False
        return True

    def _is_found(self, place: int, placement: Placement) -> bool:
        """Whether a layer finds room, with any operand stored."""
        layer = self.timeline.layers[self.timeline.steps[place].name]
        return any(
            self.timeline.situation(place, one, placement) is not None for one in layer.alternatives
        )

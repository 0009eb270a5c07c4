"""Tensors on chip, step by step: where they may stay, how long, and what room that takes.

The rules, once:

- a kept tensor takes its whole room from the step that writes it to the last one that reads it,
  both included: nothing is overwritten in place;
- an element takes as many bits as any step writes or reads of it; while its own layer runs, those
  of a partial sum where partial sums may come to its memory;
- an operator that is no layer reads and writes its tensors free of charge; what it writes may only
  be kept where all that it reads is kept in the same memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from zigzag_imc.core.accelerator import Accelerator, MemoryInstance
from zigzag_imc.core.dataflow import Dataflow, Step
from zigzag_imc.core.layer import Layer
from zigzag_imc.models.locality.places import Placement
from zigzag_imc.models.locality.residence import (
    Residence,
    has_own_weights,
    weight_bits,
    weight_homes,
)
from zigzag_imc.models.locality.situation import Kept, Room, Situation, memory_below
from zigzag_imc.models.locality.tensor import Tensor


@dataclass(frozen=True)
class Timeline:
    """The steps of a network on an accelerator.

    Attributes
    ----------
    dataflow
        Steps and tensors.
    layers
        All layers by name, as they are mapped.
    accelerator
        What they are mapped onto.
    keep_ends
        Whether inputs and results of the network may stay on chip, too: inputs lie there when it
        begins, results when it has ended.
    inferences
        How many inferences share the loading of weights that stay; one: none do, for a layer that
        loads all its weights once costs the same.
    """

    dataflow: Dataflow
    layers: Mapping[str, Layer]
    accelerator: Accelerator
    keep_ends: bool = False
    inferences: int = 1
    _known_bits: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in order."""
        return self.dataflow.steps

    @cached_property
    def memories(self) -> tuple[MemoryInstance, ...]:
        """Memories that can hold a whole tensor: those of which there is one instance."""
        whole = self.accelerator
        return tuple(memory for memory in whole.memories if whole.instances(memory) == 1)

    @cached_property
    def tensors(self) -> Mapping[str, Tensor]:
        """Tensors that may stay on chip, by name, in the order in which they are written."""
        found = (self._tensor(name) for name in self.dataflow.tensors)
        return {tensor.name: tensor for tensor in found if tensor is not None and tensor.memories}

    def reordered(self, order: Sequence[int]) -> Timeline:
        """Return the same steps in another order, which names them by their places."""
        return replace(self, dataflow=self.dataflow.reordered(order), _known_bits={})

    def step_of(self, layer: str) -> int:
        """Place of the step of a layer."""
        return self._places[layer]

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {
            step.name: place
            for place, step in enumerate(self.steps)
            if step.kind != "operator" and step.name in self.layers
        }

    @cached_property
    def weight_homes(self) -> tuple[str, ...]:
        """Names of the memories where the weights of all layers may stay."""
        return weight_homes(self.layers, self.accelerator) if self.inferences > 1 else ()

    @cached_property
    def weight_bits(self) -> int:
        """Bits of the weights of all layers."""
        return weight_bits(self.layers.values())

    # ------------------------------------------------------------------ tensors
    def _tensor(self, name: str) -> Tensor | None:
        """Return a tensor that may stay on chip; ``None`` where it may not."""
        elements = self.dataflow.elements.get(name)
        first, last = self._life(name)
        if elements is None or first is None or last is None or not self._is_between_layers(name):
            return None
        elements = max([elements, *self._elements_seen(name)])
        return Tensor(
            name, elements, self._bits(name), first, last, tuple(self._memories_for(name))
        )

    def _life(self, name: str) -> tuple[int | None, int | None]:
        """Steps from which and up to which a tensor is held, where it may be."""
        first = self.dataflow.producers.get(name)
        readers = self.dataflow.consumers.get(name, ())
        last = readers[-1] if readers else None
        if self.keep_ends:
            first = 0 if first is None else first
            last = len(self.steps) - 1 if name in self.dataflow.outputs else last
        elif name in self.dataflow.outputs:
            last = None
        return first, last

    def _is_between_layers(self, name: str) -> bool:
        """Whether a layer reads it, or what operators make of it; or it is a kept result."""
        if self.keep_ends and name in self.dataflow.outputs:
            return True
        steps = [self.steps[place] for place in self.dataflow.consumers.get(name, ())]
        return any(
            step.kind == "layer" or any(map(self._is_between_layers, step.writes))
            for step in steps
            if step.kind != "opaque"
        )

    def _uses(self, name: str) -> Iterator[tuple[Layer, str]]:
        """Yield the layers that write or read a tensor, and as which operand.

        Of a product whose operands may change places, as the graph has them.
        """
        maker = self.dataflow.producers.get(name)
        if maker is not None and self.steps[maker].kind == "layer":
            yield self.layers[self.steps[maker].name], "O"
        for place in self.dataflow.consumers.get(name, ()):
            step = self.steps[place]
            if step.kind == "layer":
                layer = self.layers[step.name]
                for operand in operands_reading(step, layer, name):
                    yield layer, operand

    def _elements_seen(self, name: str) -> Iterator[int]:
        """Yield how many elements each of its layers sees of it."""
        for layer, operand in self._uses(name):
            yield elements_of(layer, operand)

    def _bits(self, name: str) -> int:
        """Bits of an element at rest: as many as any step writes or reads of it."""
        if name not in self._known_bits:
            written = (
                layer.precision.O_final if operand == "O" else layer.precision.bits(operand)
                for layer, operand in self._uses(name)
            )
            maker = self.dataflow.producers.get(name)
            is_passed_on = maker is not None and self.steps[maker].kind == "operator"
            passed = self.steps[maker].reads if is_passed_on and maker is not None else ()
            self._known_bits[name] = max([1, *written, *map(self._bits, passed)])
        return self._known_bits[name]

    def _memories_for(self, name: str) -> Iterator[str]:
        """Yield the memories that serve all steps at a tensor as an operator of theirs."""
        maker = self.dataflow.producers.get(name)
        places = [*([] if maker is None else [maker]), *self.dataflow.consumers.get(name, ())]
        if any(self.steps[place].kind == "opaque" for place in places):
            return
        for memory in self.memories:
            serves_all = all(self._may_serve(self.steps[place], name, memory) for place in places)
            if serves_all and self._is_below_a_top(name, memory):
                yield memory.name

    def _may_serve(self, step: Step, name: str, memory: MemoryInstance) -> bool:
        """Whether a memory may hand a tensor to a step, or take it, with any operand stored."""
        if step.kind == "operator":
            return True
        layer = self.layers[step.name]
        if name in step.writes and "O" not in memory.operands:
            return False
        return name not in step.reads or any(
            set(operands_reading(step, one, name)) <= set(memory.operands)
            for one in layer.alternatives
        )

    def _is_below_a_top(self, name: str, memory: MemoryInstance) -> bool:
        """Whether a layer would move the tensor further up than this memory.

        One that only operators touch, as if a layer read it.
        """
        operands = [operand for _, operand in self._uses(name)] or ["I"]
        top = max(self.accelerator.levels[operand][-1] for operand in operands)
        return self.accelerator.memories.index(memory) < top

    # ------------------------------------------------------------------ what is kept
    def is_legal(self, placement: Placement) -> bool:
        """Whether tensors may lie where a placement says, their room aside."""
        for name, memory in placement.items():
            tensor = self.tensors.get(name)
            if tensor is None or memory not in tensor.memories:
                return False
            if any(placement.get(read) != memory for read in self.needed_with(name)):
                return False
        return True

    def may_stay(self, residence: Residence) -> bool:
        """Whether the weights of all layers may stay where that says."""
        if residence.memory not in self.weight_homes:
            return False
        cells = self.accelerator.cells
        if residence.memory != cells.name:
            return not residence.shares
        own = {name for name, layer in self.layers.items() if has_own_weights(layer)}
        return residence.shares.keys() == own and residence.shared_bits <= cells.size_bits

    def needed_with(self, name: str) -> tuple[str, ...]:
        """Tensors that have to be kept in the memory where this one is."""
        maker = self.dataflow.producers.get(name)
        if maker is None or self.steps[maker].kind != "operator":
            return ()
        return self.steps[maker].reads

    def held_bits(
        self, placement: Placement, memory: str, step: int, residence: Residence | None = None
    ) -> int:
        """Bits of all tensors at rest in a memory while a step runs; of weights that stay, too."""
        weights = 0
        if residence is not None and residence.memory == memory:
            is_cells = memory == self.accelerator.cells.name
            weights = residence.shared_bits if is_cells else self.weight_bits
        return weights + sum(
            self.tensors[name].bits
            for name, place in placement.items()
            if place == memory and self.tensors[name].lives_at(step)
        )

    def extra_bits(self, layer: Layer, tensor: str) -> int:
        """Bits that partial sums take beyond the room that their tensor has at rest."""
        found = self.tensors[tensor]
        return found.elements * max(0, layer.precision.O - found.element_bits)

    def extra_of(self, name: str, layer: Layer, placement: Placement) -> dict[tuple[int, str], int]:
        """Return what partial sums of a layer take beyond its output at rest, if that is kept."""
        step = self.step_of(name)
        if self.steps[step].kind != "layer":
            return {}
        output = self.steps[step].writes[0]
        home = placement.get(output)
        return {} if home is None else {(step, home): self.extra_bits(layer, output)}

    def may_come_finished(self, memory: str) -> bool:
        """Whether outputs in a memory can be told to come finished: not right above the array."""
        return memory_below(self.accelerator, "O", memory) is not None

    def situation(
        self,
        step: int,
        layer: Layer,
        placement: Placement,
        finished: bool = False,
        residence: Residence | None = None,
    ) -> Situation | None:
        """Return the situation of a layer; ``None`` where there is none.

        Parameters
        ----------
        step
            Place of the layer's step.
        layer
            The layer with the operand stored that is stored.
        placement
            What is kept.
        finished
            Whether its output takes the room of finished ones, if it is kept.
        residence
            Where weights stay from inference to inference, if they do.
        """
        here = self.steps[step]
        stays = residence is not None and has_own_weights(layer)
        kept = [Kept("W", residence.memory)] if residence is not None and stays else []
        extra: dict[str, int] = {}
        for operand, tensor in self.operands_of(here, layer):
            memory = placement.get(tensor)
            if memory is None:
                continue
            kept.append(Kept(operand, memory))
            if operand == "O" and not finished:
                extra[memory] = self.extra_bits(layer, tensor)
        if not all(self._serves(one) for one in kept[stays:]):
            return None
        rooms = list(self._room_in_cells(here, layer, residence))
        for memory_instance in self.memories:
            name = memory_instance.name
            held = self.held_bits(placement, name, step, residence) + extra.get(name, 0)
            left = memory_instance.size_bits - held
            if left < 0:
                return None
            if held and self._holds_tiles(memory_instance, kept):
                rooms.append(Room(name, left))
        has_output = any(one.operand == "O" for one in kept)
        inferences = self.inferences if stays else 0
        return Situation(tuple(kept), tuple(rooms), finished and has_output, inferences)

    def _room_in_cells(
        self, step: Step, layer: Layer, residence: Residence | None
    ) -> Iterator[Room]:
        """Yield the room in the cells of a layer, where weights stay there."""
        cells = self.accelerator.cells
        if residence is None or residence.memory != cells.name:
            return
        if has_own_weights(layer):
            yield Room(cells.name, residence.shares[step.name])
        else:
            yield Room(cells.name, cells.size_bits - residence.shared_bits)

    def operands_of(self, step: Step, layer: Layer) -> Iterator[tuple[str, str]]:
        """Yield the operands of a layer and the tensors that they are; none of what is opaque."""
        if step.kind != "layer":
            return
        for operand in ("W", "I"):
            for name in dict.fromkeys(step.reads):
                if operand in operands_reading(step, layer, name):
                    yield operand, name
        yield "O", step.writes[0]

    def _serves(self, kept: Kept) -> bool:
        """Whether a memory holds an operand at all."""
        return any(
            memory.name == kept.memory and kept.operand in memory.operands
            for memory in self.memories
        )

    def memories_with_tiles(self, kept: Iterable[Kept], layer: Layer) -> tuple[str, ...]:
        """Names of the memories that may keep tensors and hold tiles beside what is kept.

        The cells are one where their room may be less than all: of a share of them, or of what
        shares leave to a layer that stores an activation.
        """
        listed, cells = tuple(kept), self.accelerator.cells.name
        is_shared = any((one.operand, one.memory) == ("W", cells) for one in listed)
        is_rest = not has_own_weights(layer) and cells in self.weight_homes
        beside = tuple(
            memory.name
            for memory in self.memories
            if memory.name in self.homes and self._holds_tiles(memory, listed)
        )
        return (cells, *beside) if is_shared or is_rest else beside

    @cached_property
    def homes(self) -> frozenset[str]:
        """Names of the memories that may keep any tensor."""
        homes = {name for tensor in self.tensors.values() for name in tensor.memories}
        return frozenset(homes.union(self.weight_homes) - {self.accelerator.cells.name})

    def _holds_tiles(self, memory: MemoryInstance, kept: Iterable[Kept]) -> bool:
        """Whether a memory holds tiles of an operand that is not kept there or below."""
        names = [one.name for one in self.accelerator.memories]
        place = names.index(memory.name)
        gone = {one.operand for one in kept if names.index(one.memory) <= place}
        return not set(memory.operands) <= gone


def operands_reading(step: Step, layer: Layer, tensor: str) -> tuple[str, ...]:
    """Operands of a layer that a tensor is which its step reads: ``W``, ``I``, or both."""
    streamed, stored = step.streamed, step.stored
    if layer.stored is not None and layer.stored.swapped:
        streamed, stored = stored, streamed
    found = []
    if tensor == stored:
        found.append("W")
    if tensor == streamed:
        found.append("I")
    return tuple(found)


def elements_of(layer: Layer, operand: str) -> int:
    """Count the elements of an operand that a layer reads or writes."""
    plain = math.prod(layer.sizes[dim] for dim in layer.plain_dims(operand))
    extents = (
        window.extent(layer.sizes.get(window.output_dim, 1), layer.sizes.get(window.filter_dim, 1))
        for window in layer.windows_of(operand)
    )
    return plain * int(math.prod(extents))

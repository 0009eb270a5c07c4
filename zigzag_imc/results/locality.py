"""What stays on chip between layers, as a result file says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveInt

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.dataflow import Dataflow, Step, StepKind
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import KeepingSource, Status
from zigzag_imc.results.parts import Operand, Record

if TYPE_CHECKING:
    from zigzag_imc.models.locality.places import Placement
    from zigzag_imc.models.locality.residence import Residence
    from zigzag_imc.models.locality.situation import Situation
    from zigzag_imc.models.locality.timeline import Timeline


class KeptRecord(Record):
    """An operand that lies whole in a memory while its layer runs.

    Attributes
    ----------
    operand
        ``W``, ``I`` or ``O``.
    memory
        The memory: the operand's top one.
    """

    operand: Operand
    memory: str


class RoomRecord(Record):
    """What tensors leave of a memory for the tiles of a layer.

    Attributes
    ----------
    memory
        Name of the memory.
    bits
        Its size without the tensors that lie there meanwhile.
    """

    memory: str
    bits: NonNegativeInt


class SituationRecord(Record):
    """What a layer finds on chip.

    Attributes
    ----------
    kept
        Operands that are kept: the memories above do not hold them.
    rooms
        Room in memories that hold tensors beside tiles.
    finished
        Whether outputs come finished to the memory that keeps them, which then has room for no
        more: a constraint of the mapping.
    stored_free
        Of a product of two activations, whether either operand could be stored: a part of the
        choice of what is kept, while the layer's own proof is of the one that is.
    inferences
        For how many inferences its weights are loaded once into the memory that keeps them; zero
        where they come and go.
    """

    kept: tuple[KeptRecord, ...] = ()
    rooms: tuple[RoomRecord, ...] = ()
    finished: bool = False
    stored_free: bool = False
    inferences: NonNegativeInt = 0

    @classmethod
    def of(cls, situation: Situation, stored_free: bool = False) -> SituationRecord:
        """Record a situation."""
        return cls.model_validate(
            {
                "kept": [{"operand": k.operand, "memory": k.memory} for k in situation.kept],
                "rooms": [{"memory": r.memory, "bits": r.bits} for r in situation.rooms],
                "finished": situation.finished,
                "stored_free": stored_free,
                "inferences": situation.inferences,
            }
        )

    def situation(self) -> Situation:
        """Return the situation."""
        from zigzag_imc.models.locality.situation import Kept, Room, Situation

        return Situation(
            tuple(Kept(one.operand, one.memory) for one in self.kept),
            tuple(Room(one.memory, one.bits) for one in self.rooms),
            self.finished,
            self.inferences,
        )


class StepRecord(Record):
    """A step of the network; see `zigzag_imc.core.dataflow.Step`.

    Attributes
    ----------
    name
        Name of the layer, or of the node.
    kind
        ``layer``, ``operator`` (multiplies and accumulates nothing), or ``opaque``.
    reads, writes
        Tensors that it reads and writes.
    streamed, stored
        Of a layer, the tensor that is its ``I``, and the one that is its ``W`` where that is an
        activation, as the reader of the graph takes them.
    """

    name: str
    kind: StepKind
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    streamed: str | None = None
    stored: str | None = None


class TensorRecord(Record):
    """A tensor that may stay on chip.

    Attributes
    ----------
    name
        Name of the tensor.
    elements, element_bits
        Its size; bits of an element at rest.
    first, last
        Numbers of the steps from which and up to which it is held.
    memory
        The memory that keeps it; ``None`` where it goes through the levels above.
    """

    name: str
    elements: PositiveInt
    element_bits: PositiveInt
    first: NonNegativeInt
    last: NonNegativeInt
    memory: str | None


class WeightsRecord(Record):
    """Where the weights of all layers stay from inference to inference.

    Attributes
    ----------
    memory
        Name of the memory.
    bits
        Bits of all weights.
    share_bits
        In the cells, the bits of every multiplier that each layer has, by its name.
    """

    memory: str
    bits: NonNegativeInt
    share_bits: dict[str, PositiveInt]

    def residence(self) -> Residence:
        """Return where they stay."""
        from zigzag_imc.models.locality.residence import Residence

        return Residence(self.memory, dict(self.share_bits))


class MemoryTimelineRecord(Record):
    """How much of a memory kept tensors take, step by step; in the cells, of every multiplier.

    Attributes
    ----------
    memory
        Name of the memory.
    size_bits
        Its size.
    used_bits
        Bits that kept tensors take at every step, partial sums and weights that stay included.
    """

    memory: str
    size_bits: NonNegativeInt
    used_bits: tuple[NonNegativeInt, ...]


class GraphOrderRecord(Record):
    """The order of the graph, where that of the steps was a part of the choice.

    Attributes
    ----------
    places
        Place of every step, in the order in which they run, in the order of the graph.
    objective_value, bound
        Objective of the network in the order of the graph, with what is best kept there, and its
        certified lower bound; ``None`` where they were not worked out.
    """

    places: tuple[NonNegativeInt, ...]
    objective_value: float | None = None
    bound: float | None = None


class CornerRecord(Record):
    """A choice that is best for some weights of energy and latency.

    Attributes
    ----------
    latency_cycles, energy_pj
        Totals of the network.
    kept
        Memory of each tensor that stays on chip.
    weights
        Memory where the weights of all layers stay; ``None`` where they come and go.
    """

    latency_cycles: NonNegativeFloat
    energy_pj: NonNegativeFloat
    kept: dict[str, str]
    weights: str | None = None


class NetworkFrontRecord(Record):
    """Energy against latency of the network, over all choices of what is kept.

    Attributes
    ----------
    corners
        Corners of the convex hull of all choices, by rising latency and falling energy.
    proved
        Whether no choice lies below the lines between them, or is faster or thriftier than all.
    """

    corners: tuple[CornerRecord, ...]
    proved: bool


class LocalityRecord(Record):
    """What stays on chip between the layers, and how far that is proved best.

    Attributes
    ----------
    rule
        ``best``: what makes the objective of the network least. ``zigzag``: what ZigZag's greedy
        rule keeps. ``given``: what was evaluated.
    keep_ends
        Whether inputs and results of the network might stay on chip, too.
    inferences
        For how many inferences weights that stay are loaded once; all figures are of one of them.
    weights
        Where weights stay; ``None`` where they come and go with every inference.
    steps
        All steps of the network, in the order in which they run.
    elements
        Elements of every tensor.
    outputs
        Tensors that are results of the network.
    tensors
        What may stay on chip, and where it does.
    memories
        Use of the memories, step by step.
    status, reason
        How far the choice is proved, and why no further; of one by a rule, how far the layers'
        mappings under it are proved.
    objective_value
        Objective of all layers together.
    bound
        Certified lower bound of it, whatever is kept, or, by a rule, however layers are mapped
        under it; ``None`` where none was worked out.
    gap
        ``(objective_value - bound) / objective_value``.
    searches
        Layers in situations that were searched.
    graph_order
        The order of the graph, where that of the steps was a part of the choice; ``None`` where
        they have it.
    front
        Energy against latency of the network, where that was asked for.
    """

    rule: KeepingSource
    keep_ends: bool = False
    inferences: PositiveInt = 1
    weights: WeightsRecord | None = None
    steps: tuple[StepRecord, ...]
    elements: dict[str, PositiveInt]
    outputs: tuple[str, ...]
    tensors: tuple[TensorRecord, ...]
    memories: tuple[MemoryTimelineRecord, ...]
    status: Status
    reason: str | None = None
    objective_value: float | None = None
    bound: float | None = None
    gap: NonNegativeFloat | None = None
    searches: NonNegativeInt = 0
    graph_order: GraphOrderRecord | None = None
    front: NetworkFrontRecord | None = None

    def dataflow(self) -> Dataflow:
        """Rebuild steps and tensors."""
        steps = tuple(Step(**step.model_dump()) for step in self.steps)
        return Dataflow(steps, dict(self.elements), self.outputs)

    def timeline(self, layers: Mapping[str, Layer], accelerator: Accelerator) -> Timeline:
        """Lay the steps out again, for layers by name."""
        from zigzag_imc.models.locality.timeline import Timeline

        return Timeline(self.dataflow(), layers, accelerator, self.keep_ends, self.inferences)

    def graph_timeline(self, layers: Mapping[str, Layer], accelerator: Accelerator) -> Timeline:
        """Lay the steps out again, in the order of the graph."""
        timeline = self.timeline(layers, accelerator)
        if self.graph_order is None:
            return timeline
        places = self.graph_order.places
        return timeline.reordered(sorted(range(len(places)), key=places.__getitem__))

    def placement(self) -> Placement:
        """Return the memory of each kept tensor."""
        return {one.name: one.memory for one in self.tensors if one.memory is not None}

    def residence(self) -> Residence | None:
        """Return where weights stay; ``None`` where they come and go."""
        return None if self.weights is None else self.weights.residence()


def weights_record(timeline: Timeline, residence: Residence | None) -> WeightsRecord | None:
    """Record where weights stay."""
    if residence is None:
        return None
    return WeightsRecord(
        memory=residence.memory, bits=timeline.weight_bits, share_bits=dict(residence.shares)
    )


def tensor_records(timeline: Timeline, placement: Placement) -> tuple[TensorRecord, ...]:
    """Record where tensors stay."""
    return tuple(
        TensorRecord(
            name=tensor.name,
            elements=tensor.elements,
            element_bits=tensor.element_bits,
            first=tensor.first,
            last=tensor.last,
            memory=placement.get(tensor.name),
        )
        for tensor in timeline.tensors.values()
    )


def memory_records(
    timeline: Timeline,
    placement: Placement,
    extra_bits: Mapping[tuple[int, str], int],
    residence: Residence | None = None,
) -> tuple[MemoryTimelineRecord, ...]:
    """Record the use of memories; ``extra_bits`` for partial sums by step and memory."""
    homes = {*timeline.homes, *timeline.weight_homes}
    return tuple(
        MemoryTimelineRecord(
            memory=memory.name,
            size_bits=memory.size_bits,
            used_bits=tuple(
                timeline.held_bits(placement, memory.name, step, residence)
                + extra_bits.get((step, memory.name), 0)
                for step in range(len(timeline.steps))
            ),
        )
        for memory in timeline.accelerator.memories
        if memory.name in homes
    )


def flow_fields(dataflow: Dataflow) -> dict[str, object]:
    """Fields of a `LocalityRecord` that say what the steps are."""
    return {
        "steps": tuple(
            StepRecord(
                name=step.name,
                kind=step.kind,
                reads=step.reads,
                writes=step.writes,
                streamed=step.streamed,
                stored=step.stored,
            )
            for step in dataflow.steps
        ),
        "elements": dict(dataflow.elements),
        "outputs": dataflow.outputs,
    }

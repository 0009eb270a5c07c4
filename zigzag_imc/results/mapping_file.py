"""What ``evaluate`` reads: mappings per layer, without any cost."""

from __future__ import annotations

from pydantic import ConfigDict, PositiveInt

from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.stored_operand import Position
from zigzag_imc.results.locality import GraphOrderRecord, SituationRecord, WeightsRecord
from zigzag_imc.results.parts import Record, SpatialRecord, TemporalRecord, mapping_from


class StoredEntry(Record):
    """What a mapping file says of the operand that a product of two activations stores.

    Attributes
    ----------
    position
        Whether it is the first or the second operand in the graph.
    """

    model_config = ConfigDict(extra="ignore")

    position: Position


class MappingFileEntry(Record):
    """The mapping of one layer (and of those in ``names``).

    What else a result says about a layer is ignored.

    ``note`` is what a person should know about a mapping that was read from another tool's file.

    Attributes
    ----------
    name, names
        First of the layers that the mapping is for, and all of them.
    spatial
        Unrollings per array dimension; ``None`` without a mapping.
    temporal
        Loops per operand and memory level; ``None`` without a mapping.
    note
        What a person should know about the mapping.
    stored_operand
        Which of two activations the mapping stores; ``None`` where it does not say.
    situation
        What the layer finds on chip, where tensors stay there between layers.
    """

    model_config = ConfigDict(extra="ignore")

    name: str
    names: tuple[str, ...] = ()
    spatial: SpatialRecord | None
    temporal: TemporalRecord | None
    note: str | None = None
    stored_operand: StoredEntry | None = None
    situation: SituationRecord | None = None

    @property
    def stored(self) -> Position | None:
        """Which of two activations the mapping stores; ``None`` where it does not say."""
        return None if self.stored_operand is None else self.stored_operand.position

    def mapping(self) -> LayerMapping | None:
        """Return the mapping, ``None`` where there is none.

        Raises
        ------
        MappingError
            When the operands disagree about the order of the loops.
        """
        return mapping_from(self.spatial, self.temporal)


class KeptTensor(Record):
    """Where a tensor is.

    Attributes
    ----------
    name
        Name of the tensor.
    memory
        The memory that keeps it; ``None`` where none does.
    """

    model_config = ConfigDict(extra="ignore")

    name: str
    memory: str | None


class KeptTensors(Record):
    """Where tensors stay between layers.

    Attributes
    ----------
    tensors
        All that may stay on chip.
    keep_ends
        Whether inputs and results of the network may, too.
    inferences, weights
        For how many inferences weights are loaded once, and where they stay.
    graph_order
        The place of every step in the order of the graph, where they run in another.
    """

    model_config = ConfigDict(extra="ignore")

    tensors: tuple[KeptTensor, ...]
    keep_ends: bool = False
    inferences: PositiveInt = 1
    weights: WeightsRecord | None = None
    graph_order: GraphOrderRecord | None = None

    def placement(self) -> dict[str, str]:
        """Return the memory of each kept tensor."""
        return {one.name: one.memory for one in self.tensors if one.memory is not None}


class MappingFile(Record):
    """Mappings to evaluate; any result file is one, too.

    Attributes
    ----------
    layers
        One entry per mapping.
    locality
        What stays on chip between layers, where anything may.
    """

    model_config = ConfigDict(extra="ignore")

    layers: tuple[MappingFileEntry, ...]
    locality: KeptTensors | None = None

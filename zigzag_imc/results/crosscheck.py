"""What a crosscheck leaves behind.

Per layer, what every method found and whether any two of them contradict.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from zigzag_imc.core.objective import KeepingRule, Objective, Status, Stopped
from zigzag_imc.core.stored_operand import Position
from zigzag_imc.results.locality import SituationRecord
from zigzag_imc.results.parts import Record, SpatialRecord, TemporalRecord
from zigzag_imc.results.result import AcceleratorRecord, LimitsRecord, NetworkRecord, VersionsRecord

CROSSCHECK_ID: Literal["zigzag-imc/crosscheck/1"] = "zigzag-imc/crosscheck/1"
"""Value of ``schema`` in every crosscheck."""

CROSSCHECKS_ID: Literal["zigzag-imc/crosschecks/1"] = "zigzag-imc/crosschecks/1"
"""Value of ``schema`` in every file of crosschecks."""

SOLVER: Literal["solver"] = "solver"
"""Name of the solver among the methods."""

ZIGZAG: Literal["zigzag"] = "zigzag"
"""Name of ZigZag's own search among the methods."""


class MethodRecord(Record):
    """What one method found for a layer.

    Attributes
    ----------
    value
        Exact objective of its mapping under the cost model of the crosscheck; ``None`` without a
        legal mapping.
    bound
        Lower bound that it claims for all mappings, if any.
    in_mapspace
        Whether the bound covers its mapping; ``None`` without one.
    above_bound
        ``(value - bound) / bound`` with the solver's bound; only for mappings of the mapspace.
    zigzag_value
        Objective of its mapping by ZigZag's cost model; of the solver's and of ZigZag's own
        mapping.
    note
        What is worth knowing: why there is no mapping, where cost models differ.
    method
        ``solver``, an engine, or ``zigzag``.
    status
        How its search ended.
    seconds
        Time of its search.
    spatial, temporal
        Its mapping, where it has one.
    stored
        Which operand of a product of two activations the mapping stores; ``None`` for other layers.
    """

    method: str
    status: Status
    value: float | None = None
    bound: float | None = None
    in_mapspace: bool | None = None
    above_bound: float | None = None
    zigzag_value: float | None = None
    seconds: NonNegativeFloat = 0.0
    note: str | None = None
    spatial: SpatialRecord | None = None
    temporal: TemporalRecord | None = None
    stored: Position | None = None


class LayerCheck(Record):
    """One distinct layer.

    ``contradictions`` are sentences about what cannot be true at the same time.

    Attributes
    ----------
    name, names, count
        First of the identical layers, all of them in graph order, and how many.
    loop_dims
        Size of each loop dimension.
    methods
        What each method found, the solver first.
    contradictions
        What cannot be true at the same time, in sentences.
    situation
        What the layers find on chip, where tensors stay there.
    """

    name: str
    names: tuple[str, ...]
    count: PositiveInt
    loop_dims: dict[str, PositiveInt]
    methods: tuple[MethodRecord, ...]
    contradictions: tuple[str, ...] = ()
    situation: SituationRecord | None = None

    def method(self, name: str) -> MethodRecord | None:
        """What a method found, ``None`` where it took no part."""
        return next((found for found in self.methods if found.method == name), None)


class CrosscheckResult(Record):
    """Result of a crosscheck.

    Attributes
    ----------
    network, batch, accelerator
        What was mapped onto what.
    objective, cost_model
        What was made least, under which cost profile.
    locality
        What stays on chip between layers.
    methods
        Settings of every method by its name, the solver first.
    layers
        Distinct layers in the order of the graph.
    zigzag_version
        Version of ZigZag; ``None`` where ZigZag took no part.
    stopped
        What ended the run early, if anything did.
    seconds
        Time of the whole run in s.
    versions
        What computed the result.
    seed, limits
        Seed and limits of the searches.
    schema_id
        Name and version of the format.
    """

    schema_id: Literal["zigzag-imc/crosscheck/1"] = Field(alias="schema")
    network: NetworkRecord
    batch: PositiveInt | None
    accelerator: AcceleratorRecord
    objective: Objective
    cost_model: str
    versions: VersionsRecord
    zigzag_version: str | None
    seed: int
    limits: LimitsRecord
    stopped: Stopped | None = None
    seconds: NonNegativeFloat
    methods: dict[str, str]
    layers: tuple[LayerCheck, ...]
    locality: KeepingRule = "none"

    @property
    def contradictions(self) -> tuple[str, ...]:
        """All sentences about contradictions, with network and layer."""
        return tuple(
            f"{self.network.name}: layer {layer.name!r}: {said}"
            for layer in self.layers
            for said in layer.contradictions
        )


class Crosschecks(Record):
    """What the command writes.

    A crosscheck per network, in the order in which they were asked for.

    Attributes
    ----------
    schema_id
        Name and version of the format.
    crosschecks
        One per network, in the order in which they were asked for.
    """

    schema_id: Literal["zigzag-imc/crosschecks/1"] = Field(alias="schema")
    crosschecks: tuple[CrosscheckResult, ...]

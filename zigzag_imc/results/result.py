"""What a run leaves behind: every layer's mapping, cost and proof, as one self-contained record.

The record alone is enough to rebuild layers, accelerator and mappings, so that a checker can score
them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from pydantic import (
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveInt,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.arguments import text
from zigzag_imc.core.constraint_text import parse_constraint
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.errors import UnknownLayerError, nearest, some_of
from zigzag_imc.core.layer import OPERANDS, Layer, Precision, Window
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Objective, Scope, Status, Stopped
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.core.stored_operand import StoredOperand
from zigzag_imc.results.locality import LocalityRecord, SituationRecord
from zigzag_imc.results.parts import (
    BreakdownRecord,
    CertificateRecord,
    HardwareRecord,
    ParetoRecord,
    PrecisionRecord,
    Record,
    RelevanceRecord,
    SpatialRecord,
    StoredOperandRecord,
    TemporalRecord,
    TieRecord,
    WindowRecord,
    mapping_from,
)
from zigzag_imc.results.units import costs_text, counted

SCHEMA_ID: Literal["zigzag-imc/result/1"] = "zigzag-imc/result/1"
"""Value of ``schema`` in every result file."""

ADDED_LATER = frozenset({"cost_sources", "edp_js", "hardware"})
"""Fields that older files of the same schema do not have."""


class SparseRecord(Record):
    """Base of records some of whose fields are rarely needed.

    Notices, counts and constraints are written only where there are any, so that other files stay
    as they were.
    """

    @model_serializer(mode="wrap")
    def _leave_out_nothing_to_say(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        contents: dict[str, Any] = handler(self)
        is_said = {
            "notices": bool(contents.get("notices")),
            "macs": contents.get("macs") is not None,
            "constraints": bool(contents.get("constraints")),
            "conflict": bool(contents.get("conflict")),
            "situation": contents.get("situation") is not None,
            "locality": contents.get("locality") is not None,
        }
        return {key: value for key, value in contents.items() if is_said.get(key, True)}


class LayerResult(SparseRecord):
    """One distinct layer: what it is, how it is mapped, what that costs and how far it is proved.

    Attributes
    ----------
    name, names, count
        First of the identical layers, all of them in graph order, and how many.
    objective
        What ``objective_value`` and ``bound`` measure: ``energy`` (pJ), ``latency`` (cycles),
        ``edp`` (pJ x cycles) of this layer, or ``network_edp``, the energy-delay product of the
        whole network that the layer's mapping is a part of.
    bound
        Certified lower bound of the objective over the whole mapspace; ``None`` where none was
        worked out.
    gap
        ``(objective_value - bound) / objective_value``.
    energy_pj, latency_cycles, edp, utilization
        Of one of the ``count`` layers.
    edp_js
        ``edp`` in J x s; ``None`` in older files, too.
    certificate
        ``None`` where nothing was searched (a mapping was evaluated).
    tie
        What decided between mappings that are as good; ``None`` where that was not asked.
    pareto, pareto_proved
        Energy-latency front by rising latency, where asked for, and whether it is complete.
    operator
        Operator type in the graph, such as ``Conv``.
    loop_dims
        Size of each loop dimension.
    macs
        Multiply-accumulate operations of one such layer.
    relevance, windows, precision
        Which dimensions index which operand, sliding windows, and bits per element.
    stored_operand
        Of a product of two activations, which of them are the weights ``W`` here; else ``None``.
    cost_model
        Name of the cost profile.
    status, reason
        How far the mapping is proved, and why no further.
    objective_value
        Exact objective of the mapping, in the unit of the objective.
    spatial
        Unrollings per array dimension; ``None`` without a mapping.
    temporal
        Loops per operand and memory level, lowest and innermost first; ``None`` without a mapping.
    tclk_ns, area_mm2
        Clock period and area of the accelerator.
    breakdown
        Every term of energy and latency.
    solve_seconds
        Time of the search.
    constraints
        What the mapping has to keep, as a user writes it; bound and proof are within that. Written
        only where there is any.
    conflict
        Of an infeasible layer, constraints that no mapping keeps together, as few as can be.
    situation
        What the layer finds on chip; bound and proof are within that. Written only where tensors
        may stay there between layers.
    """

    name: str
    names: tuple[str, ...]
    count: PositiveInt
    operator: str
    loop_dims: dict[str, PositiveInt]
    macs: PositiveInt
    relevance: RelevanceRecord
    windows: tuple[WindowRecord, ...]
    precision: PrecisionRecord
    stored_operand: StoredOperandRecord | None = None
    objective: Literal["energy", "latency", "edp", "network_edp"]
    cost_model: str
    status: Status
    reason: str | None = None
    objective_value: float | None = None
    bound: float | None = None
    gap: float | None = None
    spatial: SpatialRecord | None = None
    temporal: TemporalRecord | None = None
    energy_pj: float | None = None
    latency_cycles: float | None = None
    edp: float | None = None
    edp_js: float | None = None
    utilization: float | None = None
    tclk_ns: float
    area_mm2: float
    breakdown: BreakdownRecord | None = None
    certificate: CertificateRecord | None = None
    tie: TieRecord | None = None
    pareto: tuple[ParetoRecord, ...] | None = None
    pareto_proved: bool | None = None
    solve_seconds: NonNegativeFloat = 0.0
    constraints: tuple[str, ...] = ()
    conflict: tuple[str, ...] = ()
    situation: SituationRecord | None = None

    def asked(self) -> Constraints:
        """Return the constraints that the mapping has to keep.

        Raises
        ------
        OptionError
            When a text is none.
        """
        return tuple(map(parse_constraint, self.constraints))

    def found_by(self, whole: Accelerator) -> Accelerator:
        """Return an accelerator as the layer finds it in its situation."""
        return whole if self.situation is None else self.situation.situation().accelerator(whole)

    def mapping(self) -> LayerMapping | None:
        """Return the mapping, ``None`` where there is none.

        Raises
        ------
        MappingError
            When the operands disagree about the order of the loops.
        """
        return mapping_from(self.spatial, self.temporal)

    def __repr__(self) -> str:
        costs = costs_text(self.energy_pj, self.latency_cycles)
        times = f" x{self.count}" if self.count > 1 else ""
        return f"<LayerResult {self.name}{times}: {self.status}, {costs}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        from zigzag_imc.results.tables import html_text

        return html_text(self.name, (self,), [self.reason] if self.reason else [])

    def to_frame(self) -> Any:
        """Return the layer as a data frame of one row; see `NetworkResult.to_frame`."""
        from zigzag_imc.results.tables import frame_of

        return frame_of((self,))

    def layer(self) -> Layer:
        """Rebuild the layer.

        Raises
        ------
        WorkloadError
            When its loops or windows make no layer.
        """
        weights, inputs, outputs = (
            frozenset(getattr(self.relevance, operand)) for operand in OPERANDS
        )
        stored = self.stored_operand
        return Layer(
            name=self.name,
            operator=self.operator,
            loop_dims=tuple(self.loop_dims.items()),
            weight_dims=weights,
            input_dims=inputs,
            output_dims=outputs,
            windows=tuple(Window(**window.model_dump()) for window in self.windows),
            precision=Precision(**self.precision.model_dump()),
            stored=None if stored is None else StoredOperand(**stored.model_dump()),
        )

    def space(self) -> Space:
        """Return which mappings the search chose from."""
        space = DIVISORS if self.certificate is None else self.certificate.space.space()
        return replace(space, constraints=self.asked())


class NetworkRecord(SparseRecord):
    """Where the layers came from.

    Attributes
    ----------
    name
        Name of the network.
    path
        File of the model; ``None`` where it came from memory.
    notices
        What a person should know about how the model was read; a sentence each.
    macs
        Multiply-accumulates of all its layers, asked about or not; only where operators with
        multiply-accumulates are left out.
    """

    name: str
    path: str | None = None
    notices: tuple[str, ...] = ()
    macs: NonNegativeInt | None = None


class AcceleratorRecord(SparseRecord):
    """The accelerator in full: its file's contents in ZigZag's format, and their SHA-256.

    Attributes
    ----------
    name
        Name of the accelerator.
    digest
        SHA-256 of the description, in hexadecimal.
    description
        Contents of its file, complete enough to rebuild it.
    notices
        What a person should know about how its file was read; a sentence each.
    """

    name: str
    digest: str
    description: dict[str, Any]
    notices: tuple[str, ...] = ()


class VersionsRecord(Record):
    """What computed the result; ``ortools`` is ``None`` where the solver took no part.

    Attributes
    ----------
    zigzag_imc, ortools, python
        Versions; ``ortools`` is ``None`` where the solver took no part.
    """

    zigzag_imc: str
    ortools: str | None
    python: str


class LimitsRecord(Record):
    """When a search was to stop short of a proof.

    Attributes
    ----------
    time_limit_s, total_time_limit_s
        Seconds for each layer, and for all; ``None`` for no limit.
    gap
        Relative gap at which a search might stop.
    """

    time_limit_s: float | None = None
    total_time_limit_s: float | None = None
    gap: NonNegativeFloat = 0.0


class UnsupportedRecord(Record):
    """Operators that multiply and accumulate but are left out.

    Attributes
    ----------
    op_type
        Operator type.
    count
        How many nodes.
    node_names
        Their names in graph order.
    reason
        Why they are left out.
    macs
        Their multiply-accumulates; ``None`` where they cannot be told.
    """

    op_type: str
    count: PositiveInt
    node_names: tuple[str, ...]
    reason: str
    macs: NonNegativeInt | None = None


class TotalsRecord(Record):
    """Sums over all mapped layers, repeats included.

    Attributes
    ----------
    layers, distinct_layers, mapped_layers
        Layers of the network, different ones among them, and how many of all have a mapping; the
        sums cover these.
    energy_pj, latency_cycles
        Sums over the mapped layers; ``None`` where no layer has a mapping.
    edp, edp_js
        Total energy x total latency, in pJ x cycles and in J x s; the latter is ``None`` in older
        files, too.
    objective_value, bound, gap, status
        Of the run as a whole: the sum over the layers, or ``edp`` under the scope ``network``. The
        value is ``None`` when some layer has no mapping, the bound when some layer has none.
    macs
        Multiply-accumulate operations of all layers.
    area_mm2, tclk_ns
        Area and clock period of the accelerator.
    status_counts
        How many layers ended with which status.
    seconds
        Time of the whole run.
    """

    layers: NonNegativeInt
    distinct_layers: NonNegativeInt
    mapped_layers: NonNegativeInt
    macs: NonNegativeInt
    energy_pj: float | None
    latency_cycles: float | None
    edp: float | None
    edp_js: float | None = None
    area_mm2: float
    tclk_ns: float
    objective_value: float | None
    bound: float | None
    gap: float | None
    status: Status
    status_counts: dict[Status, NonNegativeInt]
    seconds: NonNegativeFloat


class NetworkResult(SparseRecord):
    """Result of mapping (or evaluating) a network on an accelerator.

    Attributes
    ----------
    stopped
        What ended the run before all searches were done, if anything did.
    layers
        Distinct layers in the order of the graph.
    schema_id
        Name and version of the format.
    network, batch
        Where the layers came from, and the batch size that was asked for.
    accelerator
        What they are mapped onto, in full.
    hardware
        Clock, area and peak performance of it in parts; ``None`` in older files.
    objective, scope, cost_model
        What was made least, of what, under which cost profile.
    versions
        What computed the result.
    seed, limits
        Seed and limits of the searches.
    totals
        Sums over all layers.
    unsupported
        Operators that are left out.
    locality
        What stays on chip between layers; ``None`` where that was not asked.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": SCHEMA_ID,
        }
    )

    schema_id: Literal["zigzag-imc/result/1"] = Field(alias="schema")
    network: NetworkRecord
    batch: PositiveInt | None
    accelerator: AcceleratorRecord
    hardware: HardwareRecord | None = None
    objective: Objective
    scope: Scope
    cost_model: str
    versions: VersionsRecord
    seed: int
    limits: LimitsRecord
    stopped: Stopped | None = None
    totals: TotalsRecord
    layers: tuple[LayerResult, ...]
    unsupported: tuple[UnsupportedRecord, ...] = ()
    locality: LocalityRecord | None = None

    def __getitem__(self, name: str) -> LayerResult:
        return self.record_of(name)

    def __contains__(self, name: object) -> bool:
        return any(name in record.names for record in self.layers)

    def __repr__(self) -> str:
        totals = self.totals
        layers = counted(totals.layers, "layer")
        costs = costs_text(totals.energy_pj, totals.latency_cycles)
        return (
            f"<NetworkResult {self.network.name} on {self.accelerator.name}: {layers}, "
            f"{totals.status}, {costs}>"
        )

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        from zigzag_imc.results.tables import html_text, summary

        title = f"{self.network.name} on {self.accelerator.name}"
        return html_text(title, self.layers, summary(self))

    def to_frame(self) -> Any:
        """Return the distinct layers as a data frame, a row each; units stand in the names.

        Energy and latency are those of one of the ``count`` identical layers.

        Returns
        -------
        polars.DataFrame
            One of pandas where polars is not installed.

        Raises
        ------
        OptionError
            When neither is installed.
        """
        from zigzag_imc.results.tables import frame_of

        return frame_of(self.layers)

    def record_of(self, name: str) -> LayerResult:
        """Return the record of a layer, by the name of any of the identical layers.

        Raises
        ------
        UnknownLayerError
            When there is no such layer; names the nearest one.
        """
        text("layer", name, "the name of a layer")
        for record in self.layers:
            if name in record.names:
                return record
        known = [known for record in self.layers for known in record.names]
        hint = nearest(name, known) or f", which has {some_of(known, 4)}"
        raise UnknownLayerError(f"layer {name!r}: not in the result{hint}")

    def only(self, names: Sequence[str]) -> NetworkResult:
        """Return the result with some of its layers; totals and limits stay those of the whole.

        Raises
        ------
        UnknownLayerError
            When there is no such layer.
        """
        for name in names:
            self.record_of(name)
        kept = []
        for record in self.layers:
            own = tuple(name for name in record.names if name in names)
            if own:
                kept.append(
                    record.model_copy(update={"name": own[0], "names": own, "count": len(own)})
                )
        return self.model_copy(update={"layers": tuple(kept)})

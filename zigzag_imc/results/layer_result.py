"""One distinct layer of a result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import NonNegativeFloat, PositiveInt

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraint_text import parse_constraint
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.layer import OPERANDS, Layer, Precision, Window
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Status
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.core.stored_operand import StoredOperand
from zigzag_imc.results.locality import SituationRecord
from zigzag_imc.results.parts import (
    BreakdownRecord,
    CertificateRecord,
    ParetoRecord,
    PrecisionRecord,
    RelevanceRecord,
    SpatialRecord,
    StoredOperandRecord,
    TemporalRecord,
    TieRecord,
    WindowRecord,
    mapping_from,
)
from zigzag_imc.results.sparse import SparseRecord
from zigzag_imc.results.units import costs_text

if TYPE_CHECKING:
    from polars import DataFrame

    from zigzag_imc.results.frames import Rows


class LayerResult(SparseRecord):
    """One distinct layer: what it is, how it is mapped, what that costs and how far it is proved.

    Attributes
    ----------
    name, names, count
        First of the identical layers, all of them in graph order, and how many.
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
    objective
        What ``objective_value`` and ``bound`` measure: ``energy`` (pJ), ``latency`` (cycles),
        ``edp`` (pJ x cycles) of this layer, or ``network_edp``, the energy-delay product of the
        whole network that the layer's mapping is a part of.
    cost_model
        Name of the cost profile.
    status, reason
        How far the mapping is proved, and why no further.
    objective_value
        Exact objective of the mapping, in the unit of the objective.
    bound
        Certified lower bound of the objective over the whole mapspace; ``None`` where none was
        worked out.
    gap
        ``(objective_value - bound) / objective_value``, from 0 to 1.
    energy_pj, latency_cycles, edp
        Energy in pJ, latency in clock cycles and their product, of one of the ``count`` layers;
        ``None`` without a mapping.
    edp_js
        ``edp`` in J x s; ``None`` in older files, too.
    utilization
        Useful share of all multipliers over the computing cycles (without stalls), from 0 to 1.
    tclk_ns, area_mm2
        Clock period in ns and area of the accelerator in mm2.
    breakdown
        Every term of energy and latency.
    spatial
        Unrollings per array dimension; ``None`` without a mapping.
    temporal
        Loops per operand and memory level, lowest and innermost first; ``None`` without a mapping.
    certificate
        What the proof stands on; ``None`` where nothing was searched (a mapping was evaluated).
    tie
        What decided between mappings that are as good; ``None`` where that was not asked.
    pareto, pareto_proved
        Energy-latency front by rising latency, where asked for, and whether it is complete.
    constraints
        What the mapping has to keep, as a user writes it; bound and proof are within that. Written
        only where there is any.
    conflict
        Of an infeasible layer, constraints that no mapping keeps together, as few as can be.
    situation
        What the layer finds on chip; bound and proof are within that. Written only where tensors
        may stay there between layers.
    solve_seconds
        Time of the search in s.
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
            When a text is no constraint.
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

    def to_frame(self, rows: Rows = "layers") -> DataFrame:
        """Return the layer as a data frame; see `NetworkResult.to_frame`."""
        from zigzag_imc.results.frames import frame_of

        return frame_of((self,), rows)

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

    def layer_as_asked(self, name: str) -> Layer:
        """Rebuild the layer by one of its names, free to store either operand where it was."""
        layer = self.layer().replace(name=name)
        is_free = self.situation is not None and self.situation.stored_free
        if layer.stored is None or not is_free:
            return layer
        return layer.replace(stored=replace(layer.stored, free=True))

    def space(self) -> Space:
        """Return which mappings the search chose from."""
        return replace(self.searched_space() or DIVISORS, constraints=self.asked())

    def searched_space(self) -> Space | None:
        """Return the same without constraints; ``None`` where nothing was searched."""
        return None if self.certificate is None else self.certificate.space.space()

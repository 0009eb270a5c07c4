"""From the outcomes of searches to the result of a layer and of a network."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import metadata
from typing import TYPE_CHECKING, Any

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import texts_of
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Method, Stopped
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.core.stored_operand import Position
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.core.version import VERSION
from zigzag_imc.library.subject import Subject
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.profile import CostProfile, profile_named
from zigzag_imc.onnx_workload.network import LayerGroup, UnsupportedOperator
from zigzag_imc.results.locality import LocalityRecord
from zigzag_imc.results.parts import (
    CertificateRecord,
    LastWordRecord,
    ParetoRecord,
    SpaceRecord,
    TieRecord,
)
from zigzag_imc.results.records import (
    accelerator_record,
    cost_fields,
    hardware_fields,
    hardware_record,
    layer_fields,
    mapping_fields,
)
from zigzag_imc.results.result import (
    SCHEMA_ID,
    LayerResult,
    NetworkRecord,
    NetworkResult,
    UnsupportedRecord,
    VersionsRecord,
)
from zigzag_imc.results.totals import relative_gap, totals_of
from zigzag_imc.runs.job import Outcome
from zigzag_imc.solver.solution import Front, LastWord, ParetoPoint, Solution, Tie

if TYPE_CHECKING:
    from zigzag_imc.library.choosing import NetworkChoice


@dataclass(frozen=True, slots=True)
class Assembler:
    """All that the results of one run's layers have in common.

    ``engine`` describes what took the solver's place.

    Attributes
    ----------
    accelerator
        What the layers are mapped onto.
    cost_model
        Name of the cost profile.
    seed
        Seed of the searches.
    engine
        Name and settings of what took the solver's place; ``None`` for the solver.
    space
        Which mappings the searches chose from.
    method
        How the solver proves optima.
    """

    accelerator: Accelerator
    cost_model: str
    seed: int
    engine: str | None = None
    space: Space = DIVISORS
    method: Method = "auto"

    def layers(
        self, groups: Sequence[LayerGroup], outcomes: Sequence[Outcome]
    ) -> tuple[LayerResult, ...]:
        """Return the results of layers that were searched, each for its own objective."""
        return tuple(
            self.layer(group, outcome) for group, outcome in zip(groups, outcomes, strict=True)
        )

    def layer(self, group: LayerGroup, outcome: Outcome) -> LayerResult:
        """Return the result of a layer that was searched for its own objective."""
        solution = outcome.solution
        assert solution is not None
        front_scores = outcome.front.exact_scores if outcome.front else 0
        return self.record(
            _storing(group, solution.swapped),
            solution.mapping,
            solution.cost,
            objective=solution.objective,
            status=solution.status,
            reason=solution.reason,
            objective_value=_number(solution.objective_value),
            bound=_number(solution.bound),
            gap=_number(solution.gap),
            certificate=self._certificate(solution, solution.exact_scores + front_scores),
            tie=_tie_record(solution.tie),
            conflict=texts_of(solution.conflict),
            solve_seconds=outcome.seconds,
            **front_fields(outcome.front, group.layer),
        )

    def network(
        self, groups: Sequence[LayerGroup], outcomes: Sequence[Outcome], pareto: bool
    ) -> tuple[LayerResult, ...]:
        """Return the results of layers mapped together, for the least product of their totals.

        Every layer with a mapping carries value and bound of the whole; ``pareto`` keeps the
        fronts.
        """
        from zigzag_imc.library.choosing import choose_together

        choice = choose_together(groups, outcomes)
        results = []
        for number, (group, outcome) in enumerate(zip(groups, outcomes, strict=True)):
            if number in choice.points:
                result = self.chosen(group, outcome, choice.points[number], choice, pareto)
            else:
                result = self.without_mapping(group, outcome)
            results.append(result)
        return tuple(results)

    def result(
        self,
        subject: Subject,
        layers: Sequence[LayerResult],
        seconds: float,
        *,
        searched: bool,
        stopped: Stopped | None = None,
        locality: LocalityRecord | None = None,
    ) -> NetworkResult:
        """Return the result of a network from those of its layers.

        ``searched``: by the solver, whose version then counts; ``locality``: what stays on chip
        between them.
        """
        query = subject.query
        return NetworkResult(
            schema=SCHEMA_ID,
            network=NetworkRecord(
                name=subject.network.name,
                path=subject.path,
                notices=subject.network.notices,
                macs=subject.network.total_macs if subject.network.unsupported else None,
            ),
            batch=query.batch,
            accelerator=accelerator_record(self.accelerator),
            hardware=hardware_record(self.accelerator, self._profile),
            objective=query.objective,
            scope=query.scope,
            cost_model=self.cost_model,
            versions=versions(searched),
            seed=self.seed,
            limits=query.limits,
            stopped=stopped,
            totals=totals_of(layers, self.accelerator, seconds, self._profile, locality),
            layers=tuple(layers),
            unsupported=unsupported_records(subject.network.unsupported),
            locality=locality,
        )

    def record(
        self,
        group: LayerGroup,
        mapping: LayerMapping | None,
        cost: Cost | None,
        **fields: Any,
    ) -> LayerResult:
        """Return the record of a layer, with its mapping and the cost of it where there are any."""
        mapped: dict[str, Any] = {}
        if mapping is not None and cost is not None:
            mapped = mapping_fields(mapping) | cost_fields(cost)
        return LayerResult(
            **layer_fields(group.layer, group.names),
            cost_model=self.cost_model,
            constraints=texts_of(group.constraints),
            **hardware_fields(self.accelerator, self._profile),
            **mapped,
            **fields,
        )

    # ------------------------------------------------------------------ parts
    @property
    def _profile(self) -> CostProfile:
        return profile_named(self.cost_model)

    def chosen(
        self,
        group: LayerGroup,
        outcome: Outcome,
        point: ParetoPoint,
        choice: NetworkChoice,
        pareto: bool = False,
    ) -> LayerResult:
        """Return the result of a layer at a point of its front, chosen with those of all others."""
        front = outcome.front
        assert front is not None
        why_not = front.reason or "the fronts of other layers are not proved"
        return self.record(
            _storing(group, point.swapped),
            point.mapping,
            point.cost,
            objective="network_edp",
            status="OPTIMAL" if choice.proved else "FEASIBLE",
            reason=None if choice.proved else why_not,
            objective_value=choice.edp,
            bound=choice.bound,
            gap=relative_gap(choice.edp, choice.bound),
            certificate=self._certificate(front, front.exact_scores),
            solve_seconds=outcome.seconds,
            **(front_fields(front, group.layer) if pareto else {}),
        )

    def without_mapping(self, group: LayerGroup, outcome: Outcome) -> LayerResult:
        """Return the result of a layer whose front is empty.

        The search for one mapping said why.
        """
        unknown = "no mapping was found in time"
        solution = outcome.solution or Solution("UNKNOWN", "edp", reason=unknown)
        return self.record(
            group,
            None,
            None,
            objective="network_edp",
            status="INFEASIBLE" if solution.status == "INFEASIBLE" else "UNKNOWN",
            reason=solution.reason or unknown,
            conflict=texts_of(solution.conflict),
            certificate=self._certificate(solution, solution.exact_scores),
            solve_seconds=outcome.seconds,
        )

    def _certificate(self, found: Solution | Front, scores: int) -> CertificateRecord:
        return CertificateRecord(
            exact_scores=scores,
            space=SpaceRecord.of(self.space),
            spatial_mappings=found.spatial_mappings,
            mapspace_size=found.mapspace_size,
            resolution=COARSEST if self.engine is None else 0.0,
            solver=f"ortools {_ortools_version()}" if self.engine is None else self.engine,
            seed=self.seed,
            method=self.method,
            last_word=_last_word_record(found.last_word, found.mapspace_size),
        )


def _last_word_record(
    last_word: LastWord | None, mapspace_size: int | None
) -> LastWordRecord | None:
    """Record what presolve left to CP-SAT."""
    if last_word is None:
        return None
    left = (last_word.left_spatial_mappings, last_word.left_mappings)
    return LastWordRecord.of(left, last_word.by_tiles, last_word.models, mapspace_size)


def _tie_record(tie: Tie | None) -> TieRecord | None:
    """Record what decided between mappings that are as good."""
    if tie is None:
        return None
    return TieRecord(
        objective=tie.objective,
        value=float(tie.value),
        bound=float(tie.bound),
        gap=float(tie.gap),
    )


def _storing(group: LayerGroup, swapped: bool) -> LayerGroup:
    """Return the layers as they are mapped: with the operand stored that the mapping stores."""
    return replace(group, layer=group.layer.swapped()) if swapped else group


def front_fields(front: Front | None, layer: Layer) -> dict[str, Any]:
    """Fields ``pareto`` and ``pareto_proved`` of the front of a layer."""
    if front is None:
        return {}
    points = tuple(
        ParetoRecord(
            **mapping_fields(point.mapping),
            energy_pj=float(point.cost.energy_pj),
            latency_cycles=float(point.cost.latency_cycles),
            stored=_position(layer, point),
        )
        for point in front.points
    )
    return {"pareto": points, "pareto_proved": front.proved}


def _position(layer: Layer, point: ParetoPoint) -> Position | None:
    """Which operand of a product of activations a point of its front stores."""
    stored = (layer.swapped() if point.swapped else layer).stored
    return None if stored is None else stored.position


def unsupported_records(operators: Sequence[UnsupportedOperator]) -> tuple[UnsupportedRecord, ...]:
    """Return the records of the operators that were left out."""
    return tuple(
        UnsupportedRecord(
            op_type=op.op_type,
            count=op.count,
            node_names=op.node_names,
            reason=op.reason,
            macs=op.macs,
        )
        for op in operators
    )


def versions(searched: bool) -> VersionsRecord:
    """Return the versions that decide a result."""
    return VersionsRecord(
        zigzag_imc=VERSION,
        ortools=_ortools_version() if searched else None,
        python=platform.python_version(),
    )


@lru_cache(maxsize=1)
def _ortools_version() -> str:
    """Return the version of OR-Tools, read from its files once."""
    return metadata.version("ortools")


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)

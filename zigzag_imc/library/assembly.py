"""From the outcomes of searches to the result of a layer and of a network."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Stopped
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.core.version import VERSION
from zigzag_imc.library.options import MapOptions
from zigzag_imc.models.cost import Cost
from zigzag_imc.onnx_workload.network import Network, UnsupportedOperator
from zigzag_imc.results.fields import (
    accelerator_record,
    cost_fields,
    hardware_fields,
    layer_fields,
    mapping_fields,
    relative_gap,
    totals_of,
)
from zigzag_imc.results.parts import CertificateRecord, ParetoRecord
from zigzag_imc.results.result import (
    SCHEMA_ID,
    LayerResult,
    NetworkRecord,
    NetworkResult,
    UnsupportedRecord,
    VersionsRecord,
)
from zigzag_imc.runs.job import Outcome
from zigzag_imc.solver.solution import Front, ParetoPoint, Solution


@dataclass(frozen=True, slots=True)
class Assembler:
    """All that the results of one run's layers have in common.

    ``engine`` describes what took the solver's place.
    """

    accelerator: Accelerator
    cost_model: str
    seed: int
    engine: str | None = None

    def layer(self, layer: Layer, names: Sequence[str], outcome: Outcome) -> LayerResult:
        """Return the result of a layer that was searched for its own objective."""
        solution = outcome.solution
        assert solution is not None
        return self.record(
            layer,
            names,
            solution.mapping,
            solution.cost,
            objective=solution.objective,
            status=solution.status,
            reason=solution.reason,
            objective_value=_number(solution.objective_value),
            bound=_number(solution.bound),
            gap=_number(solution.gap),
            certificate=self._certificate(
                solution.exact_scores + (outcome.front.exact_scores if outcome.front else 0),
                solution.spatial_mappings,
                solution.mapspace_size,
            ),
            solve_seconds=outcome.seconds,
            **front_fields(outcome.front),
        )

    def network(
        self,
        layers: Sequence[Layer],
        names: Sequence[Sequence[str]],
        outcomes: Sequence[Outcome],
        pareto: bool,
    ) -> tuple[LayerResult, ...]:
        """Return the results of layers whose mappings are chosen together for the least
        energy-delay product of all.

        Every layer with a mapping carries value and bound of the whole; ``pareto`` keeps the
        fronts.
        """
        from zigzag_imc.solver.network.edp import choose, network_bound

        fronts = {
            i: found.front
            for i, found in enumerate(outcomes)
            if found.front is not None and found.front.points
        }
        counts = [len(names[i]) for i in fronts]
        chosen, best = choose(list(fronts.values()), counts) if fronts else ((), True)
        points = {i: front.points[k] for (i, front), k in zip(fronts.items(), chosen, strict=True)}
        energy = sum(len(names[i]) * point.cost.energy_pj for i, point in points.items())
        latency = sum(len(names[i]) * point.cost.latency_cycles for i, point in points.items())
        edp, bound = float(energy * latency), None
        proved = (
            best and all(front.proved for front in fronts.values()) and len(points) == len(layers)
        )
        if len(points) == len(layers):
            bound = edp if proved else min(edp, network_bound(list(fronts.values()), counts))
        results = []
        for i, (layer, outcome) in enumerate(zip(layers, outcomes, strict=True)):
            if i not in points:
                results.append(self._without_mapping(layer, names[i], outcome))
                continue
            results.append(
                self._chosen(layer, names[i], outcome, points[i], edp, bound, proved, pareto)
            )
        return tuple(results)

    def result(
        self,
        layers: Sequence[LayerResult],
        network: Network,
        options: MapOptions,
        *,
        path: str | None,
        batch: int | None,
        searched: bool,
        seconds: float,
        stopped: Stopped | None = None,
    ) -> NetworkResult:
        """Return the result of a network from those of its layers.

        ``searched``: by the solver, whose version then counts.
        """
        return NetworkResult(
            schema=SCHEMA_ID,
            network=NetworkRecord(name=network.name, path=path),
            batch=batch,
            accelerator=accelerator_record(self.accelerator),
            objective=options.objective,
            scope=options.scope,
            cost_model=self.cost_model,
            versions=versions(searched),
            seed=self.seed,
            limits=options.limits,
            stopped=stopped,
            totals=totals_of(layers, self.accelerator, seconds),
            layers=tuple(layers),
            unsupported=unsupported_records(network.unsupported),
        )

    def record(
        self,
        layer: Layer,
        names: Sequence[str],
        mapping: LayerMapping | None,
        cost: Cost | None,
        **fields: Any,
    ) -> LayerResult:
        """Return the record of a layer, with its mapping and the cost of it where there are any."""
        mapped = (
            mapping_fields(mapping) | cost_fields(cost)
            if mapping is not None and cost is not None
            else {}
        )
        return LayerResult(
            **layer_fields(layer, names),
            cost_model=self.cost_model,
            **hardware_fields(self.accelerator),
            **mapped,
            **fields,
        )

    # ------------------------------------------------------------------ parts
    def _chosen(
        self,
        layer: Layer,
        names: Sequence[str],
        outcome: Outcome,
        point: ParetoPoint,
        network_edp: float,
        bound: float | None,
        proved: bool,
        pareto: bool,
    ) -> LayerResult:
        front = outcome.front
        assert front is not None
        return self.record(
            layer,
            names,
            point.mapping,
            point.cost,
            objective="network_edp",
            status="OPTIMAL" if proved else "FEASIBLE",
            reason=None if proved else front.reason or "the fronts of other layers are not proved",
            objective_value=network_edp,
            bound=bound,
            gap=relative_gap(network_edp, bound),
            certificate=self._certificate(
                front.exact_scores, front.spatial_mappings, front.mapspace_size
            ),
            solve_seconds=outcome.seconds,
            **(front_fields(front) if pareto else {}),
        )

    def _without_mapping(self, layer: Layer, names: Sequence[str], outcome: Outcome) -> LayerResult:
        """Return the result of a layer whose front is empty.

        The search for one mapping said why.
        """
        solution = outcome.solution or Solution(
            "UNKNOWN", "edp", reason="no mapping was found in time"
        )
        return self.record(
            layer,
            names,
            None,
            None,
            objective="network_edp",
            status="INFEASIBLE" if solution.status == "INFEASIBLE" else "UNKNOWN",
            reason=solution.reason or "no mapping was found in time",
            certificate=self._certificate(
                solution.exact_scores, solution.spatial_mappings, solution.mapspace_size
            ),
            solve_seconds=outcome.seconds,
        )

    def _certificate(self, scores: int, spatial: int | None, size: int | None) -> CertificateRecord:
        return CertificateRecord(
            exact_scores=scores,
            spatial_mappings=spatial,
            mapspace_size=size,
            resolution=COARSEST if self.engine is None else 0.0,
            solver=f"ortools {metadata.version('ortools')}" if self.engine is None else self.engine,
            seed=self.seed,
        )


def front_fields(front: Front | None) -> dict[str, Any]:
    """Fields ``pareto`` and ``pareto_proved`` of a front."""
    if front is None:
        return {}
    points = tuple(
        ParetoRecord(
            **mapping_fields(point.mapping),
            energy_pj=float(point.cost.energy_pj),
            latency_cycles=float(point.cost.latency_cycles),
        )
        for point in front.points
    )
    return {"pareto": points, "pareto_proved": front.proved}


def unsupported_records(operators: Sequence[UnsupportedOperator]) -> tuple[UnsupportedRecord, ...]:
    """Return the records of the operators that were left out."""
    return tuple(
        UnsupportedRecord(
            op_type=op.op_type, count=op.count, node_names=op.node_names, reason=op.reason
        )
        for op in operators
    )


def versions(searched: bool) -> VersionsRecord:
    """Return the versions that decide a result."""
    return VersionsRecord(
        zigzag_imc=VERSION,
        ortools=metadata.version("ortools") if searched else None,
        python=platform.python_version(),
    )


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)

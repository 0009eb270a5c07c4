"""A network mapped with tensors that stay on chip between its layers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from zigzag_imc.core.budget import Budget
from zigzag_imc.core.objective import Objective, Status
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.library.assembly import Assembler
from zigzag_imc.library.choosing import NetworkChoice
from zigzag_imc.library.query import Query
from zigzag_imc.library.subject import Subject
from zigzag_imc.locality.cases import Case, Spot, spot_of
from zigzag_imc.locality.corners import Corners, corners_of
from zigzag_imc.locality.fallback import Chosen
from zigzag_imc.locality.least import Least, least_in_any_order, least_of
from zigzag_imc.locality.search import Rounds, Runner
from zigzag_imc.models.locality.greedy import greedy_placement
from zigzag_imc.models.locality.places import NOWHERE, Places
from zigzag_imc.models.locality.timeline import Timeline
from zigzag_imc.onnx_workload.network import LayerGroup
from zigzag_imc.results.locality import (
    CornerRecord,
    GraphOrderRecord,
    LocalityRecord,
    NetworkFrontRecord,
    SituationRecord,
    flow_fields,
    memory_records,
    tensor_records,
    weights_record,
)
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.results.totals import relative_gap
from zigzag_imc.runs.job import Outcome
from zigzag_imc.solver.solution import Solution

OPEN = "stopped before what is kept was proved best"
"""Why a choice is not proved."""

OPEN_UNDER_RULE = "stopped before the mappings under what is kept were proved best"
"""Why mappings are not proved where a rule says what is kept."""


def map_keeping(
    subject: Subject, budget: Budget, assembler: Assembler, run: Runner
) -> NetworkResult:
    """Map all layers of a network, and keep on chip between them what the rule asked for keeps.

    What makes the network best, or what ZigZag's greedy rule says, under which each layer is mapped
    at its best all the same.
    """
    network = _Network.of(subject, budget, assembler, run)
    rounds = network.rounds
    rounds.relax()
    lost = rounds.drop_unmappable()
    choice, own = _least(rounds, subject.query)
    front = None
    if subject.query.pareto and choice.best is not None:
        rounds.seek_fronts(choice.best.cases)
        front = _front(rounds, subject.query)
    return assembler.result(
        subject,
        network.layers(choice, lost),
        budget.elapsed_s,
        searched=True,
        stopped=rounds.ended_by(choice.is_settled),
        locality=network.record(choice, own, bool(lost)).model_copy(update={"front": front}),
    )


def _front(rounds: Rounds, query: Query) -> NetworkFrontRecord:
    """Search for the energy-latency front of the network, with the order that is asked for."""
    if query.order == "graph" or rounds.timeline.dataflow.has_one_order:
        return _front_record(corners_of(rounds))
    freed = rounds.with_free_order()
    found = corners_of(freed)
    rounds.take_over(freed)
    return _front_record(found)


def _front_record(found: Corners) -> NetworkFrontRecord:
    """Record corners of a front."""
    corners = []
    for corner in found.corners:
        places = corner.chosen.places
        corners.append(
            CornerRecord(
                latency_cycles=corner.totals.latency,
                energy_pj=corner.totals.energy_pj,
                kept=dict(places.placement),
                weights=None if places.residence is None else places.residence.memory,
            )
        )
    return NetworkFrontRecord(corners=tuple(corners), proved=found.proved)


def _least(rounds: Rounds, query: Query) -> tuple[Least, Least | None]:
    """Search for what to keep, and for the order of the steps where that is asked for.

    With what is best for the order of the graph beside it; ``None`` where there is no other.
    """
    if query.order == "graph":
        return least_of(rounds, query.objective, query.gap), None
    found = least_in_any_order(rounds, query.objective, query.gap)
    return found.best, found.own


def given_locality(
    timeline: Timeline,
    places: Places,
    layers: Sequence[LayerResult],
    objective: Objective,
    order: Sequence[int] | None = None,
) -> LocalityRecord:
    """Record what somebody else chose to keep, for layers that are scored and not searched.

    ``order``: place of every step in the graph, where the steps of the timeline have another.
    """
    placement, residence = places.placement, places.residence
    extra: dict[tuple[int, str], int] = {}
    for record in layers:
        if record.situation is not None and not record.situation.finished:
            for name in record.names:
                extra |= timeline.extra_of(name, record.layer(), placement)
    mapped = [record for record in layers if record.energy_pj is not None]
    energy = sum(record.count * (record.energy_pj or 0.0) for record in mapped)
    latency = sum(record.count * (record.latency_cycles or 0.0) for record in mapped)
    values = {"energy": energy, "latency": latency, "edp": energy * latency}
    is_whole = len(mapped) == len(layers)
    return LocalityRecord(
        rule="given",
        keep_ends=timeline.keep_ends,
        **flow_fields(timeline.dataflow),  # type: ignore[arg-type]
        inferences=timeline.inferences,
        weights=weights_record(timeline, residence),
        tensors=tensor_records(timeline, placement),
        memories=memory_records(timeline, placement, extra, residence),
        status="FEASIBLE" if is_whole else "UNKNOWN",
        reason="what is kept was given, not searched for",
        objective_value=values[objective] if is_whole else None,
        graph_order=None if order is None else GraphOrderRecord(places=tuple(order)),
    )


def timeline_of(subject: Subject) -> Timeline:
    """Return the steps of a network on its accelerator."""
    layers = {layer.name: layer for layer in subject.network.layers}
    flow = subject.network.steps_and_tensors
    query = subject.query
    return Timeline(flow, layers, subject.accelerator, query.keep_ends, query.inferences)


@dataclass(frozen=True)
class _Network:
    """A network under a query, its layers one by one.

    Attributes
    ----------
    subject
        The network.
    groups
        Distinct layers, by the name of each layer.
    rounds
        The search.
    assembler
        Puts results together.
    """

    subject: Subject
    groups: Mapping[str, LayerGroup]
    rounds: Rounds
    assembler: Assembler

    @classmethod
    def of(cls, subject: Subject, budget: Budget, assembler: Assembler, run: Runner) -> _Network:
        """Lay out a network."""
        query, timeline = subject.query, timeline_of(subject)
        groups = {name: group for group in subject.groups for name in group.names}
        spots = tuple(
            spot_of(timeline, layer.name, groups[layer.name].constraints)
            for layer in subject.network.layers
        )

        rounds = Rounds(
            timeline,
            query.profile,
            query.search_options,
            spots,
            run,
            budget,
            with_latency=query.objective != "energy" or query.pareto,
            given=None if query.locality == "best" else Places(greedy_placement(timeline)),
        )
        return cls(subject, groups, rounds, assembler)

    # ------------------------------------------------------------------ layers
    def layers(self, choice: Least, lost: Mapping[str, Solution]) -> tuple[LayerResult, ...]:
        """Return the results of all layers; those of the same shape and situation are one."""
        chosen = {} if choice.best is None else _mapped_by_name(self.rounds, choice.best)
        shared: dict[tuple[object, ...], list[str]] = {}
        for layer in self.subject.network.layers:
            case = chosen.get(layer.name)
            key = self.groups[layer.name].layer.shape_key() if case is None else case.key
            shared.setdefault((case is None, *key), []).append(layer.name)
        return tuple(
            self._mapped(names, chosen[names[0]], choice)
            if names[0] in chosen
            else self._unmapped(names, lost.get(names[0]))
            for names in shared.values()
        )

    def _mapped(self, names: Sequence[str], case: Case, choice: Least) -> LayerResult:
        """Return the result of layers in the same case."""
        group = LayerGroup(
            case.pattern.layer.replace(name=names[0], stored=self._stored(names[0], case)),
            tuple(names),
            len(names),
            case.constraints(self.subject.accelerator),
        )
        known = self.rounds.knowledge.of(case)
        if choice.points is None:
            solution = known.solution_for(self.subject.query.objective)
            assert solution is not None, "chosen cases are searched"
            front = known.front if self.subject.query.pareto else None
            outcome = Outcome(solution, front, seconds=solution.seconds)
            record = self.assembler.layer(group, outcome)
        else:
            front = known.walked
            together = NetworkChoice({}, choice.value, self._bound(choice), self._is_best(choice))
            outcome = Outcome(front=front, seconds=front.seconds)
            point, pareto = choice.points[case.key], self.subject.query.pareto
            record = self.assembler.chosen(group, outcome, point, together, pareto)
        own = self.rounds.timeline.layers[names[0]]
        is_free = own.stored is not None and own.stored.free
        situation = SituationRecord.of(case.situation, is_free)
        return record.model_copy(update={"situation": situation})

    def _stored(self, name: str, case: Case) -> object:
        """Return the stored operand of a layer by its own names, as its case has it."""
        stored = case.pattern.layer.stored
        if stored is None:
            return None
        own = self.rounds.timeline.layers[name]
        turned = next(
            one
            for one in own.alternatives
            if one.stored is not None and one.stored.position == stored.position
        )
        assert turned.stored is not None, "either operand of a product may be stored"
        return turned.stored.fixed()

    def _unmapped(self, names: Sequence[str], solution: Solution | None) -> LayerResult:
        """Return the result of layers that have no mapping."""
        group = self.groups[names[0]]
        share = LayerGroup(
            group.layer.replace(name=names[0]), tuple(names), len(names), group.constraints
        )
        objective = self.subject.query.objective
        unknown = Solution(
            "UNKNOWN",
            objective,
            reason="no mapping was found in time",
            spatial_mappings=None,
            mapspace_size=None,
        )
        outcome = Outcome(replace(solution or unknown, objective=objective))
        if objective == "edp":
            return self.assembler.without_mapping(share, outcome)
        return self.assembler.layer(share, outcome)

    # ------------------------------------------------------------------ the network
    def record(self, choice: Least, own: Least | None, has_lost: bool) -> LocalityRecord:
        """Record what is kept, and how far that is proved best.

        ``own``: the same with the order of the graph, where another one was searched for.
        """
        best = choice.best
        timeline = self.rounds.timeline if best is None else best.timeline
        places = NOWHERE if best is None else best.places
        extra = _extra_bits(self.rounds.spots, best)
        is_whole = best is not None and math.isfinite(choice.value) and not has_lost
        value = choice.value if is_whole else None
        bound = self._bound(choice) if is_whole else None
        status: Status = "OPTIMAL" if self._is_best(choice) else "FEASIBLE"
        if not is_whole:
            status = "INFEASIBLE" if has_lost else "UNKNOWN"
        by_rule = self.subject.query.locality == "zigzag"
        why_open = OPEN_UNDER_RULE if by_rule else OPEN
        return LocalityRecord(
            rule="zigzag" if by_rule else "best",
            keep_ends=timeline.keep_ends,
            **flow_fields(timeline.dataflow),  # type: ignore[arg-type]
            inferences=timeline.inferences,
            weights=weights_record(timeline, places.residence),
            tensors=tensor_records(timeline, places.placement),
            memories=memory_records(timeline, places.placement, extra, places.residence),
            status=status,
            reason=None if status == "OPTIMAL" else why_open,
            objective_value=value,
            bound=bound,
            gap=relative_gap(value, bound),
            searches=self.rounds.searches,
            graph_order=None if own is None else self._order_record(timeline, own, is_whole),
        )

    def _order_record(self, timeline: Timeline, own: Least, is_whole: bool) -> GraphOrderRecord:
        """Record the order of the graph beside that of a choice."""
        places = {id(step): place for place, step in enumerate(self.rounds.timeline.steps)}
        return GraphOrderRecord(
            places=tuple(places[id(step)] for step in timeline.steps),
            objective_value=own.value if is_whole else None,
            bound=self._bound(own) if is_whole else None,
        )

    def _bound(self, choice: Least) -> float:
        """Certified lower bound of the objective of the network."""
        return min(choice.bound, choice.value)

    def _is_best(self, choice: Least) -> bool:
        """Whether no choice is better, to the resolution of proofs."""
        gap = relative_gap(choice.value, self._bound(choice))
        return choice.is_settled and gap is not None and gap <= COARSEST


def _mapped_by_name(rounds: Rounds, best: Chosen) -> dict[str, Case]:
    """Case of every layer that is mapped."""
    return {
        spot.name: case
        for spot, case in zip(rounds.spots, best.cases, strict=True)
        if any(rounds.knowledge.of(case).points())
    }


def _extra_bits(spots: Sequence[Spot], best: Chosen | None) -> dict[tuple[int, str], int]:
    """Bits of partial sums beyond those of tensors at rest, by step and memory."""
    if best is None:
        return {}
    return {
        (best.timeline.step_of(spot.name), memory): bits
        for spot, way in zip(spots, best.ways, strict=True)
        for memory, bits in way.extra_bits.items()
    }

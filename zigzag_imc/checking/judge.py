"""What several methods found for one layer, and whether any two of them contradict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from zigzag_imc.checking.findings import Finding
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.tolerances import below, same
from zigzag_imc.library.query import Query
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.constraints.kept import keeps
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.results.crosscheck import SOLVER, ZIGZAG, LayerCheck, MethodRecord
from zigzag_imc.results.records import mapping_fields
from zigzag_imc.zigzag_bridge.comparable import comparable


@dataclass(frozen=True, slots=True)
class _Scored:
    """A finding with what holds of its mapping.

    Exact value, legality, membership of the mapspace.
    """

    finding: Finding
    value: float | None = None
    in_mapspace: bool | None = None
    illegal: str | None = None
    fair: bool = False
    """Whether ZigZag's cost model can score the mapping without one of its known faults."""


class Judge:
    """Scores all findings for a layer again and compares them.

    Parameters
    ----------
    layer, accelerator
        What is mapped onto what.
    query
        What was asked: the objective, the cost model and the mapspace.
    constraints
        What mappings have to keep: bounds cover no others.
    """

    def __init__(
        self,
        layer: Layer,
        accelerator: Accelerator,
        query: Query,
        constraints: Constraints = (),
    ) -> None:
        self._layer, self._accelerator, self._objective = layer, accelerator, query.objective
        profile = self._profile = query.profile
        self._same_model = profile.name == "zigzag"
        self._space = replace(query.mapspace, constraints=constraints)

    def check(self, names: Sequence[str], findings: Sequence[Finding]) -> LayerCheck:
        """Return the record of a layer: every finding scored again, and all contradictions."""
        scored = [self._score(finding) for finding in findings]
        bound = next((finding.bound for finding in findings if finding.method == SOLVER), None)
        return LayerCheck(
            name=self._layer.name,
            names=tuple(names),
            count=len(names),
            loop_dims=dict(self._layer.loop_dims),
            methods=tuple(self._record(one, bound) for one in scored),
            contradictions=tuple(
                said for one in scored for said in self._contradictions(one, findings)
            ),
        )

    # ------------------------------------------------------------------ parts
    def _score(self, finding: Finding) -> _Scored:
        mapping = finding.mapping
        if mapping is None:
            return _Scored(finding)
        try:
            layer = finding.layer_of(self._layer)
            check_mapping(layer, self._accelerator, mapping, self._profile)
        except MappingError as error:
            return _Scored(finding, in_mapspace=False, illegal=str(error))
        model = CostModel(layer, self._accelerator, self._profile)
        value = float(model.evaluate(mapping).value(self._objective))
        fair = finding.zigzag_value is not None and comparable(layer, self._accelerator, mapping)
        return _Scored(finding, value, self._is_covered(model, mapping), fair=fair)

    def _is_covered(self, model: CostModel, mapping: LayerMapping) -> bool:
        """Whether a mapping is one of those that bounds are about."""
        kept = keeps(model.layer, model.accelerator, mapping, self._space.constraints)
        spatials = SpatialSpace.of(model.layer, self._accelerator, self._profile, self._space)
        return kept and mapping.spatial in spatials

    def _record(self, one: _Scored, bound: float | None) -> MethodRecord:
        finding = one.finding
        above = None
        if one.value is not None and one.in_mapspace and bound:
            above = (one.value - bound) / bound
        stored = finding.layer_of(self._layer).stored
        notes = [note for note in (finding.note, *self._notes(one)) if note]
        return MethodRecord(
            method=finding.method,
            status=finding.status,
            value=one.value,
            bound=finding.bound,
            in_mapspace=one.in_mapspace,
            above_bound=above,
            zigzag_value=finding.zigzag_value,
            seconds=finding.seconds,
            note="; ".join(notes) or None,
            stored=None if stored is None or finding.mapping is None else stored.position,
            **(mapping_fields(finding.mapping) if finding.mapping is not None else {}),
        )

    def _notes(self, one: _Scored) -> Iterator[str]:
        """What is no contradiction but worth knowing."""
        if one.finding.method == ZIGZAG:
            if one.illegal is not None:
                yield f"its mapping is not legal here: {one.illegal}"
            elif one.in_mapspace is False:
                yield "its mapping is not one of the mapspace: the bound does not cover it"
        ours, theirs = one.value, one.finding.zigzag_value
        if self._same_model and ours is not None and theirs is not None and not same(ours, theirs):
            why = "" if one.fair else ", for a known fault of its cost model"
            yield f"ZigZag scores its mapping {theirs:.10g}, the profile zigzag {ours:.10g}{why}"

    def _contradictions(self, one: _Scored, findings: Sequence[Finding]) -> Iterator[str]:
        if one.finding.mapping is None:
            return
        if one.finding.method != ZIGZAG:
            yield from _own_contradictions(one)
        if one.in_mapspace:  # else no bound covers it
            for prover in findings:
                yield from self._against(one, prover)

    def _against(self, one: _Scored, prover: Finding) -> Iterator[str]:
        """What cannot be true beside the claims of a prover; the first of several bounds broken."""
        if prover.status == "INFEASIBLE":
            found = one.finding.method
            yield f"{found} found a mapping, where {prover.method} says that none fits"
        if prover.bound is None:
            return
        for who, value in self._values(one).items():
            if value is not None and below(value, prover.bound):
                bound = f"the bound {prover.bound:.12g} of {prover.method}"
                yield f"{who} {value:.12g}, which is below {bound}"
                return

    def _values(self, one: _Scored) -> dict[str, float | None]:
        """What the mapping costs, and what its method says so, where that can be compared."""
        finding = one.finding
        values = {f"{finding.method} found": one.value}
        if finding.method != ZIGZAG:
            values[f"{finding.method} claims"] = finding.value
        elif self._same_model and one.fair:
            values["zigzag by its own cost model found"] = finding.zigzag_value
        return values


def _own_contradictions(one: _Scored) -> Iterator[str]:
    """What is wrong with a mapping of ours: not legal, not of the mapspace, or another cost."""
    finding = one.finding
    if one.illegal is not None:
        yield f"the mapping of {finding.method} is not legal: {one.illegal}"
    elif one.in_mapspace is False:
        yield f"the mapping of {finding.method} is not one of the mapspace"
    if one.value is None or finding.value is None:
        return
    if not same(finding.value, one.value):
        claim = f"{finding.method} claims {finding.value:.12g} for its mapping"
        yield f"{claim}, which costs {one.value:.12g}"

"""Scoring given mappings.

Which entry of a mapping file belongs to which layer, and what it costs there.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.arguments import path
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.errors import MappingError, nearest, some_of
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.exchange.mapping_sources import read_mappings
from zigzag_imc.library.assembly import Assembler
from zigzag_imc.library.subject import Subject
from zigzag_imc.models.array.slicing import misfit
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.locality.places import Placement, Places
from zigzag_imc.models.locality.residence import Residence
from zigzag_imc.models.locality.situation import Situation
from zigzag_imc.models.locality.timeline import Timeline
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.onnx_workload.network import LayerGroup
from zigzag_imc.results.locality import SituationRecord
from zigzag_imc.results.mapping_file import KeptTensors, MappingFile, MappingFileEntry
from zigzag_imc.results.reading import parse_mapping_file
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.results.writing import result_text


def evaluate_subject(
    subject: Subject, given: str | os.PathLike[str] | NetworkResult, budget: Budget
) -> NetworkResult:
    """Score the mappings of a result or file, without any search.

    Raises
    ------
    OptionError
        When the mappings are neither a result nor a file.
    ResultError
        When the file cannot be read.
    MappingError
        When an entry belongs to no layer, a layer has no entry, or a mapping is not legal.
    """
    known = {layer.name: layer for layer in subject.network.layers}
    given_mappings = _mappings_in(given, subject.accelerator, known)
    assembler = Assembler(subject.accelerator, subject.query.cost_model, 0)
    kept = given_mappings.kept
    if kept is None:
        layers = _scored(subject, given_mappings, assembler)
        return assembler.result(subject, layers, budget.elapsed_s, searched=False)
    from zigzag_imc.library.keeping import given_locality

    setting = _Setting.of(subject, kept, given_mappings.source)
    layers = _scored(subject, given_mappings, assembler, setting)
    locality = given_locality(
        setting.timeline, setting.places, layers, subject.query.objective, setting.order
    )
    return assembler.result(subject, layers, budget.elapsed_s, searched=False, locality=locality)


@dataclass(frozen=True, slots=True)
class _Given:
    """Mappings that were handed over: what to call their source, and the entry of each layer.

    And what stays on chip between layers, if anything may.
    """

    source: str
    entries: Mapping[str, MappingFileEntry]
    kept: KeptTensors | None = None


@dataclass(frozen=True, slots=True)
class _Setting:
    """What stays on chip between the layers that are scored."""

    timeline: Timeline
    placement: Placement
    source: str
    residence: Residence | None = None
    order: Sequence[int] | None = None

    @classmethod
    def of(cls, subject: Subject, kept: KeptTensors, source: str) -> _Setting:
        """Check that tensors may stay where they are said to."""
        layers = {layer.name: layer for layer in subject.network.layers}
        flow = subject.network.steps_and_tensors
        order = None if kept.graph_order is None else kept.graph_order.places
        if order is not None and not flow.is_order(order):
            raise MappingError(
                f"{source}: locality.graph_order: its places are no order of the "
                f"{len(flow.steps)} steps of {subject.network.name}, each once and after all that "
                "it depends on"
            )
        flow = flow if order is None else flow.reordered(order)
        timeline = Timeline(flow, layers, subject.accelerator, kept.keep_ends, kept.inferences)
        if not timeline.is_legal(kept.placement()):
            raise MappingError(f"{source}: locality: a tensor is kept where it may not be")
        residence = None if kept.weights is None else kept.weights.residence()
        if residence is not None and not timeline.may_stay(residence):
            raise MappingError(
                f"{source}: locality.weights: the weights of all layers do not fit into "
                f"{residence.memory}"
            )
        return cls(timeline, kept.placement(), source, residence, order)

    @property
    def places(self) -> Places:
        """Where tensors are kept, and where weights stay."""
        return Places(self.placement, self.residence)

    def situation(self, names: Sequence[str], layer: Layer, entry: MappingFileEntry) -> Situation:
        """Return the situation of layers that share a mapping."""
        finished = entry.situation is not None and entry.situation.finished
        found = [
            self.timeline.situation(
                self.timeline.step_of(name), layer, self.placement, finished, self.residence
            )
            for name in names
        ]
        first = found[0]
        if first is None:
            raise MappingError(
                f"{self.source}: layer {names[0]!r}: the memories do not hold what is kept while "
                "it runs"
            )
        if any(one != first for one in found):
            raise MappingError(
                f"{self.source}: layer {names[0]!r}: finds other room than those that share its "
                "mapping"
            )
        return first


def _mappings_in(
    given: str | os.PathLike[str] | NetworkResult,
    accelerator: Accelerator,
    known: Mapping[str, Layer],
) -> _Given:
    """Read mappings; ``known`` are all layers of the network, also those not asked about."""
    if isinstance(given, NetworkResult):
        source = "the result"
        mappings = parse_mapping_file(result_text(given), source)
        return _Given(source, _entries_by_layer(mappings, source, known), mappings.locality)
    source = path("mapping_file", given, "a NetworkResult or the path of a file")
    mappings = read_mappings(source, accelerator, known)
    return _Given(source, _entries_by_layer(mappings, source, known), mappings.locality)


def _scored(
    subject: Subject, given: _Given, assembler: Assembler, setting: _Setting | None = None
) -> tuple[LayerResult, ...]:
    """Score every layer; identical layers with different mappings become several results."""
    results = []
    for group in subject.groups:
        for entry, names in _shares(group, given.entries, given.source):
            layer = _as_mapped(group.layer.replace(name=names[0]), entry, given.source)
            share = LayerGroup(layer, names, len(names), group.constraints)
            mapping = _mapping(entry, given.source, names[0])
            if mapping is None:
                results.append(_without_mapping(share, subject, assembler))
                continue
            where = f"{given.source}: layer {entry.name!r}"
            situation = Situation()
            if setting is not None:
                situation = setting.situation(names, layer, entry)
                asked = (*group.constraints, *situation.constraints(subject.accelerator))
                share = replace(share, constraints=asked)
            cost = _cost(share, subject, mapping, where, situation)
            results.append(
                assembler.record(
                    share,
                    mapping,
                    cost,
                    objective=subject.query.objective,
                    status="FEASIBLE",
                    reason=entry.note,
                    objective_value=float(cost.value(subject.query.objective)),
                    situation=None
                    if setting is None
                    else SituationRecord.of(situation, _is_free(group.layer)),
                )
            )
    return tuple(results)


def _as_mapped(layer: Layer, entry: MappingFileEntry, source: str) -> Layer:
    """Return the layer with that of two activations stored that the mapping stores.

    Of mappings that do not say it, the layer stays as it is; in any case it is no choice any more.
    """
    if layer.stored is not None:
        return layer.storing(entry.stored or layer.stored.position)
    if entry.stored is not None:
        raise MappingError(
            f"{source}: layer {layer.name!r}: stored_operand: found {entry.stored!r}, expected "
            "none: its weights are no activation"
        )
    return layer


def _is_free(layer: Layer) -> bool:
    """Whether a layer might store either operand."""
    return layer.stored is not None and layer.stored.free


def _cost(
    group: LayerGroup, subject: Subject, mapping: LayerMapping, where: str, situation: Situation
) -> Cost:
    """Score one mapping that is legal."""
    accelerator = situation.accelerator(subject.accelerator)
    layer, profile = group.layer, subject.query.profile
    try:
        check_mapping(layer, accelerator, mapping, profile, group.constraints)
    except MappingError as error:
        raise MappingError(f"{where}: {error}") from None
    return CostModel(layer, accelerator, profile).evaluate(mapping)


def _without_mapping(group: LayerGroup, subject: Subject, assembler: Assembler) -> LayerResult:
    """Say why a layer has no mapping; it stays unknown where its bits fit the array."""
    lacking = misfit(subject.accelerator, group.layer.precision, subject.query.profile)
    return assembler.record(
        group,
        None,
        None,
        objective=subject.query.objective,
        status="UNKNOWN" if lacking is None else "INFEASIBLE",
        reason=lacking or "the mapping file has no mapping for it",
    )


def _entries_by_layer(
    file: MappingFile, source: str, known: Collection[str]
) -> dict[str, MappingFileEntry]:
    entries: dict[str, MappingFileEntry] = {}
    for entry in file.layers:
        for name in dict.fromkeys((entry.name, *entry.names)):
            if name in entries:
                raise MappingError(f"{source}: layer {name!r} has two mappings, expected one")
            if name not in known:
                raise MappingError(
                    f"{source}: layer {name!r} is not in the network{nearest(name, known)}"
                )
            entries[name] = entry
    return entries


def _shares(
    group: LayerGroup, entries: Mapping[str, MappingFileEntry], source: str
) -> list[tuple[MappingFileEntry, tuple[str, ...]]]:
    """Entries for the layers of a group, each with the layers it maps.

    Those without one join the first.
    """
    own = {name: entries[name] for name in group.names if name in entries}
    if not own:
        raise MappingError(
            f"{source}: no mapping for layer {group.names[0]!r}{_what_there_is(entries)}"
        )
    first = next(iter(own.values()))
    shares: list[tuple[MappingFileEntry, list[str]]] = []
    for name in group.names:
        entry = own.get(name, first)
        for known, names in shares:
            if _what_is_mapped(known) == _what_is_mapped(entry):
                names.append(name)
                break
        else:
            shares.append((entry, [name]))
    return [(entry, tuple(names)) for entry, names in shares]


def _what_is_mapped(entry: MappingFileEntry) -> tuple[object, ...]:
    return entry.spatial, entry.temporal, entry.stored, entry.situation


def _what_there_is(entries: Collection[str]) -> str:
    """Say for which layers there are mappings, and how to ask for these alone."""
    if not entries:
        return ", nor for any other"
    first = next(iter(entries))
    return (
        f"; it has {some_of(entries, 3)}: ask for what it has with --layer {shlex.quote(first)} "
        f"(layers=[{first!r}])"
    )


def _mapping(entry: MappingFileEntry, source: str, layer: str) -> LayerMapping | None:
    try:
        return entry.mapping()
    except MappingError as error:
        raise MappingError(f"{source}: layer {layer!r}: {error}") from None

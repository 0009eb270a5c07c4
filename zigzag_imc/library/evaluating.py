"""Scoring given mappings.

Which entry of a mapping file belongs to which layer, and what it costs there.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import MappingError, OptionError, nearest
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Objective
from zigzag_imc.exchange.mapping_sources import read_mappings
from zigzag_imc.library.assembly import Assembler
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.onnx_workload.network import LayerGroup
from zigzag_imc.results.files import parse_mapping_file, result_text
from zigzag_imc.results.mapping_file import MappingFile, MappingFileEntry
from zigzag_imc.results.result import LayerResult, NetworkResult


def evaluate_groups(
    groups: Sequence[LayerGroup],
    accelerator: Accelerator,
    profile: CostProfile,
    given: str | os.PathLike[str] | NetworkResult,
    objective: Objective,
    known: Mapping[str, Layer],
) -> tuple[LayerResult, ...]:
    """Score the mappings of a result or file.

    Identical layers with different mappings become several results.

    ``known`` are all layers of the network by name, also those that are not asked for.

    Raises
    ------
    OptionError
        When the mappings are neither a result nor a file.
    ResultError
        When the file cannot be read.
    MappingError
        When an entry belongs to no layer, a layer has no entry, or a mapping is not legal.
    """
    if isinstance(given, NetworkResult):
        source = "the result"
        mappings = parse_mapping_file(result_text(given), source)
    elif isinstance(given, str | os.PathLike):
        source = os.fspath(given)
        mappings = read_mappings(source, accelerator, known)
    else:
        raise OptionError(
            f"mapping_file: found a {type(given).__name__}, expected a NetworkResult or the path of a file"
        )
    entries = _entries_by_layer(mappings, source, known)
    assembler = Assembler(accelerator, profile.name, 0)
    results = []
    for group in groups:
        model = CostModel(group.layer, accelerator, profile)
        for entry, names in _shares(group, entries, source):
            layer = group.layer.replace(name=names[0])
            mapping = _mapping(entry, source, names[0])
            if mapping is None:
                results.append(
                    assembler.record(
                        layer, names, None, None,
                        objective=objective, status="UNKNOWN", reason="the mapping file has no mapping for it",
                    )
                )  # fmt: skip
                continue
            try:
                check_mapping(layer, accelerator, mapping)
            except MappingError as error:
                raise MappingError(f"{source}: layer {entry.name!r}: {error}") from None
            cost = model.evaluate(mapping)
            results.append(
                assembler.record(
                    layer, names, mapping, cost,
                    objective=objective, status="FEASIBLE", reason=entry.note,
                    objective_value=float(cost.value(objective)),
                )
            )  # fmt: skip
    return tuple(results)


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
    group: LayerGroup, entries: dict[str, MappingFileEntry], source: str
) -> list[tuple[MappingFileEntry, tuple[str, ...]]]:
    """Entries for the layers of a group, each with the layers it maps.

    Those without one join the first.
    """
    own = {name: entries[name] for name in group.names if name in entries}
    if not own:
        near = nearest(group.names[0], entries)
        raise MappingError(f"{source}: no mapping for layer {group.names[0]!r}{near}")
    first = next(iter(own.values()))
    shares: list[tuple[MappingFileEntry, list[str]]] = []
    for name in group.names:
        entry = own.get(name, first)
        for known, names in shares:
            if (known.spatial, known.temporal) == (entry.spatial, entry.temporal):
                names.append(name)
                break
        else:
            shares.append((entry, [name]))
    return [(entry, tuple(names)) for entry, names in shares]


def _mapping(entry: MappingFileEntry, source: str, layer: str) -> LayerMapping | None:
    try:
        return entry.mapping()
    except MappingError as error:
        raise MappingError(f"{source}: layer {layer!r}: {error}") from None

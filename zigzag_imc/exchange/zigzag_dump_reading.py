"""Mappings read back from the ``NAME_complete.json`` that ZigZag writes for every layer.

Such a file names the layer with its loop sizes, the unrollings, the loops per operand and memory
level, and the memories by name. It does not hold the network, nor costs and ports of the memories,
nor the real width of a padded input: those come from the network and the accelerator that the
mapping is read for.

Where ZigZag was run with ``in_memory_compute`` it takes memories away that a layer can do without.
Those hold no loop of their own here: what is below them is kept as it is, and the entry's note says
so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pydantic import ConfigDict

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import ResultError, nearest
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import Loop
from zigzag_imc.core.stored_operand import Position
from zigzag_imc.exchange.own_loop_names import field_names, stored_in
from zigzag_imc.results.mapping_file import MappingFileEntry, StoredEntry
from zigzag_imc.results.parts import Operand, Record, SpatialRecord, TemporalRecord
from zigzag_imc.results.reading import parse_record

WITHOUT_WEIGHTS = ("Add", "AveragePool", "GlobalAveragePool", "Max", "MaxPool", "Pool", "Pooling")
"""Layer types of ZigZag that are no tensor contraction."""

_LOOP = re.compile(r"\(\s*(\w+)\s*,\s*(\d{1,18})\s*\)")
_LEVEL = re.compile(r"MemoryLevel\(instance=(.*?),\s*operands=")


class _Part(Record):
    model_config = ConfigDict(extra="ignore")


class _Layer(_Part):
    name: str
    type: str
    equation: str = ""
    loop_dimensions: dict[str, int]
    user_spatial_mapping: SpatialRecord
    memory_operand_links: dict[Operand, str]


class _Accelerator(_Part):
    mem_hierarchy_dict: dict[str, tuple[str, ...]]


class _Inputs(_Part):
    accelerator: _Accelerator
    layer: _Layer
    temporal_mapping: dict[Operand, tuple[tuple[str, ...], ...]]


class _Dump(_Part):
    """What is read of a dump; all else in it is a result."""

    inputs: _Inputs


def parse_dump(
    text: str, source: str, accelerator: Accelerator, layers: Mapping[str, Layer]
) -> MappingFileEntry:
    """Read the mapping of one layer from the text of a ``complete.json``.

    Parameters
    ----------
    text, source
        The text, and what to call it in messages.
    accelerator
        Whose memories the mapping is for.
    layers
        Layers of the network by name; a layer of the same name must have the same loops.

    Raises
    ------
    ResultError
        In one line: source, path of the field, what was found, what would be valid.
    """
    inputs = parse_record(text, source, _Dump).inputs
    found = inputs.layer
    names: Mapping[str, str] = {}
    stored: Position | None = None
    if found.name in layers:
        names = _own_names(found, layers[found.name], source)
        found = _renamed(found, names)
        _check_loops(found, layers[found.name], source)
        stored = stored_in(found.equation, layers[found.name])
    temporal: dict[Operand, tuple[tuple[Loop, ...], ...]] = {}
    left_out: dict[str, list[str]] = {}
    for operand in OPERANDS:
        at = f"{source}: inputs.temporal_mapping.{operand}"
        if operand not in inputs.temporal_mapping:
            raise ResultError(f"{at}: missing")
        given = inputs.temporal_mapping[operand]
        levels = [
            [_loop(text, f"{at}[{n}]", names) for text in level] for n, level in enumerate(given)
        ]
        memories = _memories(inputs, operand, source)
        if len(memories) != len(levels):
            raise ResultError(
                f"{at}: found {len(levels)} levels, the file's accelerator has {len(memories)}"
            )
        kept, missing = _spread(memories, levels, operand, accelerator, source)
        temporal[operand] = kept
        for memory in missing:
            left_out.setdefault(memory, []).append(operand)
    record: TemporalRecord = temporal
    return MappingFileEntry(
        name=found.name,
        spatial=found.user_spatial_mapping,
        temporal=record,
        note=_note(left_out),
        stored_operand=stored and StoredEntry(position=stored),
    )


def layer_type(text: str, source: str) -> str:
    """Return the type of the layer in a dump, such as ``Conv``."""
    return parse_record(text, source, _Dump).inputs.layer.type


# ------------------------------------------------------------------ parts
def _own_names(found: _Layer, layer: Layer, source: str) -> Mapping[str, str]:
    at = f"{source}: inputs.layer.loop_dimensions"
    return field_names(found.loop_dimensions, found.equation, layer, at)


def _renamed(found: _Layer, names: Mapping[str, str]) -> _Layer:
    """Return a layer whose loops have the names of the field."""
    unrollings = {
        array_dim: {names.get(dim, dim): factor for dim, factor in dims.items()}
        for array_dim, dims in found.user_spatial_mapping.items()
    }
    sizes = {names.get(dim, dim): size for dim, size in found.loop_dimensions.items()}
    return found.model_copy(update={"loop_dimensions": sizes, "user_spatial_mapping": unrollings})


def _check_loops(found: _Layer, layer: Layer, source: str) -> None:
    at = f"{source}: inputs.layer.loop_dimensions"
    for dim in (*layer.sizes, *found.loop_dimensions):
        here, there = found.loop_dimensions.get(dim, 1), layer.sizes.get(dim, 1)
        if here != there:
            raise ResultError(
                f"{at}.{dim}: found {here}, layer {layer.name!r} of the network has {there}"
            )


def _loop(text: str, at: str, names: Mapping[str, str]) -> Loop:
    match = _LOOP.fullmatch(text.strip())
    if match is None:
        raise ResultError(f"{at}: found {text!r}, expected a loop such as '(OX, 4)'")
    return names.get(match[1], match[1]), int(match[2])


def _memories(inputs: _Inputs, operand: Operand, source: str) -> list[str]:
    """Names of an operand's memories in the dump, lowest first."""
    name = inputs.layer.memory_operand_links.get(operand, "")
    hierarchy = inputs.accelerator.mem_hierarchy_dict
    at = f"{source}: inputs.accelerator.mem_hierarchy_dict"
    if name not in hierarchy:
        raise ResultError(
            f"{at}: nothing for {name or operand!r}, expected the memories of operand {operand}"
        )
    names = []
    for text in hierarchy[name]:
        match = _LEVEL.search(text)
        if match is None:
            raise ResultError(
                f"{at}.{name}: found {text!r}, expected text such as "
                "'MemoryLevel(instance=sram,operands=…'"
            )
        names.append(match[1])
    return names


def _spread(
    names: Sequence[str],
    levels: Sequence[Sequence[Loop]],
    operand: str,
    accelerator: Accelerator,
    source: str,
) -> tuple[tuple[tuple[Loop, ...], ...], list[str]]:
    """Loops per memory of the accelerator, and which of its memories the dump does without."""
    own = [accelerator.memories[index].name for index in accelerator.levels[operand]]
    at = f"{source}: inputs.accelerator.mem_hierarchy_dict"
    for name in names:
        if name not in own:
            raise ResultError(
                f"{at}: accelerator {accelerator.name!r} has no memory {name!r} for "
                f"{operand}{nearest(name, own)}; it has {', '.join(own)}"
            )
    if list(names) != [name for name in own if name in names]:
        raise ResultError(
            f"{at}: the memories of {operand} are {', '.join(names)}, expected {', '.join(own)}"
        )
    loops = dict(zip(names, levels, strict=True))
    kept = tuple(tuple(loops.get(name, ())) for name in own)
    missing = [name for name in own if name not in loops]
    return kept, missing


def _note(left_out: Mapping[str, Sequence[str]]) -> str | None:
    if not left_out:
        return None
    parts = " and ".join(
        f"{memory} for {', '.join(operands)}" for memory, operands in left_out.items()
    )
    return f"ZigZag did without {parts} in this layer; the cost here counts all memories"

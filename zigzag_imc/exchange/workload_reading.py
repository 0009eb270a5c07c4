"""A workload file of ZigZag as a network: layers whose loops keep their names."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from zigzag_imc.core.bits import Bits
from zigzag_imc.core.errors import AcceleratorError, ResultError, WorkloadError
from zigzag_imc.core.layer import LAYER_DIMS, Layer, Window
from zigzag_imc.core.stored_operand import StoredOperand
from zigzag_imc.exchange.workload_entries import WorkloadEntry, parse_workload
from zigzag_imc.exchange.workload_equation import Relation, dims_of, operand_indices, relations_of
from zigzag_imc.exchange.zigzag_dump_reading import WITHOUT_WEIGHTS
from zigzag_imc.models.hardware.yaml_text import read_yaml
from zigzag_imc.onnx_workload.network import Network, UnsupportedOperator
from zigzag_imc.results.reading import read_text, source_name

_OPERANDS = {"O", "W", "I"}
_DIM = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
_MOST_BITS = 1024

T = TypeVar("T")


def read_workload(path: str | os.PathLike[str], given: Bits = Bits()) -> Network:  # noqa: B008
    """Read the layers of a workload file.

    Parameters
    ----------
    path
        A YAML file: a list of layers with their loops, equations and bits.
    given
        Bits that count instead of those of the file.

    Returns
    -------
    Network
        Layers whose operator multiplies and accumulates; additions and pools are looked through,
        and what multiplies other operands than ``W`` and ``I`` is among ``unsupported``.

    Raises
    ------
    WorkloadError
        In one line: the file, the layer, what was found, what would be valid.
    """
    source = source_name(path)
    try:
        contents = read_yaml(read_text(path, "a workload file"), source)
    except (AcceleratorError, ResultError) as error:
        raise WorkloadError(str(error)) from None
    entries = parse_workload(contents, source)
    names = _unique_names(entries)
    made_by = {entry.id: name for entry, name in zip(entries, names, strict=True)}
    layers: dict[int, Layer] = {}
    left_out: list[UnsupportedOperator] = []
    for place, (entry, name) in enumerate(zip(entries, names, strict=True)):
        try:
            layer = _layer(entry, name, given)
        except WorkloadError as error:
            said = str(error).removeprefix(f"layer {name!r}: ")
            raise WorkloadError(f"{source}: layer {name!r}: {said}") from None
        if isinstance(layer, Layer):
            layers[place] = layer.replace(stored=_stored(entry, layer, made_by))
        elif layer:
            left_out.append(UnsupportedOperator(entry.operator_type, 1, (name,), layer))
    edges = tuple(_edges(entries, layers, source))
    return Network(Path(path).stem, tuple(layers.values()), tuple(left_out), edges)


def _layer(entry: WorkloadEntry, name: str, given: Bits) -> Layer | str:
    """Return the layer of an entry, or why it is none; nothing where it multiplies nothing."""
    if entry.operator_type in WITHOUT_WEIGHTS:
        return ""
    indices = operand_indices(entry.equation)
    if indices is None:
        return ""
    if set(indices) != _OPERANDS:
        found = ", ".join(sorted(set(indices) - _OPERANDS)) or "an operand twice"
        return f"its equation has {found}, expected O, W and I"
    sizes = _sizes(entry)
    loops = {dim.lower(): dim for dim in sizes}
    relations = relations_of(entry.dimension_relations, loops, indices["O"])
    dims = dims_of(indices, loops, relations)
    windows = [_window(entry, relation, sizes) for relation in relations.values()]
    return Layer(
        name=name,
        operator=entry.operator_type,
        loop_dims=tuple(sorted(sizes.items(), key=lambda loop: _rank(loop[0]))),
        weight_dims=dims["W"],
        input_dims=dims["I"],
        output_dims=dims["O"],
        windows=tuple(sorted(windows, key=lambda window: _rank(window.output_dim))),
    ).with_bits(given.or_else(_bits(entry)))


def _stored(entry: WorkloadEntry, layer: Layer, made_by: Mapping[int, str]) -> StoredOperand | None:
    """Return what is stored of a product whose ``W`` another layer makes: then either may be.

    Operands are named after the layers that make them.
    """
    source = entry.operand_source
    if layer.windows or source.get("W", entry.id) == entry.id:
        return None
    weights, inputs = (
        made_by.get(source[name], name) if source.get(name, entry.id) != entry.id else name
        for name in ("W", "I")
    )
    return StoredOperand(tensor=weights, streamed=inputs)


def _rank(dim: str) -> int:
    """Place of a loop in the field's order; names of their own come last, as they stand."""
    return LAYER_DIMS.index(dim) if dim in LAYER_DIMS else len(LAYER_DIMS)


def _sizes(entry: WorkloadEntry) -> dict[str, int]:
    if len(entry.loop_dims) != len(entry.loop_sizes):
        raise WorkloadError(
            f"loop_sizes: found {len(entry.loop_sizes)}, expected {len(entry.loop_dims)} as "
            "loop_dims"
        )
    sizes: dict[str, int] = {}
    for dim, size in zip(entry.loop_dims, entry.loop_sizes, strict=True):
        if not _DIM.fullmatch(dim):
            raise WorkloadError(f"loop_dims: found {dim!r}, expected a word such as K or D0")
        spelled = dim.upper()  # as ZigZag has it
        if spelled in sizes:
            raise WorkloadError(f"loop_dims: {dim!r} is there twice")
        sizes[spelled] = size
    return sizes


def _bits(entry: WorkloadEntry) -> Bits:
    said = entry.operand_precision
    for operand, bits in said.items():
        if not 1 <= bits <= _MOST_BITS:
            raise WorkloadError(
                f"operand_precision.{operand[:20]}: found {str(bits)[:20]}, expected a whole "
                f"number of bits from 1 to {_MOST_BITS}"
            )
    return Bits(**{name: said[name] for name in ("W", "I", "O", "O_final") if name in said})


def _window(entry: WorkloadEntry, relation: Relation, sizes: Mapping[str, int]) -> Window:
    """Return a window over the real input: as wide as the file says, else without its padding."""
    reach = (sizes[relation.output_dim] - 1) * relation.stride
    reach += (sizes[relation.filter_dim] - 1) * relation.dilation + 1
    width = reach
    places = [dim.lower() for dim in entry.pr_loop_dims or ()]
    if relation.index in places:
        place = places.index(relation.index)
        if entry.pr_loop_sizes is not None:
            width = _at(entry.pr_loop_sizes, place, "pr_loop_sizes")
        elif entry.padding is not None:
            width = reach - sum(_at(entry.padding, place, "padding"))
    if width < 1:
        raise WorkloadError(
            f"pr_loop_dims: {relation.index.upper()} has {width} inputs, expected at least 1"
        )
    return Window(
        relation.output_dim, relation.filter_dim, relation.stride, relation.dilation, width
    )


def _at(values: Sequence[T], place: int, key: str) -> T:
    if place >= len(values):
        raise WorkloadError(f"{key}: found {len(values)}, expected as many as pr_loop_dims")
    return values[place]


def _unique_names(entries: Sequence[WorkloadEntry]) -> list[str]:
    """Return a name for every layer: its own where it is the first to bear it."""
    names: dict[str, None] = {}
    repeats: Counter[str] = Counter()
    for entry in entries:
        wanted = entry.name if entry.name and entry.name.strip() else f"Layer{entry.id}"
        name = wanted
        while name in names:
            repeats[wanted] += 1
            name = f"{wanted}#{repeats[wanted] + 1}"
        names[name] = None
    return list(names)


def _edges(
    entries: Sequence[WorkloadEntry], layers: Mapping[int, Layer], source: str
) -> Iterator[tuple[str, str]]:
    """Yield producers and consumers, looking through what is no layer."""
    place_of: dict[int, int] = {}
    for place, entry in enumerate(entries):
        if entry.id in place_of:
            raise WorkloadError(f"{source}: [{place}].id: {entry.id} is there twice")
        place_of[entry.id] = place
    origins: list[frozenset[int]] = []
    for place, entry in enumerate(entries):
        reaching = frozenset[int]()
        for operand, number in entry.operand_source.items():
            if place_of.get(number, place) > place:
                raise WorkloadError(
                    f"{source}: [{place}].operand_source.{operand}: layer {number} comes later, "
                    "expected an earlier one"
                )
            if number != entry.id and number in place_of:
                reaching |= origins[place_of[number]]
        if place in layers:
            yield from ((layers[maker].name, layers[place].name) for maker in sorted(reaching))
            reaching = frozenset((place,))
        origins.append(reaching)

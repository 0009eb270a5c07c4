"""Slices that ONNX's shape inference does not survive.

Where an input is smaller than the filters and pads behind it take it to be, sizes become negative.
ONNX says so of most operators, but a ``Slice`` of such a tensor ends the whole process: an
assertion in its C++. So these are found before, and left without a shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import onnx

from zigzag_imc.onnx_workload.nodes import is_standard

MOST_NODES = 500_000
"""Nodes that are gone through, one round after the other; slices behind that are left out, too."""

Infer = Callable[[onnx.ModelProto], onnx.ModelProto]


def without_fatal_slices(model: onnx.ModelProto, infer: Infer) -> onnx.ModelProto:
    """Return a model without the slices of tensors that have a negative size.

    No slice is inferred before the sizes of what it reads are known: first those with no slice
    before them, then those behind these alone, and so on.
    """
    levels = _levels(model.graph)
    rounds = MOST_NODES // max(1, len(model.graph.node))
    fatal = {position for position, level in levels.items() if level >= rounds}
    for level in range(min(rounds, 1 + max(levels.values(), default=-1))):
        ahead = {position for position, own in levels.items() if own >= level}
        negative = _of_negative_size(infer(_without(model, ahead | fatal)).graph)
        fatal |= {
            position
            for position, own in levels.items()
            if own == level and model.graph.node[position].input[0] in negative
        }
    return _without(model, fatal) if fatal else model


def _levels(graph: onnx.GraphProto) -> dict[int, int]:
    """Of every slice by its place, how many others lie before it in a row."""
    before: dict[str, int] = {}
    found: dict[int, int] = {}
    for position, node in enumerate(graph.node):
        level = max((before.get(name, 0) for name in node.input), default=0)
        if node.op_type == "Slice" and is_standard(node.domain) and node.input:
            found[position] = level
            level += 1
        before.update(dict.fromkeys(node.output, level))
    return found


def _of_negative_size(graph: onnx.GraphProto) -> frozenset[str]:
    """Names of tensors one of whose sizes is negative, as inferred or as stored."""
    values = [*graph.input, *graph.value_info, *graph.output]
    inferred = {value.name for value in values if _is_negative(_sizes(value))}
    stored = {held.name for held in graph.initializer if _is_negative(held.dims)}
    return frozenset(inferred | stored)


def _sizes(value: onnx.ValueInfoProto) -> list[int]:
    return [dim.dim_value for dim in value.type.tensor_type.shape.dim]


def _is_negative(sizes: Iterable[int]) -> bool:
    return any(size < 0 for size in sizes)


def _without(model: onnx.ModelProto, positions: set[int]) -> onnx.ModelProto:
    """Return a model without some of its nodes."""
    left = onnx.ModelProto()
    left.CopyFrom(model)
    for position in sorted(positions, reverse=True):
        del left.graph.node[position]
    return left

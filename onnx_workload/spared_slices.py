"""Slices that ONNX's shape inference does not survive.

Where an input is smaller than the filters and pads behind it take it to be, sizes become negative.
ONNX says so of most operators, but a ``Slice`` of such a tensor ends the whole process: an
assertion in its C++. So these are found before, and left without a shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import onnx

from zigzag_imc.onnx_workload.nodes import is_standard

MOST_NODES = 500_000
"""Nodes that are gone through, one round after the other; slices behind that are left out, too."""

_KEEPING = frozenset(
    (
        *("Abs", "Add", "BatchNormalization", "Cast", "Clip", "Concat", "Div", "Dropout", "Elu"),
        *("Erf", "Exp", "Flatten", "Gelu", "Gemm", "HardSigmoid", "HardSwish", "Identity"),
        *("LayerNormalization", "LeakyRelu", "Log", "MatMul", "Max", "Min", "Mul", "Neg", "Pow"),
        *("Reciprocal", "Relu", "Reshape", "Sigmoid", "Slice", "Softmax", "Softplus", "Sqrt"),
        *("Squeeze", "Sub", "Sum", "Tanh", "Transpose", "Unsqueeze", "Where"),
    )
)
"""Operators that make no negative size of what has none: their sizes are some of what they read,
products, sums and quotients of these, or written in the model, where ONNX refuses negative ones."""

Infer = Callable[[onnx.ModelProto], onnx.ModelProto]


def without_fatal_slices(model: onnx.ModelProto, infer: Infer) -> onnx.ModelProto:
    """Return a model without the slices of tensors that have a negative size."""
    if _have_no_negative_size(model, infer):
        return model
    return _without_fatal_slices(model, infer)


def _have_no_negative_size(model: onnx.ModelProto, infer: Infer) -> bool:
    """Whether no slice reads a negative size, told in as few rounds as that takes.

    Slices share a round where all that lies between them is `_KEEPING`. Why it is safe: in each
    round every tensor that is not behind its slices is inferred. If none of these has a negative
    size, neither has what its first slices read; nor, operator by operator, what comes behind.
    """
    levels = _levels(model.graph, _KEEPING)
    count = 1 + max(levels.values(), default=-1)
    if count > _rounds(model):
        return False
    every_round = (_without(model, _from_level(levels, level)) for level in range(count))
    return not any(_of_negative_size(infer(left).graph) for left in every_round)


def _without_fatal_slices(model: onnx.ModelProto, infer: Infer) -> onnx.ModelProto:
    """Leave slices out.

    None is inferred before the sizes of what it reads are known: first those with no slice before
    them, then those behind these alone, and so on.
    """
    levels, rounds = _levels(model.graph), _rounds(model)
    fatal = _from_level(levels, rounds)
    for level in range(min(rounds, 1 + max(levels.values(), default=-1))):
        left = _without(model, _from_level(levels, level) | fatal)
        negative = _of_negative_size(infer(left).graph)
        fatal |= {
            position
            for position, own in levels.items()
            if own == level and model.graph.node[position].input[0] in negative
        }
    return _without(model, fatal) if fatal else model


def _rounds(model: onnx.ModelProto) -> int:
    """How many rounds there may be."""
    return MOST_NODES // max(1, len(model.graph.node))


def _from_level(levels: Mapping[int, int], least: int) -> set[int]:
    """Places of the slices from a level on."""
    return {position for position, level in levels.items() if level >= least}


def _levels(graph: onnx.GraphProto, keeping: frozenset[str] = frozenset()) -> dict[int, int]:
    """Of every slice by its place, how many others lie before it in a row.

    Those between which there is nothing but operators that are ``keeping`` count as one.
    """
    before: dict[str, _Before] = {}
    found: dict[int, int] = {}
    for position, node in enumerate(graph.node):
        reached = max((before.get(name, _NOTHING) for name in node.input), default=_NOTHING)
        if not (is_standard(node.domain) and node.op_type in keeping):
            reached = _Before(reached.all_slices)
        if node.op_type == "Slice" and is_standard(node.domain) and node.input:
            found[position] = reached.level
            reached = _Before(reached.level, is_behind=True)
        before.update(dict.fromkeys(node.output, reached))
    return found


class _Before(NamedTuple):
    """What lies before a tensor in a row: levels of slices, and whether one of the next, too."""

    level: int
    is_behind: bool = False

    @property
    def all_slices(self) -> int:
        """Levels, with the next."""
        return self.level + self.is_behind


_NOTHING = _Before(0)


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

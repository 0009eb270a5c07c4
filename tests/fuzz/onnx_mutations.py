"""ONNX models with something wrong in them, though still ONNX."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import onnx
from google.protobuf.descriptor import FieldDescriptor  # type: ignore[import-untyped]

from tests.fuzz.graph_mutations import restructure
from tests.fuzz.mutations import REAL, TEXTS, WHOLE, changed_bytes

_TEXT = (FieldDescriptor.CPPTYPE_STRING,)
_REAL = (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE)


def changed_model(content: bytes, draw: Random) -> bytes:
    """Return a model in which some fields are other ones, or some bytes."""
    if draw.random() < 0.2:
        return changed_bytes(content, draw)
    model = onnx.ModelProto.FromString(content)
    names = sorted({name for node in model.graph.node for name in (*node.input, *node.output)})
    for _ in range(draw.choice((1, 1, 2, 3))):
        if draw.random() < 0.3:
            restructure(model.graph, draw)
        places = list(_places(model))
        message, field = draw.choice(places)
        try:
            _change(message, field, draw, names)
        except (TypeError, ValueError, AttributeError):
            continue  # the field takes no such value
    changed: bytes = model.SerializeToString()
    return changed


def _places(message: Any) -> Iterator[tuple[Any, Any]]:
    for field, value in message.ListFields():
        yield message, field
        if field.cpp_type != FieldDescriptor.CPPTYPE_MESSAGE:
            continue
        for inner in [value] if hasattr(value, "ListFields") else value:
            yield from _places(inner)


def _change(message: Any, field: Any, draw: Random, names: list[str]) -> None:
    value = getattr(message, field.name)
    if hasattr(value, "ListFields") or draw.random() < 0.1:
        message.ClearField(field.name)
    elif field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
        _rearrange(value, draw)
    elif not hasattr(value, "append"):
        setattr(message, field.name, _scalar(field, value, draw, names))
    elif draw.random() < 0.3 or not value:
        value.append(_scalar(field, value[0] if value else 0, draw, names))
    else:
        at = draw.randrange(len(value))
        value[at] = _scalar(field, value[at], draw, names)


def _rearrange(messages: Any, draw: Random) -> None:
    """Remove, double or move one of several messages, such as nodes, sizes or attributes."""
    at = draw.randrange(len(messages))
    change = draw.randrange(3)
    if change == 0:
        del messages[at]
    elif change == 1:
        messages.add().CopyFrom(messages[at])
    else:
        one, other = type(messages[at])(), messages[draw.randrange(len(messages))]
        one.CopyFrom(messages[at])
        messages[at].CopyFrom(other)
        other.CopyFrom(one)


def _scalar(field: Any, value: Any, draw: Random, names: list[str]) -> Any:
    if field.cpp_type in _REAL:
        return draw.choice(REAL)
    if field.cpp_type not in _TEXT:
        return draw.choice((*WHOLE, int(value) + 1, int(value) * 3 + 1, 1 << 40, 1 << 24))
    if isinstance(value, bytes):
        return changed_bytes(value, draw)
    operators = ("Reshape", "Expand", "Tile", "ConstantOfShape", "Range", "Conv", "Gemm", "If")
    return draw.choice((draw.choice(names), draw.choice(TEXTS), draw.choice(operators)))

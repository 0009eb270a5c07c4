"""Small values that a model keeps in files beside it: those that decide shapes."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import onnx
from onnx import helper

from zigzag_imc.onnx_workload.nodes import all_nodes, bodies
from zigzag_imc.onnx_workload.slimming import LARGEST_VALUE


def read_external_values(model: onnx.ModelProto, folder: Path) -> tuple[str, ...]:
    """Read small external values into the model, in place; return the files that are missing.

    Files are looked for in the folder of the model, never outside it. What cannot be read stays as
    it is: weights are not needed, and a missing shape is told where it matters.
    """
    missing: dict[str, None] = {}
    for tensor in _small_external_tensors(model):
        location, offset, length = _place(tensor)
        path = _inside(folder, location)
        if path is None or not os.path.isfile(path):
            missing[location] = None
            continue
        content = _read(path, offset, length)
        if len(content) == length:
            tensor.raw_data = content
            tensor.ClearField("external_data")
            tensor.data_location = onnx.TensorProto.DEFAULT
    return tuple(missing)


def _small_external_tensors(model: onnx.ModelProto) -> Iterator[onnx.TensorProto]:
    for tensor in _tensors(model):
        external = tensor.data_location == onnx.TensorProto.EXTERNAL
        if external and 0 <= math.prod(tensor.dims) <= LARGEST_VALUE:
            yield tensor


def _tensors(model: onnx.ModelProto) -> Iterator[onnx.TensorProto]:
    yield from model.graph.initializer
    for node in all_nodes(model):
        for body in bodies(node):
            yield from body.initializer
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t


def _place(tensor: onnx.TensorProto) -> tuple[str, int, int]:
    """Return file, offset and length in bytes of a tensor's values."""
    entries: Mapping[str, str] = {entry.key: entry.value for entry in tensor.external_data}
    return entries.get("location", ""), _number(entries.get("offset", "0")), _length(tensor)


def _length(tensor: onnx.TensorProto) -> int:
    """Return how many bytes the values of a tensor take; 0 for a type of no known size."""
    try:
        size = int(helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize)
    except (KeyError, TypeError, ValueError):
        return 0
    return size * int(math.prod(tensor.dims))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _inside(folder: Path, location: str) -> Path | None:
    """Return the path of a file in a folder, ``None`` where it leads out of it."""
    if not location or "\0" in location or os.path.isabs(location):
        return None
    home = folder.resolve()
    path = (home / location).resolve()
    return path if path.is_relative_to(home) else None


def _read(path: Path, offset: int, length: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length)
    except OSError:
        return b""

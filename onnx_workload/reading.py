"""From a path to a parsed model, with one clear line for everything that is not an ONNX file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import onnx

from zigzag_imc.core.errors import WorkloadError, nearest
from zigzag_imc.onnx_workload.faults import PARSING_FAULTS
from zigzag_imc.onnx_workload.nodes import all_nodes, bodies
from zigzag_imc.onnx_workload.shipped import NETWORKS, network_path

LARGEST_FILE = 2**31
"""Bytes of the largest protobuf; larger models keep their weights in files beside them."""

# First bytes of files that people mistake for ONNX files.
_SIGNATURES = (
    (b"version https://git-lfs", "a Git LFS pointer (fetch the file itself with `git lfs pull`)"),
    (b"PK\x03\x04", "a zip archive, as PyTorch writes (export the model to ONNX first)"),
    (b"\x89HDF", "an HDF5 file, as Keras writes (convert the model to ONNX first)"),
    (b"\x1f\x8b", "a gzip archive (unpack it first)"),
    (b"ORTM", "an ONNX Runtime file (.ort)"),
    (b"\x80\x02", "a pickle, as PyTorch wrote before 1.6 (export the model to ONNX first)"),
    (b"\x80\x04", "a Python pickle (export the model to ONNX first)"),
)
_TFLITE = b"TFL3"  # behind the offset of the root table
_SUFFIXES = {
    **dict.fromkeys((".tflite", ".lite"), "a TensorFlow Lite file (convert it with tf2onnx)"),
    **dict.fromkeys(
        (".pt", ".pth", ".pt2", ".ckpt", ".bin"),
        "a PyTorch file (export the model with torch.onnx.export)",
    ),
    **dict.fromkeys((".h5", ".keras"), "a Keras file (convert it with tf2onnx)"),
    ".pb": "a TensorFlow graph (convert it with tf2onnx)",
    ".safetensors": "weights alone, without a graph (export the model to ONNX)",
}


_SUFFIXES_OF_NETWORKS = (".onnx", ".yaml", ".yml")
"""Of ONNX files, and of workload files, which stand where ONNX files may."""


def find_model(path: Path) -> Path:
    """Return the file that ``path`` means: itself, or a shipped network of that bare name.

    Raises
    ------
    WorkloadError
        If there is no such file.
    """
    if os.path.isfile(path):  # also where no file can have that name
        return path
    if str(path) in NETWORKS:
        return network_path(str(path))
    if os.path.isdir(path):
        raise WorkloadError(f"{path}: found a folder, expected an ONNX file{_onnx_files_in(path)}")
    if os.path.exists(path):
        raise WorkloadError(
            f"{path}: found something that is not a regular file, expected an ONNX file"
        )
    raise WorkloadError(f"{path}: file not found, expected an ONNX file{_hint(path)}")


def _hint(path: Path) -> str:
    """Say what may have been meant by a path where there is nothing."""
    folder = path.parent
    if not os.path.isdir(folder):
        return f" (there is no folder {str(folder)!r} either)"
    siblings = [entry.name for entry in folder.iterdir() if _may_be_a_network(entry)]
    if str(path) != path.stem:
        return nearest(path.name, siblings) or nearest(path.stem, NETWORKS)
    # A bare name is rather meant to be that of a network than of a file.
    return (
        nearest(path.name, NETWORKS)
        or nearest(path.name, siblings)
        or "; `zigzag-imc networks` lists the networks that ship with the tool"
    )


def _may_be_a_network(entry: Path) -> bool:
    """Whether somebody may mean a file where a network is expected: by its suffix."""
    return entry.suffix.lower() in _SUFFIXES_OF_NETWORKS and entry.is_file()


def read_model(path: Path) -> onnx.ModelProto:
    """Parse an ONNX file without touching external weight files.

    Raises
    ------
    WorkloadError
        If the file cannot be read or is not an ONNX model.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise WorkloadError(
                f"{path}: found a file of {size / 1e9:.1f} GB, expected an ONNX file, which has at "
                "most 2.1 GB"
            )
        content = path.read_bytes()
    except OSError as error:
        raise WorkloadError(
            f"{path}: cannot be read ({error.strerror or error}), expected an ONNX file"
        ) from error
    model = onnx.ModelProto()
    try:
        model.ParseFromString(content)
    except PARSING_FAULTS as error:
        raise WorkloadError(
            f"{path}: found {_describe(content, path)}, expected an ONNX file"
        ) from error
    if not model.graph.node:
        found = (
            "an ONNX model without any operators" if model.graph.input else _describe(content, path)
        )
        raise WorkloadError(f"{path}: found {found}, expected an ONNX file with a graph")
    if not is_readable(model):
        raise WorkloadError(f"{path}: found a damaged ONNX file, expected names to be UTF-8 text")
    return model


def is_readable(model: onnx.ModelProto) -> bool:
    """Whether all names are text; protobuf hands out those that are not as bytes, or not at all."""
    try:
        return all(isinstance(name, str) for name in _names_in(model))
    except UnicodeDecodeError:
        return False


def _names_in(model: onnx.ModelProto) -> Iterator[str]:
    yield from (entry.domain for entry in model.opset_import)
    for function in model.functions:
        yield from (function.name, function.domain, *function.input, *function.output)
        yield from function.attribute
    yield from _names_of_tensors(model.graph)
    for node in all_nodes(model):
        yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
        yield from (attribute.name for attribute in node.attribute)
        for body in bodies(node):
            yield from _names_of_tensors(body)


def _names_of_tensors(graph: onnx.GraphProto) -> Iterator[str]:
    yield graph.name
    yield from (tensor.name for tensor in graph.initializer)
    yield from (tensor.values.name for tensor in graph.sparse_initializer)
    for value in (*graph.input, *graph.output, *graph.value_info):
        yield value.name
        yield from (size.dim_param for size in value.type.tensor_type.shape.dim)


def _describe(content: bytes, path: Path) -> str:
    """Say in a few words what a file that is not an ONNX model seems to be."""
    if not content:
        return "an empty file"
    for start, description in _SIGNATURES:
        if content.startswith(start):
            return description
    if content[4:8] == _TFLITE:
        return _SUFFIXES[".tflite"]
    if path.suffix.lower() in _SUFFIXES:
        return _SUFFIXES[path.suffix.lower()]
    try:
        content[:512].decode("ascii")
    except UnicodeDecodeError:
        return "a truncated ONNX file or another binary format"
    # A model opens with its IR version (field 1), whose tag is this unprintable byte.
    return "a truncated ONNX file" if content.startswith(b"\x08") else "a text file"


def _onnx_files_in(folder: Path) -> str:
    names = sorted(entry.name for entry in folder.iterdir() if entry.suffix == ".onnx")
    return f", such as {names[0]!r} in it" if names else ""

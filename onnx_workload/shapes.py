"""Shapes of all tensors of a model, by ONNX's own shape inference."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import onnx

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.one_line import one_line
from zigzag_imc.onnx_workload.faults import INFERENCE_FAULTS
from zigzag_imc.onnx_workload.spared_slices import without_fatal_slices
from zigzag_imc.onnx_workload.vector_lengths import may_follow_values

Dim = int | str | None
"""A size, the symbol that stands for it, or nothing known at all."""

Shape = tuple[Dim, ...]


def infer_shapes(model: onnx.ModelProto, label: str) -> dict[str, Shape]:
    """Return the shape of every tensor whose rank is known.

    Shapes that the model itself records (``value_info``) are ignored: they may be stale, from
    another batch size.

    Raises
    ------
    WorkloadError
        If shape inference rejects the model as a whole.
    """
    bare = _without_recorded_shapes(model)
    try:
        infer = partial(_inferred, follows_values=may_follow_values(bare))
        graph = infer(without_fatal_slices(bare, infer)).graph
    except INFERENCE_FAULTS as error:
        raise WorkloadError(
            f"{label}: shape inference of ONNX failed: {_one_line(error)}"
        ) from error
    shapes = recorded_shapes([*graph.input, *graph.value_info, *graph.output])
    shapes.update((tensor.name, tuple(tensor.dims)) for tensor in graph.initializer)
    return shapes


def _inferred(bare: onnx.ModelProto, *, follows_values: bool) -> onnx.ModelProto:
    """Return a model with what ONNX infers."""
    try:
        return onnx.shape_inference.infer_shapes(bare, data_prop=follows_values)
    except INFERENCE_FAULTS:
        # Following the values of shape tensors trips over some models that are otherwise fine.
        return onnx.shape_inference.infer_shapes(bare)


def _without_recorded_shapes(model: onnx.ModelProto) -> onnx.ModelProto:
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    bare.graph.ClearField("value_info")
    for value in bare.graph.output:
        if value.type.HasField("tensor_type"):
            value.type.tensor_type.ClearField("shape")
    for value in bare.graph.input:
        for dim in value.type.tensor_type.shape.dim:
            # Some exporters write 0 or -1 for a size that is open.
            if dim.HasField("dim_value") and dim.dim_value < 1:
                dim.Clear()
    return bare


def recorded_shapes(values: Iterable[onnx.ValueInfoProto]) -> dict[str, Shape]:
    """Shapes written down in ``values``, of those that have a rank."""
    return {value.name: shape_of_type(value.type) for value in values if has_rank(value.type)}


def has_rank(tensor: onnx.TypeProto) -> bool:
    """Whether a type says how many dimensions its tensor has."""
    return bool(tensor.HasField("tensor_type") and tensor.tensor_type.HasField("shape"))


def shape_of_type(tensor: onnx.TypeProto) -> Shape:
    """Shape of a tensor type.

    A negative size counts as unknown, as some exporters write it for an open one.
    """
    return tuple(map(_size_of, tensor.tensor_type.shape.dim))


def _size_of(dim: onnx.TensorShapeProto.Dimension) -> Dim:
    if dim.HasField("dim_value"):
        return dim.dim_value if dim.dim_value >= 0 else None
    # Symbols that ONNX makes up itself tell a person nothing.
    made_up = not dim.dim_param or dim.dim_param.startswith("unk__")
    return None if made_up else dim.dim_param


def is_known(shape: Shape | None) -> bool:
    """Whether all sizes are numbers."""
    return shape is not None and all(isinstance(dim, int) for dim in shape)


def complaint(model: onnx.ModelProto) -> str:
    """Return the first complaint of strict shape inference as a phrase, empty if it has none."""
    bare, follows_values = _without_recorded_shapes(model), may_follow_values(model)
    try:
        onnx.shape_inference.infer_shapes(
            without_fatal_slices(bare, partial(_inferred, follows_values=follows_values)),
            strict_mode=True,
            data_prop=follows_values,
        )
    except INFERENCE_FAULTS as error:
        return _one_line(error)
    return ""


def _one_line(error: Exception) -> str:
    text = one_line(str(error))
    return text if len(text) <= 240 else f"{text[:237]}..."

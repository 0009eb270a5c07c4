"""Filling in the batch size of a model whose batch is open."""

from __future__ import annotations

from collections.abc import Iterable

import onnx

from zigzag_imc.core.errors import WorkloadError

# Position of the first operand that may be a weight, per operator.
_WEIGHT_FROM = {
    **dict.fromkeys(("Conv", "ConvInteger", "Gemm", "MatMul", "MatMulInteger"), 1),
    **dict.fromkeys(("QLinearConv", "QLinearMatMul"), 3),
}


def set_batch(model: onnx.ModelProto, inputs: Iterable[str], batch: int | None, label: str) -> None:
    """Replace the open first dimension of the model's inputs, in place.

    Parameters
    ----------
    model
        Model to change.
    inputs
        Names of its inputs that carry no stored weights.
    batch
        Batch size; ``None`` leaves a fixed batch as it is and fills an open one with 1.
    label
        How messages name the model.

    Raises
    ------
    WorkloadError
        If ``batch`` is less than 1, or differs from the batch that the model fixes.
    """
    if batch is not None and (isinstance(batch, bool) or not isinstance(batch, int) or batch < 1):
        raise WorkloadError(f"{label}: batch: found {batch!r}, expected a whole number, at least 1")
    names = set(inputs)
    firsts = {
        value.name: value.type.tensor_type.shape.dim[0]
        for value in model.graph.input
        if value.name in names and value.type.tensor_type.shape.dim
    }
    opened = {name: dim for name, dim in firsts.items() if not _is_fixed(dim)}
    if not opened and batch is not None:
        _check_fixed(model, firsts, batch, label)
        return
    symbols = {dim.dim_param for dim in opened.values() if dim.dim_param}
    for dim in opened.values():
        dim.dim_value = batch or 1
    for value in (*model.graph.input, *model.graph.value_info, *model.graph.output):
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param in symbols and not dim.HasField("dim_value"):
                dim.dim_value = batch or 1


def _is_fixed(dim: onnx.TensorShapeProto.Dimension) -> bool:
    # Some exporters write 0 or -1 for a size that is open.
    return dim.HasField("dim_value") and dim.dim_value > 0


def _check_fixed(
    model: onnx.ModelProto,
    firsts: dict[str, onnx.TensorShapeProto.Dimension],
    batch: int,
    label: str,
) -> None:
    """Refuse a batch that the first input carrying data contradicts."""
    as_weight: set[str] = set()
    as_data: set[str] = set()
    for node in model.graph.node:
        for position, name in enumerate(node.input):
            (as_weight if position >= _WEIGHT_FROM.get(node.op_type, 99) else as_data).add(name)
    data = [name for name in firsts if name in as_data or name not in as_weight]
    if data and firsts[data[0]].dim_value != batch:
        fixed = firsts[data[0]].dim_value
        raise WorkloadError(
            f"{label}: input {data[0]!r} has a fixed batch of {fixed}, found batch {batch}; "
            f"expected {fixed}, "
            "or a model exported with an open (symbolic) batch dimension"
        )

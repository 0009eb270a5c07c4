"""Filling in the batch size of a model whose batch is open."""

from __future__ import annotations

from collections.abc import Collection, Set

import onnx

from zigzag_imc.core.errors import WorkloadError

Dimension = onnx.TensorShapeProto.Dimension

# Position of the first operand that may be a weight, per operator.
_WEIGHT_FROM = {
    **dict.fromkeys(("Conv", "ConvInteger", "Gemm", "MatMul", "MatMulInteger"), 1),
    **dict.fromkeys(("QLinearConv", "QLinearMatMul"), 3),
}


def set_batch(
    model: onnx.ModelProto, inputs: Collection[str], batch: int | None, label: str
) -> None:
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
    if batch is not None and not _is_batch(batch):
        raise WorkloadError(f"{label}: batch: found {batch!r}, expected a whole number, at least 1")
    firsts = _first_dimensions(model, set(inputs))
    opened = [dim for dim in firsts.values() if not _is_fixed(dim)]
    if opened:
        _fill(model, opened, batch or 1)
    elif batch is not None:
        _check_fixed(model, firsts, batch, label)


def _is_batch(found: object) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and found >= 1


def _first_dimensions(model: onnx.ModelProto, names: Set[str]) -> dict[str, Dimension]:
    """Return the first dimension of each of these inputs that is no scalar."""
    sizes = {value.name: value.type.tensor_type.shape.dim for value in model.graph.input}
    return {name: dims[0] for name, dims in sizes.items() if name in names and dims}


def _fill(model: onnx.ModelProto, opened: Collection[Dimension], batch: int) -> None:
    """Write the batch in place of open dimensions, and of their symbols wherever these stand."""
    symbols = {dim.dim_param for dim in opened} - {""}
    for dim in opened:
        dim.dim_value = batch
    for value in (*model.graph.input, *model.graph.value_info, *model.graph.output):
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param in symbols:  # a dimension has a symbol or a value, never both
                dim.dim_value = batch


def _is_fixed(dim: Dimension) -> bool:
    # Some exporters write 0 or -1 for a size that is open.
    return dim.HasField("dim_value") and dim.dim_value > 0


def _check_fixed(
    model: onnx.ModelProto,
    firsts: dict[str, Dimension],
    batch: int,
    label: str,
) -> None:
    """Refuse a batch that the first input carrying data contradicts."""
    as_weight: set[str] = set()
    as_data: set[str] = set()
    for node in model.graph.node:
        first_weight = _WEIGHT_FROM.get(node.op_type, len(node.input))
        as_data.update(node.input[:first_weight])
        as_weight.update(node.input[first_weight:])
    data = [name for name in firsts if name in as_data or name not in as_weight]
    if data and firsts[data[0]].dim_value != batch:
        fixed = firsts[data[0]].dim_value
        raise WorkloadError(
            f"{label}: input {data[0]!r} has a fixed batch of {fixed}, found batch {batch}; "
            f"expected {fixed}, or a model exported with an open (symbolic) batch dimension"
        )

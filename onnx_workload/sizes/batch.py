"""Filling in the batch: an open size that is named or placed like one, and no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import onnx

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.onnx_workload.sizes.inputs import Dimension, ModelInputs, is_fixed, written
from zigzag_imc.onnx_workload.sizes.symbols import is_anonymous, is_batch_letter, is_batch_name

# Position of the first operand that may be a weight, per operator.
_WEIGHT_FROM = {
    **dict.fromkeys(("Conv", "ConvInteger", "Gemm", "MatMul", "MatMulInteger"), 1),
    **dict.fromkeys(("QLinearConv", "QLinearMatMul"), 3),
}


@dataclass(frozen=True)
class BatchSize:
    """An open size that is taken for the batch.

    Attributes
    ----------
    input
        Name of the input.
    dim
        The dimension, to be filled in.
    symbol
        What the model calls it; empty where it has no name of its own.
    """

    input: str
    dim: Dimension
    symbol: str


def fill_batch(inputs: ModelInputs, batch: int | None) -> list[str]:
    """Write the batch in place of the sizes that are one; return what is to be said about it.

    Raises
    ------
    WorkloadError
        If ``batch`` is given and no open size is the batch, unless the model fixes the same.
    """
    opened = _batch_sizes(inputs)
    if opened:
        inputs.fill([size.dim for size in opened], batch or 1)
        return _notices(opened, batch)
    if batch is not None:
        _check_fixed(inputs, batch)
    return []


def _batch_sizes(inputs: ModelInputs) -> list[BatchSize]:
    named = [_named(*place) for place in inputs.dimensions()]
    letters = {dim.dim_param for _, place, dim in inputs.dimensions() if _is_letter(place, dim)}
    sizes = [size for size in named if size is not None]
    sizes += [
        BatchSize(name, dim, dim.dim_param)
        for name, _, dim in inputs.dimensions()
        if dim.dim_param in letters
    ]
    settled = {size.input for size in sizes}  # the first size of such an input is something else
    sizes += [
        BatchSize(name, dim, "")
        for name, place, dim in inputs.dimensions()
        if place == 0 and name not in settled and _is_unnamed(dim)
    ]
    return sizes


def _named(name: str, _place: int, dim: Dimension) -> BatchSize | None:
    if is_fixed(dim) or not is_batch_name(dim.dim_param):
        return None
    return BatchSize(name, dim, dim.dim_param)


def _is_letter(place: int, dim: Dimension) -> bool:
    return place == 0 and is_batch_letter(dim.dim_param)


def _is_unnamed(dim: Dimension) -> bool:
    return not is_fixed(dim) and is_anonymous(dim.dim_param)


def _notices(opened: Sequence[BatchSize], batch: int | None) -> list[str]:
    """Say what was taken for the batch: always where its place decided, else where no size came."""
    placed = list(dict.fromkeys(size.input for size in opened if not size.symbol))
    symbols = list(dict.fromkeys(size.symbol for size in opened if size.symbol))
    said = []
    if placed:
        said.append(
            f"the first size of input {_quoted(placed)} is open and taken for the batch, "
            f"{batch or 1}; --batch or --shape gives another"
        )
    if symbols and batch is None:
        said.append(f"the open batch {_quoted(symbols)} is taken as 1; --batch gives another")
    return said


def _quoted(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(map(repr, names[:3])) + more


def _check_fixed(inputs: ModelInputs, batch: int) -> None:
    """Refuse a batch that the first input carrying data contradicts."""
    value = _first_data_input(inputs)
    if value is None:
        return
    first = value.type.tensor_type.shape.dim[0]
    if not is_fixed(first):
        raise WorkloadError(
            f"{inputs.label}: batch: found {batch}, but no open size of input {written(value)} is "
            "named or placed like a batch; expected --shape or --dim"
        )
    if first.dim_value != batch:
        fixed = first.dim_value
        raise WorkloadError(
            f"{inputs.label}: input {value.name!r} has a fixed batch of {fixed}, found batch "
            f"{batch}; expected {fixed}, or a model exported with an open (symbolic) batch "
            "dimension"
        )


def _first_data_input(inputs: ModelInputs) -> onnx.ValueInfoProto | None:
    """Return the first input that is no scalar and no weight of a layer."""
    as_weight: set[str] = set()
    as_data: set[str] = set()
    for node in inputs.model.graph.node:
        first_weight = _WEIGHT_FROM.get(node.op_type, len(node.input))
        as_data.update(node.input[:first_weight])
        as_weight.update(node.input[first_weight:])
    return next(
        (
            value
            for value in inputs.values()
            if value.type.tensor_type.shape.dim
            and (value.name in as_data or value.name not in as_weight)
        ),
        None,
    )

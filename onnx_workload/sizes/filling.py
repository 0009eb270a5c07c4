"""Filling in the sizes that a model leaves open: those that are given, then the batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import onnx

from zigzag_imc.core.errors import WorkloadError, nearest, some_of
from zigzag_imc.onnx_workload.sizes.batch import fill_batch
from zigzag_imc.onnx_workload.sizes.given import GivenSizes
from zigzag_imc.onnx_workload.sizes.inputs import Dimension, ModelInputs, is_fixed, written
from zigzag_imc.onnx_workload.sizes.symbols import is_shared


def fill_sizes(inputs: ModelInputs, given: GivenSizes) -> list[str]:
    """Fill in open sizes, in place, and return what a person should know about it.

    Raises
    ------
    WorkloadError
        If what is given contradicts the model, or names what it has not.
    """
    for symbol in given.dims:
        _check_symbol(inputs, symbol)
    sizes = dict(given.dims)
    for name, shape in given.shapes.items():
        _fill_input(inputs, name, tuple(shape), sizes)
    for symbol, size in sizes.items():
        inputs.assign(symbol, size)
    _fill_sums(inputs, sizes)
    return fill_batch(inputs, given.batch)


def _check_symbol(inputs: ModelInputs, symbol: str) -> None:
    known = inputs.symbols()
    if symbol not in known:
        hint = nearest(symbol, known) or (f", which has {some_of(known, 4)}" if known else "")
        raise WorkloadError(
            f"{inputs.label}: dim {symbol!r}: no open size of the inputs has that name{hint}; "
            "--shape gives sizes without a name"
        )


def _fill_input(
    inputs: ModelInputs, name: str, shape: tuple[int, ...], sizes: dict[str, int]
) -> None:
    """Write the sizes of one input, and note those that its symbols stand for."""
    value = _input_named(inputs, name)
    tensor = value.type.tensor_type
    if not tensor.HasField("shape"):
        tensor.shape.SetInParent()
        for size in shape:
            tensor.shape.dim.add(dim_value=size)
        return
    if len(tensor.shape.dim) != len(shape) or not all(map(_agrees, tensor.shape.dim, shape)):
        raise WorkloadError(
            f"{inputs.label}: shape of {name!r}: found {_listed(shape)}, expected sizes that fit "
            f"{written(value)}"
        )
    for dim, size in zip(tensor.shape.dim, shape, strict=True):
        symbol = dim.dim_param
        if is_shared(symbol) and sizes.setdefault(symbol, size) != size:
            raise WorkloadError(
                f"{inputs.label}: shape of {name!r}: {symbol!r} is {size} here and "
                f"{sizes[symbol]} elsewhere, expected the same size"
            )
        dim.dim_value = size


def _input_named(inputs: ModelInputs, name: str) -> onnx.ValueInfoProto:
    known = {value.name: value for value in inputs.values()}
    if name not in known:
        hint = nearest(name, known) or (f", which has {some_of(known, 4)}" if known else "")
        raise WorkloadError(f"{inputs.label}: shape of {name!r}: no input has that name{hint}")
    return known[name]


def _agrees(dim: Dimension, size: int) -> bool:
    return not is_fixed(dim) or dim.dim_value == size


def _fill_sums(inputs: ModelInputs, sizes: Mapping[str, int]) -> None:
    """Fill in sums of known sizes, such as ``past_sequence + 1``."""
    for symbol in inputs.symbols():
        terms = [term.strip() for term in symbol.split("+")]
        known = [sizes.get(term, int(term) if _is_number(term) else 0) for term in terms]
        if len(terms) > 1 and all(known):
            inputs.assign(symbol, sum(known))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _listed(shape: Sequence[int]) -> str:
    return ",".join(map(str, shape))

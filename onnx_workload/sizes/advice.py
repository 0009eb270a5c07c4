"""What to tell a person whose model leaves sizes open: options that work when they are followed."""

from __future__ import annotations

import shlex

import onnx

from zigzag_imc.onnx_workload.sizes.inputs import Dimension, ModelInputs, is_fixed, written
from zigzag_imc.onnx_workload.sizes.symbols import is_shared

_IMAGE = 224
_LENGTH = 128
_MOST_SHOWN = 3


def open_inputs(inputs: ModelInputs) -> list[onnx.ValueInfoProto]:
    """Return the inputs of which a size is not known."""
    return [value for value in inputs.values() if _is_open(value)]


def advice_on_inputs(inputs: ModelInputs) -> str:
    """Say with which options the open sizes are given; nothing where there are none."""
    opened = open_inputs(inputs)
    if not opened:
        return ""
    shown = ", ".join(map(written, opened[:_MOST_SHOWN]))
    more = f" and {len(opened) - _MOST_SHOWN} more" if len(opened) > _MOST_SHOWN else ""
    verb = "leaves" if len(opened) == 1 else "leave"
    noun = "input" if len(opened) == 1 else "inputs"
    return f"{noun} {shown}{more} {verb} sizes open: give them, such as {_options(opened)}"


def _options(opened: list[onnx.ValueInfoProto]) -> str:
    dims = [dim for value in opened for dim in value.type.tensor_type.shape.dim]
    symbols = dict.fromkeys(dim.dim_param for dim in dims if not is_fixed(dim))
    if len(opened) > _MOST_SHOWN and len(symbols) <= _MOST_SHOWN and all(map(is_shared, symbols)):
        options = [f"--dim {shlex.quote(f'{symbol}={_LENGTH}')}" for symbol in symbols]
        return f"{' '.join(options)} (or --shape NAME=SIZE,SIZE,…)"
    options = [f"--shape {shlex.quote(_example(value))}" for value in opened[:_MOST_SHOWN]]
    return " ".join(options) + (" …" if len(opened) > _MOST_SHOWN else "")


def _example(value: onnx.ValueInfoProto) -> str:
    """Return the shape of an input with sizes in place of those that are open."""
    tensor = value.type.tensor_type
    if not tensor.HasField("shape"):
        return f"{value.name}=1,3,{_IMAGE},{_IMAGE}"
    usual = _IMAGE if _is_image(tensor.shape.dim) else _LENGTH
    sizes = (dim.dim_value if is_fixed(dim) else usual for dim in tensor.shape.dim)
    return f"{value.name}={','.join(map(str, sizes))}"


def _is_image(dims: list[Dimension]) -> bool:
    return len(dims) == 4 and not any("seq" in dim.dim_param for dim in dims)


def _is_open(value: onnx.ValueInfoProto) -> bool:
    tensor = value.type.tensor_type
    return not tensor.HasField("shape") or not all(map(is_fixed, tensor.shape.dim))

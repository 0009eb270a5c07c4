"""What to tell a person whose model leaves sizes open: options that work when they are followed."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

import onnx

from zigzag_imc.onnx_workload.sizes.examples import Examples
from zigzag_imc.onnx_workload.sizes.inputs import ModelInputs, is_fixed, written
from zigzag_imc.onnx_workload.sizes.symbols import is_shared

_MOST_SHOWN = 3
_MOST_OPTIONS = 12


@dataclass(frozen=True)
class Advice:
    """How to give the sizes that inputs leave open.

    Attributes
    ----------
    found
        Which inputs leave which sizes open, a phrase.
    shapes, dims
        Examples of what may be given: shapes of inputs, or sizes of symbols.
    """

    found: str = ""
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    dims: Mapping[str, int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The whole advice with the examples; nothing where there is nothing to advise."""
        if not self.found:
            return ""
        shapes = [f"{name}={','.join(map(str, sizes))}" for name, sizes in self.shapes.items()]
        texts = [f"--shape {shlex.quote(shape)}" for shape in shapes]
        texts += [f"--dim {shlex.quote(f'{symbol}={size}')}" for symbol, size in self.dims.items()]
        or_shapes = " (or --shape NAME=SIZE,SIZE,…)" if self.dims else ""
        return f"{self.found}: give them, such as {' '.join(texts)}{or_shapes}"

    @property
    def plain(self) -> str:
        """The advice where no examples are known that fit the model."""
        return f"{self.found}: give them with --shape NAME=SIZE,SIZE,…"


def open_inputs(inputs: ModelInputs) -> list[onnx.ValueInfoProto]:
    """Return the inputs of which a size is not known."""
    return [value for value in inputs.values() if _is_open(value)]


def advice_on_inputs(inputs: ModelInputs) -> Advice:
    """Say with which options the open sizes are given; nothing where there are none."""
    opened = open_inputs(inputs)
    if not opened:
        return Advice()
    shown = ", ".join(map(written, opened[:_MOST_SHOWN]))
    more = f" and {len(opened) - _MOST_SHOWN} more" if len(opened) > _MOST_SHOWN else ""
    verb = "leaves" if len(opened) == 1 else "leave"
    noun = "input" if len(opened) == 1 else "inputs"
    found = f"{noun} {shown}{more} {verb} sizes open"
    examples = Examples(inputs)
    dims = [dim for value in opened for dim in value.type.tensor_type.shape.dim]
    symbols = dict.fromkeys(dim.dim_param for dim in dims if not is_fixed(dim))
    if len(opened) > _MOST_SHOWN and len(symbols) <= _MOST_OPTIONS and all(map(is_shared, symbols)):
        return Advice(found, dims={symbol: examples.symbol(symbol) for symbol in symbols})
    return Advice(found, shapes={value.name: examples.shape(value.name) for value in opened})


def _is_open(value: onnx.ValueInfoProto) -> bool:
    tensor = value.type.tensor_type
    return not tensor.HasField("shape") or not all(map(is_fixed, tensor.shape.dim))

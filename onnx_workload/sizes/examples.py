"""Sizes that the open sizes of a model may well have, for messages that show how to give them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import onnx

from zigzag_imc.onnx_workload.nodes import find_attribute, integer, integers
from zigzag_imc.onnx_workload.shapes import recorded_shapes
from zigzag_imc.onnx_workload.sizes.inputs import Dimension, ModelInputs, is_fixed
from zigzag_imc.onnx_workload.sizes.symbols import is_shared

_IMAGE, _CHANNELS, _LENGTH = 224, 3, 128
_MOST_STEPS = 200
# What keeps the shape of its first input, between an input of the network and its first layer.
_KEEPING = frozenset(
    (
        *("Identity", "Cast", "Relu", "Clip", "Dropout", "Add", "Sub", "Mul", "Div", "Neg", "Tanh"),
        *("QuantizeLinear", "DequantizeLinear", "Quant", "BipolarQuant", "MultiThreshold"),
        *("BatchNormalization", "LayerNormalization", "InstanceNormalization"),
    )
)
_CONVOLUTIONS = {"Conv": 1, "ConvInteger": 1, "FusedConv": 1, "QLinearConv": 3}
_PRODUCTS = {"MatMul": 1, "MatMulInteger": 1, "FusedMatMul": 1, "Gemm": 1, "QLinearMatMul": 3}


@dataclass
class Demands:
    """What the first layers behind an input ask of its sizes.

    Attributes
    ----------
    rank
        How many sizes it has, ``None`` where nothing says.
    exactly, at_least
        Sizes by axis.
    """

    rank: int | None
    exactly: dict[int, int] = field(default_factory=dict)
    at_least: dict[int, int] = field(default_factory=dict)


class Examples:
    """Example sizes of all inputs, each symbol with one size."""

    def __init__(self, inputs: ModelInputs) -> None:
        self._graph = inputs.model.graph
        self._shapes = recorded_shapes(self._graph.input)
        self._shapes |= {tensor.name: tuple(tensor.dims) for tensor in self._graph.initializer}
        self._values = {value.name: value for value in inputs.values()}
        self._demands = {name: self._demands_on(name) for name in self._values}
        self._symbols: dict[str, int] = {}
        for name, demands in self._demands.items():  # what layers ask for comes first
            for axis, dim in enumerate(self._dims(name)):
                if axis in demands.exactly and is_shared(dim.dim_param):
                    self._symbols.setdefault(dim.dim_param, demands.exactly[axis])

    def shape(self, name: str) -> tuple[int, ...]:
        """Return sizes of an input: its own, and examples of those that are open."""
        demands, dims = self._demands[name], self._dims(name)
        if not self._values[name].type.tensor_type.HasField("shape"):
            rank = demands.rank or 4
            return tuple(self._usual(demands, axis, rank) for axis in range(rank))
        return tuple(
            int(dim.dim_value) if is_fixed(dim) else self._size(dim.dim_param, demands, axis)
            for axis, dim in enumerate(dims)
        )

    def symbol(self, symbol: str) -> int:
        """Return an example of the size that a symbol stands for."""
        for name in self._values:
            for axis, dim in enumerate(self._dims(name)):
                if dim.dim_param == symbol:
                    return self._size(symbol, self._demands[name], axis)
        return _LENGTH

    # ------------------------------------------------------------------ sizes
    def _dims(self, name: str) -> list[Dimension]:
        return list(self._values[name].type.tensor_type.shape.dim)

    def _size(self, symbol: str, demands: Demands, axis: int) -> int:
        terms = [term.strip() for term in symbol.split("+")]
        if len(terms) > 1 and all(term.isascii() and term.isalnum() for term in terms):
            return sum(int(t) if t.isdecimal() else self.symbol(t) for t in terms)
        size = self._usual(demands, axis, demands.rank or 0)
        return self._symbols.setdefault(symbol, size) if is_shared(symbol) else size

    def _usual(self, demands: Demands, axis: int, rank: int) -> int:
        if axis in demands.exactly:
            return demands.exactly[axis]
        if not self._is_image(demands, rank):
            return max(_LENGTH, demands.at_least.get(axis, 0))
        if axis in demands.at_least:
            return max(_IMAGE, demands.at_least[axis])
        return {0: 1, 1: _CHANNELS}.get(axis, _IMAGE)

    def _is_image(self, demands: Demands, rank: int) -> bool:
        return rank == 4 and not (demands.exactly and not demands.at_least)

    # ------------------------------------------------------------------ demands
    def _demands_on(self, name: str) -> Demands:
        value = self._values[name].type.tensor_type
        found = Demands(len(value.shape.dim) if value.HasField("shape") else None)
        waiting = [(name, tuple(range(found.rank)) if found.rank is not None else None)]
        for _ in range(_MOST_STEPS):
            if not waiting:
                break
            tensor, axes = waiting.pop()
            for node in self._consumers(tensor):
                if node.op_type in _KEEPING:
                    waiting.append((node.output[0], axes))
                elif node.op_type == "Transpose" and axes is not None:
                    order = find_attribute(node, "perm")
                    turned = order.ints if order else range(len(axes) - 1, -1, -1)
                    if all(0 <= at < len(axes) for at in turned):
                        waiting.append((node.output[0], tuple(axes[at] for at in turned)))
                else:
                    self._ask(node, axes, found)
        return found

    def _consumers(self, tensor: str) -> Iterator[onnx.NodeProto]:
        for node in self._graph.node:
            if node.output and node.input and node.input[0] == tensor:
                yield node

    def _ask(self, node: onnx.NodeProto, axes: tuple[int, ...] | None, found: Demands) -> None:
        at = _CONVOLUTIONS.get(node.op_type, _PRODUCTS.get(node.op_type, 0))
        weights = self._shapes.get(node.input[at]) if 0 < at < len(node.input) else None
        if weights is None or not all(isinstance(size, int) for size in weights):
            return
        sizes = [int(size) for size in weights if isinstance(size, int)]
        if node.op_type in _CONVOLUTIONS:
            axes = axes if axes is not None else tuple(range(len(sizes)))
            if len(axes) == len(sizes) > 2:
                found.rank = found.rank or len(sizes)
                found.exactly.setdefault(axes[1], sizes[1] * integer(node, "group", 1))
                for place, reach in enumerate(_reaches(node, sizes[2:]), 2):
                    found.at_least[axes[place]] = max(reach, found.at_least.get(axes[place], 0))
        elif len(sizes) > 1:
            axes = axes if axes is not None else (0, 1)
            found.rank = found.rank or len(axes)
            if axes:
                rows = sizes[-1] if integer(node, "transB", 0) else sizes[-2]
                last = axes[0] if integer(node, "transA", 0) else axes[-1]
                found.exactly.setdefault(last, rows)


def _reaches(node: onnx.NodeProto, kernel: list[int]) -> Iterator[int]:
    """Yield how many inputs a filter reaches over, along each axis."""
    steps = integers(node, "dilations") or (1,) * len(kernel)
    for size, step in zip(kernel, steps, strict=False):
        yield (size - 1) * step + 1

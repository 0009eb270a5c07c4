"""The pen that draws the shipped networks.

One method per kind of layer, each returning the tensor it makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import onnx
from onnx import helper

# Old enough for tools of several years ago, new enough for LayerNormalization. Fixed, so that files
# never change.
OPSET = 17
IR_VERSION = 8


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor of the graph.

    Attributes
    ----------
    name
        Name of the tensor.
    channels
        How many channels, or features, it has.
    """

    name: str
    channels: int


class NetworkBuilder:
    """A graph under construction with one input of open batch ``N``.

    Every node bears the name of its layer, and its output that name too.

    Parameters
    ----------
    name
        Name of the network.
    *shape
        Shape of one input, without the batch; channels first.
    """

    def __init__(self, name: str, *shape: int) -> None:
        self._name = name
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []
        self._input = helper.make_tensor_value_info("input", onnx.TensorProto.FLOAT, ["N", *shape])
        self.input = Tensor("input", shape[0])

    def node(
        self, op_type: str, name: str, inputs: Sequence[str], channels: int, **attributes: Any
    ) -> Tensor:
        """Append any node with one output."""
        self._nodes.append(helper.make_node(op_type, list(inputs), [name], name=name, **attributes))
        return Tensor(name, channels)

    def weight(self, name: str, *shape: int) -> str:
        """Append a weight without data and return its name."""
        self._nodes.append(
            helper.make_node(
                "ConstantOfShape", [self.integers(f"{name}.shape", *shape)], [name], name=name
            )
        )
        return name

    def integers(self, name: str, *values: int) -> str:
        """Store a list of integers, such as a shape, and return its name."""
        self._initializers.append(
            helper.make_tensor(name, onnx.TensorProto.INT64, [len(values)], values)
        )
        return name

    def number(self, name: str, value: float) -> str:
        """Store a single number and return its name."""
        if name not in {tensor.name for tensor in self._initializers}:
            self._initializers.append(helper.make_tensor(name, onnx.TensorProto.FLOAT, [], [value]))
        return name

    def conv(
        self,
        name: str,
        x: Tensor,
        channels: int,
        kernel: int | tuple[int, int],
        *,
        stride: int = 1,
        padding: int | None = 0,
    ) -> Tensor:
        """Append a convolution.

        ``padding=None`` pads as TensorFlow's ``same`` does, ``kernel`` is height first.
        """
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        weight = self.weight(f"{name}.weight", channels, x.channels, height, width)
        sliding = _sliding((height, width), stride, padding)
        return self.node("Conv", name, [x.name, weight], channels, group=1, **sliding)

    def depthwise_conv(
        self, name: str, x: Tensor, kernel: int, *, stride: int = 1, padding: int | None = 0
    ) -> Tensor:
        """Append a convolution of every channel with a square filter of its own."""
        weight = self.weight(f"{name}.weight", x.channels, 1, kernel, kernel)
        sliding = _sliding((kernel, kernel), stride, padding)
        return self.node("Conv", name, [x.name, weight], x.channels, group=x.channels, **sliding)

    def gemm(self, name: str, x: Tensor, features: int) -> Tensor:
        """Append a fully connected layer on a matrix of one row per sample."""
        weight = self.weight(f"{name}.weight", features, x.channels)
        return self.node("Gemm", name, [x.name, weight], features, transB=1)

    def linear(self, name: str, x: Tensor, features: int) -> Tensor:
        """Append a fully connected layer on a sequence of vectors per sample."""
        return self.node(
            "MatMul", name, [x.name, self.weight(f"{name}.weight", x.channels, features)], features
        )

    def relu(self, name: str, x: Tensor) -> Tensor:
        """Append a rectifier."""
        return self.node("Relu", name, [x.name], x.channels)

    def relu6(self, name: str, x: Tensor) -> Tensor:
        """Append a rectifier that saturates at six."""
        bounds = [self.number("zero", 0.0), self.number("six", 6.0)]
        return self.node("Clip", name, [x.name, *bounds], x.channels)

    def add(self, name: str, a: Tensor, b: Tensor) -> Tensor:
        """Append an elementwise sum."""
        return self.node("Add", name, [a.name, b.name], a.channels)

    def max_pool(self, name: str, x: Tensor, kernel: int, stride: int, padding: int = 0) -> Tensor:
        """Append a square maximum pooling."""
        pads, strides = [padding] * 4, [stride] * 2
        return self.node(
            "MaxPool",
            name,
            [x.name],
            x.channels,
            kernel_shape=[kernel] * 2,
            strides=strides,
            pads=pads,
        )

    def global_pool(self, name: str, x: Tensor) -> Tensor:
        """Append a mean over all positions, and flatten what remains to one row per sample."""
        pooled = self.node("GlobalAveragePool", name, [x.name], x.channels)
        return self.node("Flatten", f"{name}.flatten", [pooled.name], x.channels)

    def model(self, output: Tensor) -> onnx.ModelProto:
        """Finish the model; ``output`` has one row of features per sample."""
        result = helper.make_tensor_value_info(
            output.name, onnx.TensorProto.FLOAT, ["N", output.channels]
        )
        graph = helper.make_graph(
            self._nodes, self._name, [self._input], [result], self._initializers
        )
        return helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="zigzag-imc",
        )


def _sliding(kernel: tuple[int, int], stride: int, padding: int | None) -> dict[str, Any]:
    """Return the attributes that tell how a filter slides over its input."""
    padded = {"auto_pad": "SAME_UPPER"} if padding is None else {"pads": [padding] * 4}
    return {"kernel_shape": list(kernel), "strides": [stride, stride], **padded}

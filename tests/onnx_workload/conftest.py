"""Small graphs written in ONNX's own text syntax."""

from __future__ import annotations

from collections.abc import Callable

import onnx
import pytest
from onnx import parser

from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload import Network, load_network

Parse = Callable[..., onnx.ModelProto]
Load = Callable[..., Network]


def _parse(graph: str, *, opset: int = 17, ir: int = 8, functions: str = "") -> onnx.ModelProto:
    header = (
        f'<ir_version: {ir}, opset_import: ["" : {opset}, "my.domain" : 1, "com.microsoft" : 1]>'
    )
    model = parser.parse_model(f"{header} {graph} {functions}")
    made = {name for node in model.graph.node for name in node.output}
    recorded = list(model.graph.value_info)
    model.graph.ClearField("value_info")
    for value in recorded:
        if value.name in made:
            model.graph.value_info.append(value)
        else:
            # Declared in angle brackets without a value: a weight, of which only the shape is
            # stored.
            tensor = value.type.tensor_type
            dims = [dim.dim_value for dim in tensor.shape.dim]
            model.graph.initializer.append(
                onnx.TensorProto(name=value.name, data_type=tensor.elem_type, dims=dims)
            )
    return model


@pytest.fixture(scope="session")
def parse() -> Parse:
    """Return a function from the text of a graph to a model."""
    return _parse


@pytest.fixture(scope="session")
def load() -> Load:
    """Return a function from the text of a graph to a network."""

    def load_text(
        graph: str, *, opset: int = 17, functions: str = "", batch: int | None = None
    ) -> Network:
        return load_network(_parse(graph, opset=opset, functions=functions), batch=batch)

    return load_text


@pytest.fixture(scope="session")
def only_layer(load: Load) -> Callable[..., Layer]:
    """Return a function from the text of a graph to its one layer."""

    def load_layer(graph: str, **options: object) -> Layer:
        network = load(graph, **options)
        assert not network.unsupported
        (layer,) = network.layers
        return layer

    return load_layer

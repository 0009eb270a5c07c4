"""Models made by others: those in the wheels of onnx and zigzag-dse."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto

from zigzag_imc.onnx_workload import load_network

ONNX_DATA = Path(onnx.__file__).parent / "backend" / "test" / "data"

# Layers, distinct shapes, multiply-accumulates in millions.
LIGHT = {
    "bvlc_alexnet": (8, 8, 655),
    "densenet121": (121, 67, 2834),  # torchvision: 2.83 G
    "inception_v1": (58, 50, 1432),  # GoogLeNet; its paper: 1.5 billion
    "inception_v2": (70, 39, 2019),
    "resnet50": (54, 24, 4089),  # torchvision: 4.09 G
    "shufflenet": (50, 15, 125),
    "squeezenet": (26, 18, 349),  # version 1.1, torchvision: 0.35 G
    "vgg19": (19, 12, 19632),  # torchvision: 19.63 G
    "zfnet512": (8, 7, 1482),
}
ZIGZAG = {"alexnet": (8, 8, 655), "mobilenetv2": (53, 31, 301), "resnet18": (21, 12, 1814)}


@pytest.mark.parametrize("name", LIGHT)
def test_networks_of_the_onnx_wheel(name: str) -> None:
    check(ONNX_DATA / "light" / f"light_{name}.onnx", LIGHT[name])


@pytest.mark.parametrize("name", ZIGZAG)
def test_networks_of_the_zigzag_wheel(name: str) -> None:
    found = importlib.util.find_spec("zigzag")
    assert found is not None
    assert found.submodule_search_locations
    check(
        Path(found.submodule_search_locations[0]) / "inputs" / "workload" / f"{name}.onnx",
        ZIGZAG[name],
    )


def check(path: Path, expected: tuple[int, int, int]) -> None:
    network = load_network(path)
    assert (len(network.layers), len(network.groups()), round(network.total_macs / 1e6)) == expected
    assert network.unsupported == ()
    # Every layer but those at the input has a producer.
    consumers = {consumer for _, consumer in network.edges}
    assert [layer.name for layer in network.layers if layer.name not in consumers] == [
        network.layers[0].name
    ]


CONVERTED = sorted(
    path.name
    for path in (ONNX_DATA / "pytorch-converted").iterdir()
    if path.name.startswith(("test_Conv1d", "test_Conv2d", "test_Linear"))
)


@pytest.mark.parametrize("name", CONVERTED)
def test_single_operators_exported_by_pytorch(name: str) -> None:
    """The wheel holds the results PyTorch computed; a layer must have as many outputs."""
    folder = ONNX_DATA / "pytorch-converted" / name
    (layer,) = load_network(folder / "model.onnx").layers
    result = TensorProto.FromString((folder / "test_data_set_0" / "output_0.pb").read_bytes())
    assert math.prod(layer.sizes[dim] for dim in layer.output_dims) == math.prod(result.dims)
    weights = max(
        math.prod(tensor.dims) for tensor in onnx.load(folder / "model.onnx").graph.initializer
    )
    assert math.prod(layer.sizes[dim] for dim in layer.weight_dims) == weights


def test_enough_exported_operators() -> None:
    assert len(CONVERTED) > 15


@pytest.mark.parametrize(
    "path", sorted(ONNX_DATA.glob("*/*/model.onnx")), ids=lambda path: path.parent.name
)
def test_every_small_model_of_the_onnx_wheel_is_read(path: Path) -> None:
    """Operators of all kinds, nearly all without products.

    None may fail, and products are mapped or reported.
    """
    network = load_network(path)
    products = {"Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM", "GRU", "RNN", "Einsum"}
    nodes = [
        node
        for node in onnx.load(path, load_external_data=False).graph.node
        if node.op_type in products
    ]
    assert len(network.layers) + sum(operator.count for operator in network.unsupported) == len(
        nodes
    )

"""The networks that come with the product."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.onnx_workload import NETWORKS, Network, load_network, network_path
from zigzag_imc.onnx_workload.networks import write_networks

# Multiply-accumulates of convolutions and fully connected layers at batch 1, and how many layers
# there are.
PUBLISHED = {
    # torchvision's model table gives GFLOPS 0.71, 1.81, 4.09 and 0.3; these are the exact counts
    # behind them.
    "alexnet": (714_188_480, 8),
    "resnet18": (1_814_073_344, 21),
    "resnet50": (4_089_184_256, 54),
    "mobilenetv2": (300_774_272, 53),
    # The four reference models of MLPerf Tiny (arXiv:2106.07597, github.com/mlcommons/tiny): their
    # exact counts.
    "resnet8": (12_501_632, 10),
    "ds_cnn": (2_656_768, 10),
    "mobilenetv1_025": (7_489_664, 28),
    "deep_autoencoder": (264_192, 10),
}


@pytest.fixture(scope="module")
def networks() -> dict[str, Network]:
    return {name: load_network(network_path(name)) for name in NETWORKS}


@pytest.mark.parametrize("name", PUBLISHED)
def test_multiply_accumulates(networks: dict[str, Network], name: str) -> None:
    network = networks[name]
    assert (network.total_macs, len(network.layers)) == PUBLISHED[name]
    assert network.unsupported == ()
    assert network.name == name


def test_vision_transformer(networks: dict[str, Network]) -> None:
    """DeiT-Ti (arXiv:2012.12877) has 1.3 G.

    Timm's card of vit_tiny_patch16_224 says 1.1 G, attention aside.
    """
    network = networks["vit_tiny"]
    assert round(network.total_macs / 1e9, 1) == 1.3
    learned = [layer for layer in network.layers if "H" not in layer.weight_dims]
    assert round(sum(layer.macs for layer in learned) / 1e9, 1) == 1.1
    assert network.unsupported == ()
    tokens, features, blocks, heads = 197, 192, 12, 3
    linear = tokens * features * features * (3 + 1 + 4 + 4)
    attention = 2 * tokens * tokens * features
    stem_and_head = 196 * 16 * 16 * 3 * features + 1000 * features
    assert network.total_macs == blocks * (linear + attention) + stem_and_head
    computed = [layer for layer in network.layers if "H" in layer.weight_dims]
    assert len(computed) == 2 * blocks
    assert {layer.sizes["H"] for layer in computed} == {heads}


def test_all_are_tested(networks: dict[str, Network]) -> None:
    assert set(PUBLISHED) | {"vit_tiny"} == set(NETWORKS)
    folder = network_path("resnet18").parent
    assert {path.stem for path in folder.glob("*.onnx")} == set(NETWORKS)


@pytest.mark.parametrize("name", NETWORKS)
def test_files(networks: dict[str, Network], name: str) -> None:
    path = network_path(name)
    assert path.stat().st_size < 100_000
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert all(node.name for node in model.graph.node)
    assert not any(layer.name.partition("#")[2] for layer in networks[name].layers)
    by_name = load_network(name, batch=3)
    assert by_name.total_macs == 3 * networks[name].total_macs
    assert [layer.name for layer in by_name.layers] == [
        layer.name for layer in networks[name].layers
    ]


def test_names_and_edges(networks: dict[str, Network]) -> None:
    network = networks["resnet18"]
    names = [layer.name for layer in network.layers]
    assert names[:3] == ["conv1", "layer1.0.conv1", "layer1.0.conv2"]
    assert {"layer2.0.downsample", "fc"} <= set(names)
    assert ("conv1", "layer1.0.conv1") in network.edges
    assert ("layer2.0.downsample", "layer2.1.conv1") in network.edges
    assert ("layer1.0.conv1", "layer2.0.conv1") not in network.edges


@pytest.mark.parametrize("name", ["resnet8", "ds_cnn", "mobilenetv1_025", "deep_autoencoder"])
def test_networks_run(name: str) -> None:
    """The files are whole models: weights of zero, but every shape fits."""
    model = onnx.load(network_path(name))
    value = model.graph.input[0]
    shape = [2, *(dim.dim_value for dim in value.type.tensor_type.shape.dim[1:])]
    (result,) = ReferenceEvaluator(model).run(None, {value.name: np.zeros(shape, np.float32)})
    assert np.asarray(result).shape == (
        2,
        model.graph.output[0].type.tensor_type.shape.dim[1].dim_value,
    )


def test_scripts_write_the_same_bytes(tmp_path: Path) -> None:
    written = write_networks(tmp_path)
    assert [path.stem for path in written] == list(NETWORKS)
    for path in written:
        assert path.read_bytes() == network_path(path.stem).read_bytes(), path.name


def test_unknown_network() -> None:
    with pytest.raises(WorkloadError, match=r"not shipped \(did you mean 'resnet18'\?\)"):
        network_path("resnet_18")


def test_listing_networks_does_not_import_onnx() -> None:
    code = (
        "import sys; from zigzag_imc.onnx_workload import NETWORKS; sys.exit('onnx' in sys.modules)"
    )
    env = {"PYTHONPATH": ":".join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env=env, check=False).returncode == 0

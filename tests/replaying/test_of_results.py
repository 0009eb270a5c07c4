"""Layers of results, of every kind of mapping that a search returns."""

from __future__ import annotations

import pytest

from zigzag_imc import (
    NetworkResult,
    conv_layer,
    load_accelerator,
    map_network,
    matmul_layer,
    replay,
    save_result,
)
from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload.network import Network


def found(layer: Layer, accelerator: str = "aimc") -> NetworkResult:
    """Return the fastest mapping of one layer."""
    network = Network("one", (layer,))
    return map_network(network, load_accelerator(accelerator), objective="latency", jobs=1)


@pytest.mark.parametrize("accelerator", ["aimc", "dimc"])
def test_diagonal_blocks_and_windows(accelerator: str) -> None:
    """Channels on columns and rows at once: computing takes exactly what the model says."""
    layer = conv_layer(
        "depthwise",
        groups=24,
        out_channels=1,
        in_channels=1,
        output_size=(7, 7),
        filter_size=(3, 3),
    )
    result = found(layer, accelerator)
    (record,) = result.layers
    mapping = record.mapping()
    assert mapping is not None
    assert "G" in mapping.spatial.on("D1")
    assert "G" in mapping.spatial.on("D2")
    played = replay(result, "depthwise")
    assert played.latency.compute_cycles == played.model_latency.compute_cycles
    assert played.cycles == pytest.approx(played.model_cycles, rel=0.01)


@pytest.mark.parametrize(
    "layer",
    [
        matmul_layer(
            "tall",
            rows=9,
            out_channels=2,
            in_channels=3,
            activations=("a", "b"),
            weight_batched=True,
        ),
        matmul_layer(
            "registers",
            rows=3,
            out_channels=2,
            in_channels=2,
            precision="W=8,I=16",
            activations=("a", "b"),
            weight_batched=True,
        ),
    ],
    ids=lambda layer: layer.name,
)
def test_the_other_operand_stored(layer: Layer, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Of a product whose first operand is written into the array, also from a file."""
    result = found(layer)
    (record,) = result.layers
    assert record.stored_operand is not None
    assert record.stored_operand.swapped
    played = replay(result, layer.name)
    assert played.latency.compute_cycles == played.model_latency.compute_cycles
    path = tmp_path_factory.mktemp("replay") / "result.json"
    save_result(result, path)
    assert replay(path, layer.name) == played

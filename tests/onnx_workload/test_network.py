"""Networks: totals and groups."""

from __future__ import annotations

from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.onnx_workload import Network


def layer(name: str, rows: int) -> Layer:
    return matmul_layer(name, rows=rows, out_channels=3, in_channels=5)


def test_groups_gather_equal_shapes_in_graph_order() -> None:
    network = Network("n", (layer("a", 2), layer("b", 7), layer("c", 2), layer("d", 2)))
    groups = network.groups()
    assert [(group.layer.name, group.names, group.count) for group in groups] == [
        ("a", ("a", "c", "d"), 3),
        ("b", ("b",), 1),
    ]
    assert (
        sum(group.count * group.layer.macs for group in groups)
        == network.total_macs
        == (2 + 7 + 2 + 2) * 15
    )


def test_empty_network() -> None:
    network = Network("n", ())
    assert network.groups() == ()
    assert network.total_macs == 0

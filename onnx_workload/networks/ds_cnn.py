"""DS-CNN, the keyword spotter of MLPerf Tiny (Banbury et al., arXiv:2106.07597)."""

from __future__ import annotations

import onnx

from zigzag_imc.onnx_workload.networks.builder import NetworkBuilder


def build() -> onnx.ModelProto:
    """Build the network.

    49 windows of 10 cepstral coefficients, 12 classes, 64 channels throughout.
    """
    net = NetworkBuilder("ds_cnn", 1, 49, 10)
    x = net.relu("conv1.relu", net.conv("conv1", net.input, 64, (10, 4), stride=2, padding=None))
    for block in range(1, 5):
        name = f"block{block}"
        depthwise = net.depthwise_conv(f"{name}.depthwise", x, 3, padding=None)
        pointwise = net.conv(
            f"{name}.pointwise", net.relu(f"{name}.depthwise.relu", depthwise), 64, 1
        )
        x = net.relu(f"{name}.pointwise.relu", pointwise)
    x = net.gemm("fc", net.global_pool("avgpool", x), 12)
    return net.model(net.node("Softmax", "softmax", [x.name], x.channels, axis=-1))

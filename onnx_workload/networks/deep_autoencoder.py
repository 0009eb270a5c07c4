"""The anomaly detector of MLPerf Tiny, an autoencoder (Banbury et al., arXiv:2106.07597)."""

from __future__ import annotations

import onnx

from zigzag_imc.onnx_workload.networks.builder import NetworkBuilder


def build() -> onnx.ModelProto:
    """Build the network: 5 frames of 128 mel bands, squeezed through 8 features and restored."""
    net = NetworkBuilder("deep_autoencoder", 640)
    x = net.input
    for index, features in enumerate((128, 128, 128, 128, 8, 128, 128, 128, 128), start=1):
        x = net.relu(f"relu{index}", net.gemm(f"fc{index}", x, features))
    return net.model(net.gemm("fc10", x, 640))

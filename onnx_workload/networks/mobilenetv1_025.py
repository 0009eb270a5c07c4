"""MobileNetV1 at width 0.25, the visual wake word detector of MLPerf Tiny.

Banbury et al., arXiv:2106.07597.
"""

from __future__ import annotations

import onnx

from zigzag_imc.onnx_workload.networks.builder import NetworkBuilder

# Output channels and stride of each depthwise-separable block, a quarter of table 1 of
# arXiv:1704.04861.
_BLOCKS = (
    (16, 1),
    (32, 2),
    (32, 1),
    (64, 2),
    (64, 1),
    (128, 2),
    *((128, 1),) * 5,
    (256, 2),
    (256, 1),
)


def build() -> onnx.ModelProto:
    """Build the network: 96 x 96 images, person or no person."""
    net = NetworkBuilder("mobilenetv1_025", 3, 96, 96)
    x = net.relu("conv1.relu", net.conv("conv1", net.input, 8, 3, stride=2, padding=None))
    for index, (channels, stride) in enumerate(_BLOCKS, start=1):
        name = f"block{index}"
        depthwise = net.depthwise_conv(f"{name}.depthwise", x, 3, stride=stride, padding=None)
        pointwise = net.conv(
            f"{name}.pointwise", net.relu(f"{name}.depthwise.relu", depthwise), channels, 1
        )
        x = net.relu(f"{name}.pointwise.relu", pointwise)
    x = net.gemm("fc", net.global_pool("avgpool", x), 2)
    return net.model(net.node("Softmax", "softmax", [x.name], x.channels, axis=-1))

"""MobileNetV2 at width 1.0 (Sandler et al., arXiv:1801.04381), node names after torchvision."""

from __future__ import annotations

import onnx

from zigzag_imc.onnx_workload.networks.builder import NetworkBuilder, Tensor

# Expansion, output channels, repeats, stride of the first repeat: table 2 of the paper.
_STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


def build() -> onnx.ModelProto:
    """Build the network: 224 x 224 images, 1000 classes."""
    net = NetworkBuilder("mobilenetv2", 3, 224, 224)
    x = net.relu6("features.0.relu6", net.conv("features.0", net.input, 32, 3, stride=2, padding=1))
    index = 0
    for expansion, channels, repeats, first_stride in _STAGES:
        for repeat in range(repeats):
            index += 1
            x = _inverted_residual(
                net, f"features.{index}", x, expansion, channels, first_stride if repeat == 0 else 1
            )
    x = net.relu6(f"features.{index + 1}.relu6", net.conv(f"features.{index + 1}", x, 1280, 1))
    return net.model(net.gemm("classifier", net.global_pool("avgpool", x), 1000))


def _inverted_residual(
    net: NetworkBuilder, name: str, x: Tensor, expansion: int, channels: int, stride: int
) -> Tensor:
    y = x
    if expansion > 1:
        y = net.relu6(
            f"{name}.expand.relu6", net.conv(f"{name}.expand", y, expansion * x.channels, 1)
        )
    depthwise = net.depthwise_conv(f"{name}.depthwise", y, 3, stride=stride, padding=1)
    y = net.conv(f"{name}.project", net.relu6(f"{name}.depthwise.relu6", depthwise), channels, 1)
    return net.add(f"{name}.add", y, x) if stride == 1 and x.channels == channels else y

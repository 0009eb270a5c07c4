"""ResNet-8, the image classifier of MLPerf Tiny (Banbury et al., arXiv:2106.07597)."""

from __future__ import annotations

import onnx

from zigzag_imc.onnx_workload.networks.builder import NetworkBuilder, Tensor


def build() -> onnx.ModelProto:
    """Build the network: 32 x 32 images (CIFAR-10), 10 classes."""
    net = NetworkBuilder("resnet8", 3, 32, 32)
    x = net.relu("conv1.relu", net.conv("conv1", net.input, 16, 3, padding=None))
    for index, channels in enumerate((16, 32, 64), start=1):
        x = _stack(net, f"stack{index}", x, channels, stride=1 if index == 1 else 2)
    x = net.gemm("fc", net.global_pool("avgpool", x), 10)
    return net.model(net.node("Softmax", "softmax", [x.name], x.channels, axis=-1))


def _stack(net: NetworkBuilder, name: str, x: Tensor, channels: int, stride: int) -> Tensor:
    y = net.relu(
        f"{name}.relu1", net.conv(f"{name}.conv1", x, channels, 3, stride=stride, padding=None)
    )
    y = net.conv(f"{name}.conv2", y, channels, 3, padding=None)
    if stride > 1:
        x = net.conv(f"{name}.shortcut", x, channels, 1, stride=stride, padding=None)
    return net.relu(f"{name}.relu2", net.add(f"{name}.add", x, y))

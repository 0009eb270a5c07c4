"""ResNet-50 (He et al., arXiv:1512.03385).

Node names as in torchvision, which strides in the 3x3 convolution.
"""

from __future__ import annotations

import onnx

from zigzag_imc.onnx_workload.networks.builder import NetworkBuilder, Tensor


def build() -> onnx.ModelProto:
    """Build the network: 224 x 224 images, 1000 classes."""
    net = NetworkBuilder("resnet50", 3, 224, 224)
    x = net.relu("relu", net.conv("conv1", net.input, 64, 7, stride=2, padding=3))
    x = net.max_pool("maxpool", x, 3, 2, padding=1)
    for stage, (channels, blocks) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3)), start=1):
        for block in range(blocks):
            stride = 2 if stage > 1 and block == 0 else 1
            x = _bottleneck(net, f"layer{stage}.{block}", x, channels, stride)
    return net.model(net.gemm("fc", net.global_pool("avgpool", x), 1000))


def _bottleneck(net: NetworkBuilder, name: str, x: Tensor, channels: int, stride: int) -> Tensor:
    y = net.relu(f"{name}.relu1", net.conv(f"{name}.conv1", x, channels, 1))
    y = net.relu(
        f"{name}.relu2", net.conv(f"{name}.conv2", y, channels, 3, stride=stride, padding=1)
    )
    y = net.conv(f"{name}.conv3", y, 4 * channels, 1)
    if x.channels != y.channels:
        x = net.conv(f"{name}.downsample", x, y.channels, 1, stride=stride)
    return net.relu(f"{name}.relu3", net.add(f"{name}.add", y, x))

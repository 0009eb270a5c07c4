"""AlexNet in the one-tower form of torchvision (Krizhevsky, arXiv:1404.5997)."""

from __future__ import annotations

import onnx

from zigzag_imc.onnx_workload.networks.builder import NetworkBuilder


def build() -> onnx.ModelProto:
    """Build the network: 224 x 224 images, 1000 classes."""
    net = NetworkBuilder("alexnet", 3, 224, 224)
    x = net.relu("relu1", net.conv("conv1", net.input, 64, 11, stride=4, padding=2))
    x = net.max_pool("pool1", x, 3, 2)
    x = net.relu("relu2", net.conv("conv2", x, 192, 5, padding=2))
    x = net.max_pool("pool2", x, 3, 2)
    x = net.relu("relu3", net.conv("conv3", x, 384, 3, padding=1))
    x = net.relu("relu4", net.conv("conv4", x, 256, 3, padding=1))
    x = net.relu("relu5", net.conv("conv5", x, 256, 3, padding=1))
    x = net.max_pool("pool5", x, 3, 2)
    x = net.node("Flatten", "flatten", [x.name], 256 * 6 * 6)
    x = net.relu("relu6", net.gemm("fc6", x, 4096))
    x = net.relu("relu7", net.gemm("fc7", x, 4096))
    return net.model(net.gemm("fc8", x, 1000))

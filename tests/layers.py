"""Layers of every shape that the cost model tells apart."""

from __future__ import annotations

from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.core.layer_building import conv_layer, matmul_layer

LAYERS: dict[str, Layer] = {
    layer.name: layer
    for layer in (
        conv_layer(
            "conv7x7s2",
            out_channels=64,
            in_channels=3,
            output_size=(112, 112),
            filter_size=(7, 7),
            stride=(2, 2),
            input_size=(224, 224),
        ),
        conv_layer(
            "conv3x3",
            out_channels=64,
            in_channels=64,
            output_size=(56, 56),
            filter_size=(3, 3),
            input_size=(56, 56),
        ),
        conv_layer(
            "conv3x3_wide",
            out_channels=256,
            in_channels=512,
            output_size=(64, 64),
            filter_size=(3, 3),
        ),
        conv_layer(
            "conv1x1s2",
            out_channels=128,
            in_channels=64,
            output_size=(28, 28),
            filter_size=(1, 1),
            stride=(2, 2),
            input_size=(56, 56),
        ),
        conv_layer(
            "depthwise",
            groups=72,
            out_channels=1,
            in_channels=1,
            output_size=(20, 20),
            filter_size=(3, 3),
            input_size=(20, 20),
        ),
        conv_layer(
            "grouped",
            groups=4,
            out_channels=10,
            in_channels=6,
            output_size=(15, 14),
            filter_size=(3, 3),
            stride=(2, 2),
            input_size=(30, 28),
        ),
        conv_layer(
            "dilated",
            out_channels=24,
            in_channels=20,
            output_size=(18, 18),
            filter_size=(3, 3),
            dilation=(2, 2),
        ),
        conv_layer(
            "dilated_strided",
            out_channels=24,
            in_channels=20,
            output_size=(6, 18),
            filter_size=(3, 5),
            dilation=(3, 2),
            stride=(2, 1),
        ),
        conv_layer(
            "batch",
            batch=6,
            out_channels=20,
            in_channels=12,
            output_size=(8, 8),
            filter_size=(3, 3),
            input_size=(8, 8),
        ),
        conv_layer(
            "not_dividing",
            out_channels=37,
            in_channels=23,
            output_size=(13, 11),
            filter_size=(3, 5),
            stride=(1, 2),
            input_size=(13, 23),
        ),
        matmul_layer("gemm", rows=48, out_channels=130, in_channels=96),
        matmul_layer(
            "gemm_batched",
            rows=17,
            out_channels=64,
            in_channels=50,
            batch=3,
            heads=4,
            weight_batched=True,
        ),
        matmul_layer("fully_connected", rows=1, out_channels=1000, in_channels=512),
    )
}
"""By name."""


def layer_for(accelerator: str, layer: str) -> Layer:
    """Layer in the precision that the array of a variant is built for."""
    found = LAYERS[layer]
    return found.replace(precision=Precision(4, 4, 24, 4)) if accelerator == "deep" else found

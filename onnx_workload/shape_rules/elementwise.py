"""Operators that work element by element: activations, normalizations, sums."""

from __future__ import annotations

from zigzag_imc.onnx_workload.shape_rules.rule_view import RuleView, shape_of
from zigzag_imc.onnx_workload.shapes import Shape

_KEEP = (
    "QuantizeLinear",
    "DequantizeLinear",
    "Gelu",
    "FastGelu",
    "BiasGelu",
    "QuickGelu",
    "BiasAdd",
    "BiasSoftmax",
    "BiasDropout",
    "BitmaskDropout",
    "BitmaskBiasDropout",
    "Silu",
    "Swish",
    "Mish",
    "HardSwish",
    "HSwish",
    "ReLU6",
    "Relu6",
    "ScaledTanh",
    "ParametricSoftplus",
    "ThresholdedRelu",
    "Affine",
    "ImageScaler",
    "SimplifiedLayerNormalization",
    "LayerNorm",
    "RMSNorm",
    "GroupNorm",
    "InstanceNorm",
    "RotaryEmbedding",
    "Inverse",
    "MoE",
    "QMoE",
    "QLinearLeakyRelu",
    "QLinearSigmoid",
    "QLinearSoftmax",
    "QLinearTanh",
    "QLinearRelu",
    "Quant",
    "IntQuant",
    "FloatQuant",
    "BipolarQuant",
    "Trunc",
    "MultiThreshold",
    "Thresholding",
    "FakeQuant",
    "FakeQuantize",
    "FixedPoint",
    "RoundToFP",
    "Thresholding_hls",
    "Thresholding_rtl",
    "ChannelwiseOp",
    "StreamingFIFO",
    "StreamingDataWidthConverter",
    "DuplicateStreams",
)
_BROADCAST = (
    "AddRelu",
    "AddGelu",
    "FusedAdd",
    "FusedMul",
    "BiasSub",
    "AddStreams",
    "ElementwiseAdd",
)
_SKIPPING = (
    "SkipLayerNormalization",
    "SkipSimplifiedLayerNormalization",
    "SkipGroupNorm",
    "SkipLayerNorm",
    "SkipRMSNorm",
)


def keep_shape(view: RuleView) -> tuple[Shape | None, ...]:
    """Give the first output the shape of the first input."""
    return (view.shape(0),)


def broadcast_all(view: RuleView) -> tuple[Shape | None, ...]:
    """Spread all inputs over each other."""
    return (shape_of("Sum", view.inputs),)


def keep_shape_and_sum(view: RuleView) -> tuple[Shape | None, ...]:
    """Give the normalized output and, as the fourth, the sum before it the shape of the input."""
    return (view.shape(0), None, None, view.shape(0))


def keep_shape_and_skip(view: RuleView) -> tuple[Shape | None, ...]:
    """Give both the normalized output and the sum before it the shape of the input."""
    return (view.shape(0), view.shape(0))


def embed(view: RuleView) -> tuple[Shape | None, ...]:
    """Look up a vector of the word table (input 2) for every token; also the sum of embeddings."""
    tokens, words = view.shape(0), view.shape(2)
    if tokens is None or words is None or not words:
        return ()
    embedded = (*tokens, words[-1])
    return (embedded, tokens[:1], embedded)


def halve_last(view: RuleView) -> tuple[Shape | None, ...]:
    """Multiply one half of the last axis with the other."""
    shape = view.shape(0)
    if not shape or not isinstance(shape[-1], int):
        return ()
    return ((*shape[:-1], shape[-1] // 2),)


ELEMENTWISE_RULES = {
    **dict.fromkeys(_KEEP, keep_shape),
    **dict.fromkeys(_BROADCAST, broadcast_all),
    **dict.fromkeys(_SKIPPING, keep_shape_and_sum),
    "SkipGroupNorm": keep_shape_and_skip,
    "EmbedLayerNormalization": embed,
    "BiasSplitGelu": halve_last,
    "SwiGLU": halve_last,
}

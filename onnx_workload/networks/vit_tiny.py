"""ViT-Tiny/16, the vision transformer of 192 features and 3 heads.

Touvron et al., arXiv:2012.12877.
"""

from __future__ import annotations

import onnx

from zigzag_imc.onnx_workload.networks.builder import NetworkBuilder, Tensor

_FEATURES, _HEADS, _BLOCKS, _PATCH = 192, 3, 12, 16
_PATCHES = (224 // _PATCH) ** 2
_TOKENS = _PATCHES + 1


def build() -> onnx.ModelProto:
    """Build the network: 224 x 224 images, 1000 classes, 12 blocks of attention and perceptron."""
    net = NetworkBuilder("vit_tiny", 3, 224, 224)
    x = net.conv("patch_embed", net.input, _FEATURES, _PATCH, stride=_PATCH)
    x = _reshape(net, "patch_embed.flatten", x, 0, _FEATURES, _PATCHES)
    x = net.node("Transpose", "patch_embed.transpose", [x.name], _FEATURES, perm=[0, 2, 1])
    # The class token is an empty row in front; its value is part of the learned position embedding
    # added next.
    x = net.node(
        "Pad",
        "class_token",
        [x.name, net.integers("class_token.pads", 0, 1, 0, 0, 0, 0)],
        _FEATURES,
    )
    x = net.node(
        "Add",
        "pos_embed",
        [x.name, net.weight("pos_embed.weight", 1, _TOKENS, _FEATURES)],
        _FEATURES,
    )
    for block in range(_BLOCKS):
        name = f"blocks.{block}"
        x = net.add(
            f"{name}.add1", x, _attention(net, f"{name}.attn", _norm(net, f"{name}.norm1", x))
        )
        x = net.add(
            f"{name}.add2", x, _perceptron(net, f"{name}.mlp", _norm(net, f"{name}.norm2", x))
        )
    x = _norm(net, "norm", x)
    x = _pick(net, "class_row", x, 0, axis=1)
    return net.model(net.gemm("head", x, 1000))


def _attention(net: NetworkBuilder, name: str, x: Tensor) -> Tensor:
    per_head = _FEATURES // _HEADS
    qkv = net.linear(f"{name}.qkv", x, 3 * _FEATURES)
    qkv = _reshape(net, f"{name}.split_heads", qkv, 0, _TOKENS, 3, _HEADS, per_head)
    qkv = net.node("Transpose", f"{name}.heads_first", [qkv.name], per_head, perm=[2, 0, 3, 1, 4])
    query, key, value = (
        _pick(net, f"{name}.{part}", qkv, i, axis=0) for i, part in enumerate(("q", "k", "v"))
    )
    key = net.node("Transpose", f"{name}.k_transposed", [key.name], _TOKENS, perm=[0, 1, 3, 2])
    scores = net.node("MatMul", f"{name}.qk", [query.name, key.name], _TOKENS)
    scale = net.number("attention_scale", per_head**-0.5)
    scores = net.node("Mul", f"{name}.scale", [scores.name, scale], _TOKENS)
    scores = net.node("Softmax", f"{name}.softmax", [scores.name], _TOKENS, axis=-1)
    mixed = net.node("MatMul", f"{name}.av", [scores.name, value.name], per_head)
    mixed = net.node("Transpose", f"{name}.heads_last", [mixed.name], per_head, perm=[0, 2, 1, 3])
    return net.linear(
        f"{name}.proj", _reshape(net, f"{name}.join_heads", mixed, 0, _TOKENS, _FEATURES), _FEATURES
    )


def _perceptron(net: NetworkBuilder, name: str, x: Tensor) -> Tensor:
    x = net.linear(f"{name}.fc1", x, 4 * _FEATURES)
    # Gaussian error linear unit, x * (1 + erf(x / sqrt 2)) / 2; a single operator for it came with
    # a later opset.
    erf = net.node(
        "Mul", f"{name}.gelu.scale", [x.name, net.number("sqrt_half", 0.5**0.5)], x.channels
    )
    erf = net.node("Erf", f"{name}.gelu.erf", [erf.name], x.channels)
    gate = net.node("Add", f"{name}.gelu.shift", [erf.name, net.number("one", 1.0)], x.channels)
    gate = net.node("Mul", f"{name}.gelu.half", [gate.name, net.number("half", 0.5)], x.channels)
    x = net.node("Mul", f"{name}.gelu", [x.name, gate.name], x.channels)
    return net.linear(f"{name}.fc2", x, _FEATURES)


def _norm(net: NetworkBuilder, name: str, x: Tensor) -> Tensor:
    return net.node(
        "LayerNormalization", name, [x.name, net.weight(f"{name}.weight", x.channels)], x.channels
    )


def _reshape(net: NetworkBuilder, name: str, x: Tensor, *shape: int) -> Tensor:
    return net.node("Reshape", name, [x.name, net.integers(f"{name}.shape", *shape)], shape[-1])


def _pick(net: NetworkBuilder, name: str, x: Tensor, index: int, axis: int) -> Tensor:
    """Take one slice along an axis, which disappears."""
    start, end = net.integers(f"{name}.start", index), net.integers(f"{name}.end", index + 1)
    axes = net.integers(f"{name}.axes", axis)
    slice_ = net.node("Slice", f"{name}.slice", [x.name, start, end, axes], x.channels)
    return net.node("Squeeze", name, [slice_.name, axes], x.channels)

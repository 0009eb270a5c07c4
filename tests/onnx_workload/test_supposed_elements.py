"""Behind operators that ONNX does not define, elements are supposed; shapes go on all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from zigzag_imc.onnx_workload import Network

Load = Callable[..., Network]


def macs(network: Network) -> dict[str, int]:
    return {layer.name: layer.macs for layer in network.layers}


@pytest.mark.parametrize("between", ["", "r = Relu(e) ", "r = Add(e, s) ", "r = Identity(e) "])
def test_indices_become_numbers_in_an_embedding(load: Load, between: str) -> None:
    """Its first input is whole numbers, which no product takes together with weights."""
    read = "r" if between else "e"
    network = load(
        f"""g (int32[2,16] ids) => (z)
        <float[100,32] word, float[64,32] place, float[32] s, float[32] b, float[32,8] w> {{
            e, mask = com.microsoft.EmbedLayerNormalization(ids, , word, place, , s, b)
            {between}[product] p = MatMul({read}, w) [next] z = MatMul(p, v)
        }}""".replace("float[32,8] w>", "float[32,8] w, float[8,4] v>")
    )
    assert macs(network) == {"product": 2 * 16 * 32 * 8, "next": 2 * 16 * 8 * 4}
    assert network.unsupported == ()


def test_a_scale_is_no_image(load: Load) -> None:
    """Of joined quantized tensors, the first input is the scale of the output."""
    network = load(
        """g (uint8[1,5,12,12] x) => (z)
        <float s, uint8 o, uint8[7,10,3,3] w, uint8[2,7,1,1] v> {
            c = com.microsoft.QLinearConcat<axis = 1>(s, o, x, s, o, x, s, o)
            [one] y = QLinearConv(c, s, o, w, s, o, s, o)
            [two] z = QLinearConv(y, s, o, v, s, o, s, o)
        }"""
    )
    assert macs(network) == {"one": 7 * 10 * 10 * 10 * 9, "two": 2 * 7 * 10 * 10}
    assert network.unsupported == ()

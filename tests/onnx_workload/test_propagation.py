"""Shapes that only come out if the arithmetic behind them is done."""

from __future__ import annotations

from collections.abc import Callable

import onnx
import pytest

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.onnx_workload import Network, load_network

ATTENTION = """g (float[N,6,16] x) => (y) <float[16,16] w> {
    s = Shape(x)
    zero = Constant<value_int=0>() one = Constant<value_int=1>() two = Constant<value_int=2>()
    axis = Constant<value_ints=[0]>()
    n = Gather(s, zero) l = Gather(s, one) f = Gather(s, two)
    heads = Constant<value_int=4>()
    each = Div(f, heads)
    rounded = Cast<to=7>(each)
    n1 = Unsqueeze(n, axis) l1 = Unsqueeze(l, axis) h1 = Unsqueeze(heads, axis)
    e1 = Unsqueeze(rounded, axis)
    shape = Concat<axis=0>(n1, l1, h1, e1)
    [project] q = MatMul(x, w)
    r = Reshape(q, shape)
    t = Transpose<perm=[0,2,1,3]>(r)
    u = Transpose<perm=[0,2,3,1]>(r)
    [scores] y = MatMul(t, u)
}"""


def test_sizes_computed_by_division(load: Callable[..., Network]) -> None:
    network = load(ATTENTION, batch=2)
    assert network.layers[1].sizes == {"B": 2, "H": 4, "D": 6, "K": 6, "C": 4}
    assert network.edges == (("project", "scores"),)


def test_sizes_chosen_by_comparison(load: Callable[..., Network]) -> None:
    """How exporters expand a tensor whose target shape contains -1."""
    network = load(
        """g (float[N,8] x) => (y)
        <float[4,3] w, int64[3] target = {-1, 2, 4}, int64[3] ones = {1, 1, 1}> {
        minus = Constant<value_int=-1>() free = Equal(target, minus)
        s = Shape(x) zero = Constant<value_ints=[0]>() n = Gather(s, zero)
        shape = Where(free, n, target)
        r = Reshape(x, shape)
        y = MatMul(r, w)
    }""",
        batch=5,
    )
    assert network.layers[0].sizes == {"B": 5, "H": 1, "D": 2, "K": 3, "C": 4}


@pytest.mark.parametrize(
    ("bounds", "shape"),
    [("", "2,3,4"), ("<start=1>", "3,4"), ("<start=-2, end=-1>", "3"), ("<end=1>", "2")],
)
def test_parts_of_a_shape(load: Callable[..., Network], bounds: str, shape: str) -> None:
    """A custom operator lies between, so only the walk through the graph can know the shape."""
    sizes = [int(size) for size in shape.split(",")]
    network = load(f"""g (float[2,3,4] x) => (y) <float[24] t, float[1,2] w, float[2,3,4] a> {{
        a = my.domain.Special(x)
        s = Shape {bounds} (a)
        count = Size(a)
        axis = Constant<value_ints=[0]>() rows = Unsqueeze(count, axis)
        target = Constant<value_ints=[-1]>() one = Constant<value_ints=[1]>()
        r = ConstantOfShape(s)
        m = ReduceSum<keepdims=0>(s)
        n = Reshape(m, one)
        both = Concat<axis=0>(rows, one)
        f = Reshape(x, both)
        e = Expand(f, n)
        [product] p = MatMul(f, w)
        k = Concat<axis=0>(n, one)
        z = ConstantOfShape(k)
        u = Concat<axis=0>(f, z)
        y = MatMul(u, w)
    }}""")
    assert [layer.sizes["D"] for layer in network.layers] == [24, 24 + sum(sizes)]


def test_recorded_shapes_help_behind_custom_operators(load: Callable[..., Network]) -> None:
    graph = """g (float[N,4,8,8] x) => (y) <float[5,4,3,3] w, float[6,5,1,1] v {recorded}> {{
        a = my.domain.SpecialPool(x) b = Conv(a, w) y = Conv(b, v) }}"""
    network = load(graph.format(recorded=", float[N,4,7,7] a"), batch=2)
    assert [layer.sizes["OY"] for layer in network.layers] == [5, 5]
    assert [layer.sizes["B"] for layer in network.layers] == [2, 2]
    with pytest.raises(
        WorkloadError, match=r"shape of its input 'a' is unknown.*'my.domain::SpecialPool'"
    ):
        load(graph.format(recorded=""))


@pytest.mark.parametrize(
    ("inputs", "dimension"),
    [
        ("N,3,height,width", "dimension 2 of its input 'x' is the symbol 'height'"),
        ("N,3,8,-1", "dimension 3 .* unknown"),
    ],
)
def test_open_sizes_are_named(load: Callable[..., Network], inputs: str, dimension: str) -> None:
    text = inputs.replace("-1", "?")
    with pytest.raises(
        WorkloadError, match=rf"node 'stem' \(Conv\): {dimension}.*x\[1, 3, .*--shape x=1,3,"
    ):
        load(f"g (float[{text}] x) => (y) <float[4,3,3,3] w> {{ [stem] y = Conv(x, w) }}")


@pytest.mark.parametrize("written", [0, -1])
def test_open_sizes_written_as_numbers(parse: Callable[..., onnx.ModelProto], written: int) -> None:
    model = parse("g (float[1,3,8,8] x) => (y) <float[4,3,3,3] w> { y = Conv(x, w) }")
    model.graph.input[0].type.tensor_type.shape.dim[3].dim_value = written
    with pytest.raises(
        WorkloadError, match=r"dimension 3 of its input 'x' is unknown.*x\[1, 3, 8, \?\]"
    ):
        load_network(model)


def test_random_numbers_are_no_sizes(load: Callable[..., Network]) -> None:
    with pytest.raises(WorkloadError, match=r"dimension 0 of its input 'a' is unknown"):
        load("""g (float[3,5] x) => (y) {
            r = RandomUniform<shape=[2], low=3.0, high=3.5>()
            s = Cast<to=7>(r) a = ConstantOfShape(s) y = MatMul(a, x)
        }""")


def test_what_onnx_complains_about_is_passed_on(load: Callable[..., Network]) -> None:
    with pytest.raises(
        WorkloadError,
        match=r"input 'r' is unknown.*shape inference of ONNX says: .*ncompatible dimensions",
    ):
        load(
            "g (float[2,5] x) => (y) <float[4,3] w, float[2,4] a> "
            "{ r = Add(x, a) y = MatMul(r, w) }"
        )

"""Sizes that a model leaves open."""

from __future__ import annotations

from collections.abc import Callable

import onnx
import pytest

from zigzag_imc.core.errors import OptionError, WorkloadError
from zigzag_imc.onnx_workload import load_network
from zigzag_imc.onnx_workload.sizes.given import parse_dims, parse_shapes
from zigzag_imc.onnx_workload.sizes.symbols import is_anonymous, is_batch_name

Parse = Callable[..., onnx.ModelProto]

PRODUCT = "g (float[{}] x) => (y) <float[64,64] w> {{ y = MatMul(x, w) }}"
CONV = "g (float[{}] x) => (y) <float[8,4,3,3] w> {{ y = Conv<pads=[1,1,1,1]>(x, w) }}"


@pytest.mark.parametrize(
    "symbol", ["batch", "Batch", "batch_size", "batchSize", "bs", "dynamic_batch", "n_batch"]
)
def test_names_of_a_batch(symbol: str) -> None:
    assert is_batch_name(symbol)


@pytest.mark.parametrize(
    "symbol", ["seq", "tokens", "sequence_length", "batch_sequence", "height", "time", "foo", "?"]
)
def test_names_of_something_else(symbol: str) -> None:
    assert not is_batch_name(symbol)


@pytest.mark.parametrize("symbol", ["", "?", "unk__12", "input_dynamic_axes_1", "s77", "None"])
def test_names_that_tools_make_up(symbol: str) -> None:
    assert is_anonymous(symbol)
    assert not is_batch_name(symbol)


@pytest.mark.parametrize("sizes", ["tokens,64", "sequence_length,1,64", "?,?,64", "seq,batch,64"])
def test_other_open_sizes_are_refused(parse: Parse, sizes: str) -> None:
    with pytest.raises(WorkloadError, match=r"--shape x="):
        load_network(parse(PRODUCT.format(sizes)))


def test_advice_works(parse: Parse) -> None:
    model = parse(CONV.format("?,4,?,?"))
    with pytest.raises(WorkloadError) as caught:
        load_network(model)
    advised = str(caught.value).rpartition("--shape ")[2]
    assert load_network(model, shapes=parse_shapes([advised])).total_macs == 224 * 224 * 9 * 4 * 8


def test_a_batch_in_second_place(parse: Parse) -> None:
    model = parse(PRODUCT.format("seq,batch,64"))
    with pytest.raises(WorkloadError, match=r"x\[seq, 4, 64\] leaves sizes open"):
        load_network(model, batch=4)
    assert load_network(model, batch=4, dims={"seq": 10}).total_macs == 4 * 10 * 64 * 64


def test_the_batch_is_said(parse: Parse) -> None:
    assert load_network(parse(CONV.format("N,4,8,8"))).notices == (
        "the open batch 'N' is taken as 1; --batch gives another",
    )
    assert load_network(parse(CONV.format("N,4,8,8")), batch=2).notices == ()
    (said,) = load_network(parse(CONV.format("?,4,8,8")), batch=2).notices
    assert said.startswith("the first size of input 'x' is open and taken for the batch, 2")


def test_no_open_size_is_the_batch(parse: Parse) -> None:
    with pytest.raises(WorkloadError, match=r"batch: found 4, but no open size .* x\[tokens, 64\]"):
        load_network(parse(PRODUCT.format("tokens,64")), batch=4)


def test_shape_of_an_input(parse: Parse) -> None:
    model = parse(CONV.format("?,4,?,?"))
    assert load_network(model, shapes={"x": (1, 4, 32, 32)}).total_macs == 32 * 32 * 9 * 4 * 8


def test_a_symbol_is_one_size_everywhere(parse: Parse) -> None:
    model = parse("g (float[s,64] x, float[t,s] z) => (y) { y = MatMul(z, x) }")
    assert load_network(model, dims={"s": 5, "t": 3}).total_macs == 3 * 5 * 64
    assert load_network(model, shapes={"x": (5, 64)}, dims={"t": 3}).total_macs == 3 * 5 * 64
    with pytest.raises(WorkloadError, match="'s' is 5 here and 6 elsewhere"):
        load_network(model, shapes={"x": (5, 64)}, dims={"s": 6})


def test_sums_of_symbols(parse: Parse) -> None:
    model = parse(PRODUCT.format("past,64"))
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "past + new"
    model.graph.input.add().CopyFrom(onnx.helper.make_tensor_value_info("p", 1, ["past", "new"]))
    assert load_network(model, dims={"past": 5, "new": 2}).total_macs == 7 * 64 * 64


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"shapes": {"z": (1, 4)}}, "shape of 'z': no input has that name"),
        ({"shapes": {"x": (1, 4, 8)}}, "expected sizes that fit x"),
        ({"shapes": {"x": (1, 5, 8, 8)}}, "expected sizes that fit x"),
        ({"shapes": {"x": (1, 4, 0, 8)}}, "expected whole numbers, at least 1"),
        ({"dims": {"depth": 4}}, r"no open size of the inputs has that name"),
        ({"dims": {"height": 1.5}}, "dim 'height': found 1.5, expected a whole number"),
    ],
)
def test_sizes_that_do_not_fit(parse: Parse, given: dict[str, object], complaint: str) -> None:
    with pytest.raises(WorkloadError, match=complaint):
        load_network(parse(CONV.format("N,4,height,width")), **given)  # type: ignore[arg-type]


def test_texts() -> None:
    assert parse_shapes(["a=1,3", "b:0=7"]) == {"a": (1, 3), "b:0": (7,)}
    assert parse_dims(["past + 1=3"]) == {"past + 1": 3}
    for text in ("1,3", "a=", "a=1,-3", "a=1;3"):
        with pytest.raises(OptionError, match="shape: found"):
            parse_shapes([text])
    with pytest.raises(OptionError, match="given twice"):
        parse_dims(["a=1", "a=2"])

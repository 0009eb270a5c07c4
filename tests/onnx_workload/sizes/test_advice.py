"""Advice in refusals is followed word by word, and then the model is read."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from typer.testing import CliRunner

from zigzag_imc.commands.app import app

Parse = Callable[..., onnx.ModelProto]

CONV = "g (float[{}] x) => (y) <float[8,4,3,3] w> {{ y = Conv(x, w) }}"
ROWS = "g (float[{}] x) => (y) <float[64,16] w> {{ y = MatMul(x, w) }}"

# A model, and its multiply-accumulates with the advised sizes.
MODELS = {
    "no name at all": (CONV.format("?,?,?,?"), 222 * 222 * 8 * 4 * 9),
    "names": (CONV.format("batch,channels,height,width"), 222 * 222 * 8 * 4 * 9),
    "channels last": (
        """g (float[N,h,v,c] x) => (y) <float[8,4,3,3] w>
        { a = Transpose<perm=[0,3,1,2]>(x) y = Conv(a, w) }""",
        222 * 222 * 8 * 4 * 9,
    ),
    "a sequence": (ROWS.format("seq,64"), 128 * 64 * 16),
    "a sequence before the batch": (ROWS.format("sequence_length,1,64"), 128 * 64 * 16),
    "tokens": (ROWS.format("tokens,64"), 128 * 64 * 16),
    "a question mark behind the batch": (ROWS.format("?,?,64"), 128 * 64 * 16),
    "features": ("g (float[N,f] x) => (y) <float[9,4] w> { y = Gemm(x, w) }", 9 * 4),
    "features of a quantized model": (
        """g (float[N,f] x) => (y) <float s, int8 z, float[16,4] v> {
        a = QuantizeLinear(x, s, z) b = DequantizeLinear(a, s, z) y = MatMul(b, v) }""",
        16 * 4,
    ),
    "frames": ("g (float[N,c,t] x) => (y) <float[8,5,3] w> { y = Conv(x, w) }", 126 * 8 * 5 * 3),
    "groups": (
        "g (float[N,c,t,t] x) => (y) <float[8,1,3,3] w> { y = Conv<group=8>(x, w) }",
        222 * 222 * 8 * 9,
    ),
    "a large filter": (
        "g (float[N,3,h,v] x) => (y) <float[8,3,300,300] w> { y = Conv(x, w) }",
        8 * 3 * 300 * 300,
    ),
    "one symbol, two inputs": (
        """g (float[N,3,s,s] x, float[N,s] z) => (y, c) <float[8,3,3,3] w>
        { y = Conv(x, w) c = Neg(z) }""",
        222 * 222 * 8 * 3 * 9,
    ),
    "many inputs": (
        """g (float[a,4] x, float[a,4] z, float[a,4] u, float[a,h] v) => (y, k) <float[4,5] w>
        { i = Add(x, z) j = Add(i, u) y = MatMul(j, w) k = Neg(v) }""",
        128 * 4 * 5,
    ),
}


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def advised(text: str) -> list[str]:
    """Return the options that a message advises."""
    words = shlex.split(text.rpartition("such as ")[2].partition(" (or")[0])
    assert set(words[::2]) <= {"--shape", "--dim"}
    return words


@pytest.mark.parametrize("case", MODELS)
def test_advice_works_when_it_is_followed(parse: Parse, tmp_path: Path, case: str) -> None:
    text, macs = MODELS[case]
    path = tmp_path / "open.onnx"
    onnx.save(parse(text), path)
    refused = run("layers", path)
    assert refused.exit_code == 2
    assert "--shape" in refused.stderr
    assert refused.stdout == ""
    read = run("layers", path, *advised(refused.stderr), "-q")
    assert read.exit_code == 0, read.output
    assert f"{macs:,} MACs" in read.stdout


def test_sums_of_symbols_are_advised_as_sums(parse: Parse, tmp_path: Path) -> None:
    model = parse("""g (float[s,64] x, float[t,s] z) => (y, k) <float[64,16] w>
        { y = MatMul(x, w) k = Neg(z) }""")
    model.graph.input[1].type.tensor_type.shape.dim[0].dim_param = "past + s"
    model.graph.input.append(onnx.helper.make_tensor_value_info("p", 1, ["past"]))
    path = tmp_path / "sums.onnx"
    onnx.save(model, path)
    words = advised(run("layers", path).stderr)
    assert words[3] == "z=256,128"
    assert run("layers", path, *words).exit_code == 0


@pytest.mark.parametrize("size", [-1, 0])
@pytest.mark.parametrize("place", [1, 2, 3])
def test_sizes_that_exporters_write_for_open_ones(
    parse: Parse, tmp_path: Path, size: int, place: int
) -> None:
    """They are never taken as 1 but in the first place, and then with a notice."""
    model = parse(CONV.format("1,4,9,9"))
    model.graph.input[0].type.tensor_type.shape.dim[place].dim_value = size
    path = tmp_path / "open.onnx"
    onnx.save(model, path)
    refused = run("layers", path)
    if place == 1:  # the weights say how many channels there are
        assert refused.exit_code == 0
        assert "C4" in refused.stdout
    else:
        assert refused.exit_code == 2
        assert "--shape x=1,4," in refused.stderr
    model.graph.input[0].type.tensor_type.shape.dim[place].dim_value = 9 if place > 1 else 4
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = size
    onnx.save(model, path)
    taken = run("layers", path)
    assert taken.exit_code == 0
    assert "the first size of input 'x' is open and taken for the batch, 1" in taken.stderr


def test_examples_that_do_not_fit_are_not_advised(parse: Parse, tmp_path: Path) -> None:
    """Nothing shows that 32 x 32 is meant: no numbers are better than wrong ones."""
    path = tmp_path / "flat.onnx"
    onnx.save(
        parse("""g (float[N,3,h,v] x) => (y) <float[3072,10] w>
        { a = Flatten(x) y = Gemm(a, w) }"""),
        path,
    )
    refused = run("layers", path)
    assert refused.exit_code == 2
    assert "give them with --shape NAME=SIZE,SIZE,…" in refused.stderr
    assert "such as" not in refused.stderr
    assert run("layers", path, "--shape", "x=1,3,32,32").exit_code == 0


LOST = """g (float[1,4,10,10] x) => (y) <float[8,4,3,3] w, float[4,16] v> {
    [backbone] c = Conv(x, w)
    n = NonZero(c) f = Cast<to=1>(n) rows = Transpose<perm=[1,0]>(f)
    [head] y = MatMul(rows, v) }"""


@pytest.mark.parametrize("command", [["layers"], ["map", "-a", "dimc", "--jobs", "1"]])
def test_a_size_lost_inside_costs_its_layer_alone(
    parse: Parse, tmp_path: Path, command: list[str]
) -> None:
    path = tmp_path / "lost.onnx"
    onnx.save(parse(LOST), path)
    done = run(command[0], path, *command[1:])
    assert done.exit_code == 0, done.output
    assert "warning: 1 MatMul not mapped (size unknown: dimension 0 of its input" in done.stderr
    onnx.save(parse(LOST.replace("Conv(x, w)", "Relu(x)")), path)
    nothing = run(command[0], path, *command[1:])
    assert nothing.exit_code == 2
    assert "dimension 0 of its input 'rows'" in nothing.stderr

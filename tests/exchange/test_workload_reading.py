"""Workload files of ZigZag, written by hand, as inputs."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from tests.accelerators import variant
from zigzag_imc.commands.app import app
from zigzag_imc.core.bits import Bits
from zigzag_imc.core.errors import OptionError, WorkloadError
from zigzag_imc.core.layer import Precision
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.stored_operand import StoredOperand
from zigzag_imc.exchange.workload_reading import read_workload
from zigzag_imc.exchange.zigzag_folder import WORKLOAD, write_zigzag_folder
from zigzag_imc.library.mapping import map_layer, map_network

CONV = """
- id: 0
  name: stem
  operator_type: Conv
  equation: O[b][g][k][oy][ox]+=W[g][k][c][fy][fx]*I[b][g][c][iy][ix]
  dimension_relations: [ix=2*ox+1*fx, iy=2*oy+1*fy]
  loop_dims: [B, K, G, OX, OY, C, FX, FY]
  loop_sizes: [1, 8, 1, 6, 4, 3, 3, 3]
  operand_precision: {W: 4, I: 8, O: 16, O_final: 8}
  operand_source: {I: 0, W: 0}
  pr_loop_dims: [IX, IY]
  pr_loop_sizes: [12, 8]
  padding: [[1, 0], [1, 0]]
"""
DEPTHWISE = """
- id: 1
  operator_type: Conv
  equation: O[g][oy][ox] += W[g][fy][fx] * I[g][iy][ix]
  dimension_relations: [ix=ox+fx, iy=oy+2*fy]
  loop_dims: [G, OX, OY, FX, FY]
  loop_sizes: [8, 4, 4, 3, 3]
  operand_precision: {W: 8, I: 8, O: 16, O_final: 8}
  operand_source: {I: 0, W: 1}
  pr_loop_dims: [IX, IY]
  padding: [[1, 1], [2, 2]]
"""
ADDITION = """
- id: 2
  operator_type: Add
  equation: O[b][g][oy][ox]+=X[b][g][oy][ox]*Y[b][g][oy][ox]
  loop_dims: [B, G, OY, OX]
  loop_sizes: [1, 8, 4, 4]
  operand_precision: {O: 16, O_final: 8, X: 8, Y: 8}
  operand_source: {X: 0, Y: 1}
"""
OWN = """
- id: 3
  name: fc
  operator_type: Gemm
  equation: O[d0][d1]+=I[d0][d2]*W[d2][d1]
  loop_dims: [D0, D1, D2]
  loop_sizes: [4, 12, 6]
  operand_precision: {W: 8, I: 8, O: 16, O_final: 8}
  operand_source: {I: 2, W: 3}
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def written(text: str) -> Path:
        path = tmp_path / "net.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


Write = Callable[[str], Path]


def test_a_convolution_is_the_layer_that_onnx_gives(write: Write) -> None:
    network = read_workload(write(CONV))
    (layer,) = network.layers
    same = conv_layer(
        "stem",
        out_channels=8,
        in_channels=3,
        output_size=(4, 6),
        filter_size=3,
        stride=2,
        input_size=(8, 12),
        precision=Precision(W=4),
    )
    assert layer == same
    assert network.name == "net"


def test_a_depthwise_convolution_without_some_loops(write: Write) -> None:
    """The input is as wide as the loops reach, without its padding."""
    (layer,) = read_workload(write(DEPTHWISE)).layers
    assert layer.name == "Layer1"
    assert layer.loop_dims == (("G", 8), ("OY", 4), ("OX", 4), ("FY", 3), ("FX", 3))
    rows, columns = layer.windows
    assert (rows.output_dim, rows.stride, rows.dilation, rows.size) == ("OY", 1, 2, 4)
    assert (columns.output_dim, columns.stride, columns.dilation, columns.size) == ("OX", 1, 1, 4)
    assert layer.macs == 8 * 16 * 9


def test_loops_keep_their_names(write: Write) -> None:
    (layer,) = read_workload(write(OWN)).layers
    assert layer.loop_dims == (("D0", 4), ("D1", 12), ("D2", 6))
    assert layer.weight_dims == {"D1", "D2"}
    assert layer.input_dims == {"D0", "D2"}
    assert layer.output_dims == {"D0", "D1"}
    assert layer.is_matrix_product


def test_edges_look_through_additions(write: Write) -> None:
    network = read_workload(write(CONV + DEPTHWISE + ADDITION + OWN))
    assert [layer.name for layer in network.layers] == ["stem", "Layer1", "fc"]
    assert network.edges == (("stem", "Layer1"), ("stem", "fc"), ("Layer1", "fc"))
    assert network.unsupported == ()


def test_other_operands_are_left_out_with_a_reason(write: Write) -> None:
    (left,) = read_workload(write(CONV + ADDITION.replace("Add", "Gemm"))).unsupported
    assert (left.node_names, left.reason) == (
        ("Layer2",),
        "its equation has X, Y, expected O, W and I",
    )


def test_bits_of_the_user_come_before_those_of_the_file(write: Write) -> None:
    (layer,) = read_workload(write(CONV), Bits(I=2)).layers
    assert layer.precision == Precision(W=4, I=2, O=16, O_final=8)


def test_the_optimum_does_not_depend_on_names(write: Write) -> None:
    named = matmul_layer("fc", rows=4, out_channels=12, in_channels=6)
    result = map_network(write(OWN), variant("dimc"), jobs=1)
    (record,) = result.layers
    assert record.objective_value == map_layer(named, variant("dimc")).objective_value
    assert record.loop_dims == {"D0": 4, "D1": 12, "D2": 6}
    assert record.relevance.W == ("D1", "D2")


def test_exported_workloads_are_read_back(write: Write, tmp_path: Path) -> None:
    path = write(CONV + DEPTHWISE + OWN.replace("{I: 2", "{I: 1"))
    result = map_network(path, variant("aimc"), objective="energy", jobs=1, gap=0.5)
    write_zigzag_folder(result, tmp_path / "out")
    again = read_workload(tmp_path / "out" / WORKLOAD)
    assert again.layers == tuple(
        layer.replace(operator=other.operator)
        for layer, other in zip(read_workload(path).layers, again.layers, strict=True)
    )


# ------------------------------------------------------------------ commands
def _run(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_every_command_takes_one(write: Write, tmp_path: Path) -> None:
    path, out, nest = write(OWN), tmp_path / "r.json", tmp_path / "nest.txt"
    mapped = _run("map", path, "-a", "dimc", "--objective", "energy", "-o", out, "--jobs", 1)
    assert mapped.exit_code == 0, mapped.output
    record = json.loads(out.read_text())["layers"][0]
    assert set(record["loop_dims"]) == {"D0", "D1", "D2"}
    listed = _run("layers", path)
    assert listed.exit_code == 0, listed.output
    assert "D0=4 D1=12 D2=6" in listed.output
    assert _run("verify", out).exit_code == 0
    exported = _run("export", out, "--to", "loopnest", "-o", nest)
    assert exported.exit_code == 0, exported.output
    explained = _run("explain", out, "fc")
    assert explained.exit_code == 0, explained.output
    again = _run("evaluate", path, "-a", "dimc", "-m", nest, "--objective", "energy", "-o", out)
    assert again.exit_code == 0, again.output
    scored = json.loads(out.read_text())["layers"][0]
    assert scored["energy_pj"] == record["energy_pj"]
    found = _run("search", path, "-a", "dimc", "--engine", "loma", "--jobs", 1)
    assert found.exit_code == 0, found.output
    compared = _run("crosscheck", path, "-a", "dimc", "--objective", "energy", "--jobs", 1)
    assert compared.exit_code == 0, compared.output


def _with(key: str, value: object, text: str = CONV) -> str:
    (entry,) = copy.deepcopy(yaml.safe_load(text))
    entry[key] = value
    return yaml.safe_dump([entry])


UNSIZED = CONV.replace("  pr_loop_sizes: [12, 8]\n", "")
WRONG = {
    "an accelerator": ("name: x\nmemories: {}", "found an accelerator file, expected a list"),
    "no list": ("name: x\nlayers: {}", "found a dict with name, layers, expected a list of"),
    "no layers": ("[]", "found 0 layers, expected 1 to"),
    "no yaml": ("- [", "not valid YAML"),
    "twice": ("- {id: 1, id: 2}", "key 'id' is given twice"),
    "misspelt": (
        _with("loop_size", [1]),
        "[0].loop_size: unknown key (did you mean 'loop_sizes'?)",
    ),
    "no text": (
        CONV.replace("operator_type: Conv", "~: Conv"),
        "[0].operator_type: missing",
    ),
    "text": (_with("loop_sizes", ["x"]), '[0].loop_sizes[0]: found "x", expected a valid integer'),
    "size": (_with("loop_sizes", [0] * 8), "[0].loop_sizes[0]: found 0, expected greater than"),
    "beyond 64 bits": (_with("loop_sizes", [2**63] * 8), "[0].loop_sizes[0]: found 9223372036854"),
    "no word": (_with("loop_dims", ["a\nb"] * 8), r"loop_dims: found 'a\nb', expected a word"),
    "fewer": (_with("loop_sizes", [1]), "layer 'stem': loop_sizes: found 1, expected 8 as"),
    "loop twice": (
        _with("loop_dims", ["B"] * 8),
        "layer 'stem': loop_dims: 'B' is there twice",
    ),
    "equation": (
        _with("equation", "O = 3"),
        "layer 'stem': equation: found 'O = 3', expected such",
    ),
    "index": (
        _with("equation", "O[b][k]+=W[k][q]*I[b][c]", OWN),
        "layer 'fc': equation: index 'k' of W is no loop",
    ),
    "relation": (
        _with("dimension_relations", ["ix=ox"]),
        "dimension_relations: found 'ix=ox', expected such as 'ix=2*ox+1*fx'",
    ),
    "relation of outputs": (
        _with("dimension_relations", ["ix=ox+oy", "iy=oy+fy"]),
        "expected one loop that indexes O and one that does not",
    ),
    "relation unused": (
        _with("dimension_relations", ["iz=ox+fx", "ix=ox+fx", "iy=oy+fy"]),
        "dimension_relations: 'iz' is no index of I in the equation",
    ),
    "loop of nothing": (
        _with("loop_dims", ["B", "K", "T", "OX", "OY", "C", "FX", "FY"]).replace("[g]", ""),
        "layer 'stem': loop dimension 'T' indexes nothing",
    ),
    "bits": (
        _with("operand_precision", {"W": 0}),
        "operand_precision.W: found 0, expected a whole",
    ),
    "padding": (_with("padding", [[9, 9], [9, 9]], UNSIZED), "pr_loop_dims: IX has -5 inputs"),
    "sources": (CONV.replace("I: 0", "I: 1") + DEPTHWISE, "operand_source.I: layer 1 comes later"),
    "numbers": (CONV + CONV, "[1].id: 0 is there twice"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named_in_one_line(write: Write, case: str) -> None:
    text, message = WRONG[case]
    with pytest.raises(WorkloadError) as raised:
        read_workload(write(text))
    assert message in str(raised.value)
    assert str(raised.value).startswith(f"{write(text)}: ")
    assert "\n" not in str(raised.value)


def test_open_sizes_are_none_of_a_workload_file(write: Write) -> None:
    with pytest.raises(OptionError, match=r"batch: found with .*net.yaml, whose loops all have"):
        map_network(write(OWN), variant("dimc"), batch=2)


def test_nothing_to_map_is_refused(write: Write) -> None:
    with pytest.raises(WorkloadError, match="no operator can be mapped: 'Layer2'"):
        map_network(write(ADDITION.replace("Add", "Gemm")), variant("dimc"))


def test_weights_that_a_layer_makes_are_an_activation(write: Write) -> None:
    """Named after the layers that make the operands; constants are none."""
    own = OWN.replace("{I: 2, W: 3}", "{I: 0, W: 1}")
    *others, product = read_workload(write(CONV + DEPTHWISE + own)).layers
    assert product.stored == StoredOperand(tensor="Layer1", streamed="stem")
    assert [layer.stored for layer in others] == [None, None]
    assert read_workload(write(OWN)).layers[0].stored is None

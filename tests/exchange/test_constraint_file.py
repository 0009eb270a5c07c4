"""Constraints from files: our own, and ZigZag's mapping files."""

from __future__ import annotations

from pathlib import Path

import pytest

from zigzag_imc.core.constraints import texts_of
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.exchange.constraint_file import read_constraints

FC = matmul_layer("fc", rows=2, out_channels=4, in_channels=4).replace(operator="Gemm")
CONV = conv_layer("conv1", out_channels=4, in_channels=4, output_size=(4, 4), filter_size=(3, 3))

ZIGZAG = """\
- name: default
  memory_operand_links: {O: O, W: I2, I: I1}
  spatial_mapping_hint: {D1: [K], D2: [C, FX]}
- name: Gemm
  spatial_mapping:
    D1:
      - K, 16
  temporal_ordering:
    - [D, 2]
    - [C, "*"]
- name: conv1
  spatial_mapping: {D1: ["K, 8"], D2: ["C, 4", "FX, 3"]}
"""


def asked(tmp_path: Path, text: str, layer: Layer) -> tuple[str, ...]:
    file = tmp_path / "constraints.yaml"
    file.write_text(text, encoding="utf-8")
    return texts_of(read_constraints(file).of(layer))


@pytest.mark.parametrize(
    ("text", "of_fc"),
    [
        ("- even\n- 'fc: order K > C'\n- conv*: even in sram\n", ("even", "order K > C")),
        ("Gemm: [even, order K > C]\nconv1: stationary W in cells\n", ("even", "order K > C")),
        ("- fc:\n  - even\n- order K > C\n", ("even", "order K > C")),
        ("", ()),
    ],
)
def test_own_forms(tmp_path: Path, text: str, of_fc: tuple[str, ...]) -> None:
    assert asked(tmp_path, text, FC) == of_fc


def test_entries_of_zigzag(tmp_path: Path) -> None:
    of_type = ("allow K on D1", "unroll K on D1 = 16", "inner D 2, C *")
    assert asked(tmp_path, ZIGZAG, FC) == of_type
    assert asked(tmp_path, ZIGZAG, CONV) == (
        "allow K on D1",
        "unroll K on D1 = 8",
        "allow C, FX on D2",
        "unroll C on D2 = 4",
        "unroll FX on D2 = 3",
    )
    other = CONV.replace(name="other")
    assert asked(tmp_path, ZIGZAG, other) == ("allow K on D1", "allow C, FX on D2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- evn\n", "did you mean 'even'?"),
        ("- 3\n", "found 3"),
        ("a: [\n", "constraints.yaml"),
        ("- name: fc\n  spatial_maping: {D1: ['K, 2']}\n", "did you mean 'spatial_mapping'?"),
        ("- name: fc\n  spatial_mapping: {D1: [K2]}\n", "[0].spatial_mapping.D1: found 'K2'"),
        ("- name: fc\n  spatial_mapping_hint: [K]\n", "expected such as {D1: [K, OX]}"),
        ("- name: fc\n  temporal_ordering: [[K, 0]]\n", "found 0 iterations of K"),
        ("- name: fc\n  temporal_ordering: [K]\n", "expected such as [[OX, 4], [K, '*']]"),
        ("- name: 3\n", "found 3 as name"),
    ],
)
def test_what_is_wrong_names_the_file(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(OptionError) as found:
        asked(tmp_path, text, FC)
    assert said in str(found.value)
    assert "constraints.yaml" in str(found.value)
    assert "\n" not in str(found.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"no_such\.yaml"):
        read_constraints(tmp_path / "no_such.yaml")

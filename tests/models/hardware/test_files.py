"""Accelerators from files: what loads, and which files are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import zigzag
from zigzag.stages.parser.accelerator_parser import AcceleratorParserStage

from tests.models.hardware.small_file import (
    REMOVE,
    SMALL,
    Keys,
    edited,
    message_of,
    small,
)
from zigzag_imc.core.accelerator import Direction, ImcArray, MemoryInstance, Port
from zigzag_imc.core.errors import AcceleratorError
from zigzag_imc.models.hardware.files import (
    accelerator_digest,
    accelerator_from_dict,
    load_accelerator,
)
from zigzag_imc.models.hardware.yaml_text import read_yaml

ZIGZAG_FILES = Path(zigzag.__file__).parent / "inputs" / "hardware"


def test_small_file() -> None:
    accelerator = load_accelerator(SMALL)
    assert accelerator.name == "small"
    assert accelerator.array == ImcArray(
        analog=False,
        activation_bits=8,
        weight_bits=4,
        bits_per_cycle=1.0,
        adc_bits=0.0,
        dimensions=(("D1", 4), ("D2", 8), ("D3", 4)),
    )
    assert accelerator.levels == {"W": (0, 2), "I": (1, 2), "O": (1, 2)}
    assert accelerator.group_depth == 4
    assert accelerator.memories[1] == MemoryInstance(
        name="sram",
        size_bits=65536,
        read_energy_pj=20.5,
        write_energy_pj=21.0,
        area_mm2=0.1,
        latency_cycles=1,
        operands=("I", "O"),
        served=frozenset({"D1", "D2", "D3"}),
        ports=(
            Port(
                "r_port_1",
                "read",
                16,
                64,
                (("I", Direction("tl")), ("O", Direction("tl")), ("O", Direction("th"))),
            ),
            Port(
                "w_port_1",
                "write",
                16,
                64,
                (("I", Direction("fh")), ("O", Direction("fh")), ("O", Direction("fl"))),
            ),
        ),
        double_buffered=True,
    )
    assert accelerator.memories[2].double_buffered is False


def test_dimensions_go_by_name_as_in_zigzag() -> None:
    theirs: Any = AcceleratorParserStage.parse_accelerator(str(SMALL)).operational_array
    ours = load_accelerator(SMALL).array
    assert (
        (theirs.wordline_dim_size, theirs.bitline_dim_size) == (ours.columns, ours.rows) == (4, 8)
    )
    assert theirs.nb_of_banks == ours.macros == 4


@pytest.mark.parametrize(
    ("name", "analog", "adc_bits", "serial"), [("aimc", True, 8, 2), ("dimc", False, 0, 1)]
)
def test_files_of_zigzag_load_unchanged(
    name: str, analog: bool, adc_bits: int, serial: int
) -> None:
    accelerator = load_accelerator(str(ZIGZAG_FILES / f"{name}.yaml"))
    assert accelerator.array == ImcArray(analog, 8, 8, serial, adc_bits, (("D1", 128), ("D2", 128)))
    assert [memory.name for memory in accelerator.memories] == [
        "cells",
        "rf_1B",
        "rf_2B",
        "sram_256KB",
        "dram",
    ]
    assert accelerator.memories[3].read_energy_pj == 416.16
    assert accelerator.memories[3].served == {"D1", "D2"}
    assert accelerator.cells.operands == ("W",)


@pytest.mark.parametrize(
    "name", ["ascend_like", "eyeriss_like", "gemm_l1", "generic_array_cacti", "meta_prototype"]
)
def test_digital_accelerators_of_zigzag_are_told_apart(name: str) -> None:
    with pytest.raises(
        AcceleratorError, match="only accelerators with an in-memory-computing array are mapped"
    ):
        load_accelerator(ZIGZAG_FILES / f"{name}.yaml")


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("dataflows",), REMOVE),
        (("memories", "sram", "mem_type"), "rf"),
        (("memories", "sram", "auto_cost_extraction"), False),
        (("operational_array", "unit_energy"), 0.1),
        (("operational_array", "systolic_dimensions"), []),
        (("operational_array", "adc_resolution"), 0),
        (("operational_array", "bit_serial_precision"), 1.0),
        (("memories", "dram", "w_cost"), 750.0),
        (("memories", "dram", "ports", 0, "allocation", 1), "I2,tl"),
    ],
)
def test_entries_without_effect(keys: Keys, value: object) -> None:
    changed = accelerator_from_dict(edited(small(), keys, value), "my.yaml")
    assert changed == load_accelerator(SMALL)
    assert accelerator_digest(changed) == accelerator_digest(load_accelerator(SMALL))


def test_a_file_called_like_a_preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "aimc").write_text(SMALL.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_accelerator("aimc").name == "aimc"
    assert load_accelerator("./aimc").name == "small"


def test_dataflows_are_read_with_a_notice() -> None:
    flows = edited(small(), ("dataflows",), {"D1": ["K, 4"]})
    said = accelerator_from_dict(flows, "my.yaml").notices
    assert len(said) == 1
    assert said == ("my.yaml: dataflows: taken as constraints: allow K on D1; unroll K on D1 = 4",)
    assert accelerator_from_dict(edited(small(), ("dataflows",), REMOVE), "my.yaml").notices == ()


@pytest.mark.parametrize(
    ("contents", "fragment"),
    [
        (None, "found nothing"),
        ([1, 2], "found a list of 2"),
        ("text", "found 'text'"),
        (3, "found 3"),
    ],
)
def test_not_a_mapping(contents: object, fragment: str) -> None:
    text = message_of(contents)
    assert fragment in text
    assert "expected a mapping with name, memories, operational_array" in text


@pytest.mark.parametrize(
    ("text", "fragments"),
    [
        ("name: [1\n", ["line 2: not valid YAML"]),
        ("name: a\nname: b\n", ["line 2: key 'name' is given twice"]),
        (
            "memories:\n  sram:\n    size: 8\n    area: 0\n    size: 9\n",
            ["line 5: key 'size' is given twice"],
        ),
        ("name: \x07\n", ["not valid YAML"]),
        ("name: 2001-99-99\n", ["not valid YAML"]),
        ("{[1]: 2}\n", ["not valid YAML"]),
        ("a: !!bool foo\n", ["line 1: not valid YAML: cannot read 'foo' as bool"]),
        ("a: 1\nb: !!int ''\n", ["line 2: not valid YAML: cannot read '' as int"]),
        ("a: !!timestamp foo\n", ["line 1: not valid YAML: cannot read 'foo' as timestamp"]),
        ("a: !!int {b: 1}\n", ["line 1: not valid YAML"]),
        ("a: 0x" + "f" * 5000, ["found a number of 5,002 characters, expected at most 400"]),
        ("a: 1" + ":59" * 600, ["found a number of 1,801 characters, expected at most 400"]),
        ("# " + "x" * 1_000_000, ["found a text of more than 1,000,000 characters"]),
        ("a: " + "[" * 4000 + "]" * 4000, ["not valid YAML: nested too deeply"]),
        ("a: &a [*a]\n", ["a: unknown key"]),
        ("a: 1\n---\nb: 1\n", ["not valid YAML", "single document"]),
        ("name: !!python/object:os.system x\n", ["line 1: not valid YAML"]),
        ("[" * 5000, ["not valid YAML"]),
        ("", ["found nothing, expected a mapping"]),
        ("- 1\n", ["found a list of 1, expected a mapping"]),
    ],
)
def test_not_an_accelerator(text: str, fragments: list[str], tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AcceleratorError) as caught:
        load_accelerator(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    for fragment in fragments:
        assert fragment in message


def test_merge_keys_are_not_repeated_keys() -> None:
    text = "base: &base {a: 1, b: 2}\nboth: {<<: *base, a: 3}\n"
    assert read_yaml(text, "my.yaml") == {"base": {"a": 1, "b": 2}, "both": {"a": 3, "b": 2}}


def test_merges_of_merges_stay_small() -> None:
    """40 lines that each merge the one before twice: 2 keys, not 2 ** 40 copies of them."""
    lines = ["m0: &m0 {a: 1, b: 2}"]
    lines += [f"m{i}: &m{i} {{<<: [*m{i - 1}, *m{i - 1}]}}" for i in range(1, 41)]
    document = read_yaml("\n".join(lines), "my.yaml")
    assert isinstance(document, dict)
    assert document["m40"] == {"a": 1, "b": 2}


def test_a_repeated_key_is_found_behind_a_merge() -> None:
    """The merge on line 2 is made before the mapping on line 1 is read, one level deeper."""
    with pytest.raises(AcceleratorError, match="line 1: key 'a' is given twice"):
        read_yaml("deep: {base: &base {a: 1, a: 2}}\nboth: {<<: *base}\n", "my.yaml")
    text = "deep: {c: &c {a: 1}, base: &base {<<: *c, a: 2}}\nboth: {<<: *base}\n"
    document = read_yaml(text, "my.yaml")
    assert document == {"deep": {"c": {"a": 1}, "base": {"a": 2}}, "both": {"a": 2}}


@pytest.mark.parametrize(
    ("name", "fragments"),
    [
        ("aimcc", ["aimcc: no such file, nor a preset (aimc, dimc)", "(did you mean 'aimc'?)"]),
        ("DIMC", ["(did you mean 'dimc'?)"]),
        ("mi.yaml", ["mi.yaml: no such file", "(did you mean 'mine.yaml'?)"]),
        ("nowhere/mine.yaml", ["nowhere/mine.yaml: no such file"]),
        ("mine.yaml/aimc", ["mine.yaml/aimc: no such file"]),
        ("folder", ["folder: is a folder, expected a YAML file"]),
        ("", ["is a folder"]),
        ("model.onnx", ["model.onnx: is not UTF-8 text, expected a YAML file"]),
        ("a\0b", [r"'a\x00b': cannot be read: embedded null"]),
        ("a\nb", [r"'a\nb': no such file"]),
        ("x" * 5000, ["cannot be read: File name too long"]),
    ],
)
def test_no_file(
    name: str, fragments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("name: mine\n", encoding="utf-8")
    (tmp_path / "model.onnx").write_bytes(b"\x08\x07\xff\xfe")
    (tmp_path / "folder").mkdir()
    with pytest.raises(AcceleratorError) as caught:
        load_accelerator(name)
    assert "\n" not in str(caught.value)
    for fragment in fragments:
        assert fragment in str(caught.value)

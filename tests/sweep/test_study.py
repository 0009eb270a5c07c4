"""Study files: what they may say, and one line for what they may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sweep.studies import COLUMNS, ROWS, small_study, write_study
from zigzag_imc.core.errors import OptionError
from zigzag_imc.sweep.hardware import Candidates, name_of
from zigzag_imc.sweep.study.conditions import condition_of
from zigzag_imc.sweep.study.reading import read_study, study_of
from zigzag_imc.sweep.study.values import Value, values_of


@pytest.mark.parametrize(
    ("found", "values"),
    [
        (7, (7,)),
        ([1, 2, 1], (1, 2)),
        ({"from": 2, "to": 9, "step": 3}, (2, 5, 8)),
        ({"from": 0.1, "to": 0.3, "step": 0.1}, (0.1, 0.2, pytest.approx(0.3))),
        ({"powers_of_two": [3, 64]}, (4, 8, 16, 32, 64)),
        ("sram", ("sram",)),
    ],
)
def test_ranges_stand_for_values(found: object, values: tuple[object, ...]) -> None:
    assert values_of(found) == values


@pytest.mark.parametrize(
    "found",
    [
        [],
        {},
        {"from": 1},
        {"from": 9, "to": 1},
        {"from": 1, "to": 2, "step": 0},
        {"powers_of_two": [5, 7]},
        {"powers_of_two": [0, 8]},
        {"powers_of_two": 8},
        [None],
        {"from": 0, "to": 1e9},
    ],
)
def test_what_is_no_range_is_refused(found: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        values_of(found)


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ({"networks": []}, "networks: found a list of 0, expected at least 1 item"),
        (
            {"networks": "ds_cnn", "accelerators": {"template": "dimc", "ranges": {"rows": []}}},
            "accelerators[0].ranges.rows: found a list of 0, expected at least one value",
        ),
    ],
)
def test_a_bad_study_is_told_in_plain_words(contents: object, said: str) -> None:
    with pytest.raises(OptionError) as error:
        study_of(contents)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("rows <= 4 * columns", True),
        ("rows == columns", False),
        ("8 <= rows < 64 and not columns > 16", True),
        ("rows % columns or kind == 'digital'", True),
        ("-rows + columns >= 0", False),
        ("memories.sram.size / 8 == 1024", True),
    ],
)
def test_conditions(text: str, holds: bool) -> None:
    values: dict[str, Value] = {
        "rows": 32,
        "columns": 16,
        "kind": "digital",
        "memories.sram.size": 8192,
    }
    assert condition_of(text).holds(values) is holds


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "rows ** 999999999",
        "[rows]",
        "rows <",
        "lambda: 1",
        "rows if columns else 1",
        "(rows).real.x[0]",
        "rows << 9",
        "f'{rows}'",
        "1" * 600,
    ],
)
def test_conditions_call_nothing(text: str) -> None:
    with pytest.raises(OptionError, match=r"^where: "):
        condition_of(text)


@pytest.mark.parametrize("text", ["rows + 'a' == 1", "1 / (rows - 32) > 0"])
def test_what_cannot_be_computed_is_said(text: str) -> None:
    with pytest.raises(OptionError, match=r"^where: "):
        condition_of(text).holds({"rows": 32})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"network": "x"}, "network: unknown key (did you mean 'networks'?)"),
        ({"objectives": "power"}, "objectives[0]: found \"power\", expected 'energy'"),
        ({"area_mm2": -1}, "area_mm2: found -1"),
        ({"cost_models": "zigzig"}, "cost model 'zigzig': unknown (did you mean 'zigzag'?)"),
        ({"where": "row > 3"}, "where: 'row > 3': found 'row', expected one of"),
        ({"networks": []}, "networks: "),
        ({"networks": ["a", "a"]}, "networks: found 'a' twice"),
        (
            {"accelerators": {"accelerator": "aimc", "ranges": {"x": []}}},
            "accelerators[0].ranges.x",
        ),
        (
            {"accelerators": {"accelerator": "aimc", "set": {"x": 1}, "ranges": {"x": 1}}},
            "accelerators: aimc: x: found in set and in ranges",
        ),
    ],
)
def test_slips_are_told_in_one_line(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionError) as refused:
        study_of(small_study(**changes), "study.yaml")
    told = str(refused.value)
    assert told.startswith("study.yaml: ")
    assert said in told
    assert "\n" not in told


def test_files_are_looked_for_beside_the_study(tmp_path: Path) -> None:
    study = read_study(write_study(tmp_path))
    assert study.networks[0].model == str(tmp_path / "small.onnx")
    assert study.accelerators[0].accelerator == str(tmp_path / "mine.yaml")
    assert (study.networks[0].name, study.accelerators[0].label) == ("small", "arrays")


def test_conditions_leave_combinations_out(tmp_path: Path) -> None:
    study = read_study(write_study(tmp_path, where=f"{ROWS} > 4 * {COLUMNS} - 8"))
    candidates = Candidates(study, study.accelerators[0])
    kept = [tuple(one.parameters.values()) for one in candidates]
    assert kept == [(8, 2), (16, 2), (16, 4)]
    assert (len(candidates), candidates.most) == (3, 4)


def test_what_cannot_be_built_is_a_candidate_with_a_reason(tmp_path: Path) -> None:
    accelerators = {"template": "aimc", "ranges": {"columns": [64, 63]}}
    study = read_study(write_study(tmp_path, accelerators=accelerators))
    built, refused = Candidates(study, study.accelerators[0])
    assert built.accelerator is not None
    assert built.name == "aimc columns=64"
    assert refused.accelerator is None
    assert refused.reason == "columns: found 63, expected a multiple of weight_bits, which is 8"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            {"template": "aimc", "ranges": {"row": 1}},
            "aimc: row: no parameter of a template (did you mean 'rows'?); they are rows, columns",
        ),
        (
            {"accelerator": "mine.yaml", "set": {"memories.dramm.size": 8}},
            "mine.yaml: memories.dramm.size: 'dramm': no such field (did you mean 'dram'?)",
        ),
        (
            {"accelerator": "mine.yaml", "ranges": {"operational_array.sizes.D9": 8}},
            "found 'D9', expected D1 or D2 or a number below 2",
        ),
    ],
)
def test_a_parameter_that_there_is_not_is_a_slip(
    tmp_path: Path, entry: dict[str, Any], said: str
) -> None:
    study = read_study(write_study(tmp_path, accelerators=entry))
    with pytest.raises(OptionError) as refused:
        Candidates(study, study.accelerators[0])
    assert said in str(refused.value)


def test_names_tell_accelerators_apart() -> None:
    both = {"memories.sram.r_cost": 1, "memories.dram.r_cost": 2, COLUMNS: 4}
    assert name_of("a", both) == "a memories.sram.r_cost=1 memories.dram.r_cost=2 D1=4"

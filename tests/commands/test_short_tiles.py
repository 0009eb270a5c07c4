"""Mappings whose last tile is short, through the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.networks import CONV_MAPPING, GEMM_MAPPING, mapping_file

WHOLE = [["OX", 6], ["OY", 4], ["OY", 2]]
SHORT: dict[str, Any] = CONV_MAPPING | {
    "temporal": {
        "W": [WHOLE, []],
        "I": [[], WHOLE[:2], WHOLE[2:]],
        "O": [[], WHOLE[:2], WHOLE[2:]],
    }
}
"""Six rows of outputs, four of them first."""


@pytest.fixture
def scored(run: Any, model: Path, tmp_path: Path) -> Path:
    """The mapping, evaluated."""
    out = tmp_path / "scored.json"
    given = mapping_file(tmp_path, SHORT, GEMM_MAPPING)
    done = run("evaluate", model, "-a", "aimc", "--mapping", given, "--out", out)
    assert done.exit_code == 0, done.output
    return out


def test_all_of_a_layer_is_computed_once(
    run: Any, model: Path, scored: Path, tmp_path: Path
) -> None:
    """In as many cycles as with tiles that divide; the result stands up to the checker."""
    plain = tmp_path / "plain.json"
    given = mapping_file(tmp_path, name="plain_mapping.json")
    assert run("evaluate", model, "-a", "aimc", "-m", given, "--out", plain).exit_code == 0
    cycles = [
        json.loads(path.read_text())["layers"][0]["breakdown"]["latency"]["compute_cycles"]
        for path in (scored, plain)
    ]
    assert cycles[0] == cycles[1]
    assert run("verify", scored).exit_code == 0
    assert run("explain", scored, "first", "--no-what-if").exit_code == 0
    played = run("replay", scored, "first", "--format", "json")
    assert played.exit_code == 0
    replay = json.loads(played.output)
    assert replay["latency"]["compute_cycles"] == cycles[0]
    limited = run("replay", scored, "first", "--most-steps", replay["steps"] - 1)
    assert limited.exit_code == 2
    assert len(limited.stderr.splitlines()) == 1
    assert run("replay", scored, "first", "--most-steps", replay["steps"]).exit_code == 0


def test_a_changed_word_is_found(run: Any, scored: Path) -> None:
    contents = json.loads(scored.read_text())
    term = contents["layers"][0]["breakdown"]["memory_energy"][-1]
    term["words"] += 1
    scored.write_text(json.dumps(contents), encoding="utf-8")
    done = run("verify", scored)
    assert done.exit_code == 1
    assert "words" in done.output


def test_a_step_too_many_is_refused(run: Any, model: Path, tmp_path: Path) -> None:
    """And so is any short tile under the profile in which tiles divide."""
    too_many = json.loads(json.dumps(SHORT).replace('["OY", 2]', '["OY", 3]'))
    given = mapping_file(tmp_path, too_many, GEMM_MAPPING)
    done = run("evaluate", model, "-a", "aimc", "--mapping", given)
    assert done.exit_code == 2
    assert (
        "the factors of OY multiply to 12, expected 6 or, with 4 inside the outermost 3, fewer "
        "than 3 steps of it"
    ) in done.stderr
    given = mapping_file(tmp_path, SHORT, GEMM_MAPPING)
    done = run("evaluate", model, "-a", "aimc", "--mapping", given, "--cost-model", "zigzag")
    assert done.exit_code == 2
    assert "the factors of OY multiply to 8, expected 6 (6 iterations" in done.stderr


def test_loop_nests_say_where_a_loop_ends_short(
    run: Any, model: Path, scored: Path, tmp_path: Path
) -> None:
    nest, again = tmp_path / "nest.txt", tmp_path / "again.json"
    assert run("export", scored, "--out", nest).exit_code == 0
    text = nest.read_text(encoding="utf-8")
    assert text.count("for OY in [0, 2)  # the last step has 2 of 4\n") == 1
    assert text.count("the last step") == 1
    assert run("evaluate", model, "-a", "aimc", "-m", nest, "--out", again).exit_code == 0
    first, second = (json.loads(path.read_text())["layers"][0] for path in (scored, again))
    assert first["energy_pj"] == second["energy_pj"]


def test_zigzag_cannot_hold_a_short_tile(
    run: Any, model: Path, scored: Path, tmp_path: Path
) -> None:
    """Its mapping file leaves the layers out; the dumps come back."""
    folder, again = tmp_path / "out", tmp_path / "again.json"
    done = run("export", scored, "--to", "zigzag", "--out", folder)
    notes = done.stderr.splitlines()
    assert notes[1] == (
        "note: ZigZag's loops divide, so it cannot hold mappings with a short last tile; left out "
        "of mapping.yaml: first, second (map --divisors-only finds mappings without)"
    )
    mapping = (folder / "mapping.yaml").read_text(encoding="utf-8")
    assert "classify" in mapping
    assert "first" not in mapping
    assert run("evaluate", model, "-a", "aimc", "-m", folder, "--out", again).exit_code == 0
    first, second = (json.loads(path.read_text())["layers"][0] for path in (scored, again))
    assert first["latency_cycles"] == second["latency_cycles"]


def test_which_tiles_are_searched_by_default_and_when_asked(run: Any, model: Path) -> None:
    asked = ("map", model, "-a", "aimc", "--layer", "first", "--jobs", "1", "--format", "json")
    for options, space in (
        ((), "any-outermost"),
        (("--method", "cp-sat"), "divisors"),
        (("--cost-model", "zigzag"), "divisors"),
        (("--tile-sizes", "divisors"), "divisors"),
        (("--divisors-only", "--tile-sizes", "any-outermost"), "divisors"),
    ):
        done = run(*asked, *options)
        assert done.exit_code == 0, done.output
        certificate = json.loads(done.stdout)["layers"][0]["certificate"]
        assert certificate["space"]["tile_sizes"] == space


def test_the_joint_model_says_among_which_tiles_it_chooses(run: Any, model: Path) -> None:
    asked = ("map", model, "-a", "aimc", "--layer", "classify", "-j", "1", "--method", "cp-sat")
    said = "note: --method cp-sat chooses among tiles that divide; --tile-sizes any-outermost"
    assert said in run(*asked).stderr
    for options in (
        ("--divisors-only",),
        ("--tile-sizes", "any-outermost"),
        ("--quiet",),
        ("--cost-model", "zigzag"),
    ):
        assert said not in run(*asked, *options).stderr


def test_fronts_say_among_which_tiles_they_are(run: Any, model: Path) -> None:
    asked = ("map", model, "-a", "aimc", "-j", "1", "--scope", "network")
    said = "note: fronts are of tiles that divide; --tile-sizes any-outermost asks for all"
    assert said in run(*asked).stderr
    for options in (("--divisors-only",), ("--objective", "energy")):
        assert said not in run(*asked, *options).stderr


def test_the_summary_says_which_tiles(run: Any, model: Path, scored: Path) -> None:
    asked = ("map", model, "-a", "aimc", "--layer", "first", "--jobs", "1")
    assert "objective edp per layer, tiles of any size\n" in run(*asked).stdout
    assert "objective edp per layer, tiles that divide\n" in run(*asked, "--divisors-only").stdout
    searched_nothing = run("evaluate", model, "-a", "aimc", "-m", scored)
    assert "tiles" not in searched_nothing.stdout

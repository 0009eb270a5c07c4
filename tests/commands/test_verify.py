"""``zigzag-imc verify``: it accepts what is true and finds what was changed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Run
from tests.commands.networks import call_infeasible
from zigzag_imc.results.verification import VerificationResult

Contents = dict[str, Any]


def _layer(change: Callable[[Contents], None]) -> Callable[[Contents], None]:
    return lambda contents: change(contents["layers"][0])


def _scale(key: str, factor: float) -> Callable[[Contents], None]:
    def change(record: Contents) -> None:
        record[key] *= factor

    return change


def _put(key: str, value: Any) -> Callable[[Contents], None]:
    def change(record: Contents) -> None:
        record[key] = value

    return change


def _drop_loop(layer: Contents) -> None:
    for levels in layer["temporal"].values():
        levels[:] = [[loop for loop in level if loop[0] != "OX"] for level in levels]


def _swap_loops(layer: Contents) -> None:
    """Reverse the loops of every level: often legal, at another cost."""
    layer["spatial"] = {"D1": {"K": 8}, "D2": {"C": 8, "FY": 3}}
    loops = [["FX", 3], ["OX", 6], ["OY", 6]]
    layer["temporal"] = {"W": [[], loops], "I": [[], [], loops], "O": [[], [], loops]}


def _below_bound(layer: Contents) -> None:
    layer["bound"] *= 1.001
    layer["gap"] = 0.0


def _proof_without_bound(layer: Contents) -> None:
    layer.update(bound=None, gap=None)


def _weak_proof(layer: Contents) -> None:
    layer["bound"] = 0.9 * layer["objective_value"]
    layer["gap"] = 0.1


TAMPERINGS: dict[str, tuple[Callable[[Contents], None], str]] = {
    "energy": (_layer(_scale("energy_pj", 0.999)), "energy_pj is"),
    "latency": (_layer(_scale("latency_cycles", 0.5)), "latency_cycles is"),
    "utilization": (_layer(_scale("utilization", 1.01)), "utilization is"),
    "term": (
        _layer(lambda layer: _scale("words", 2.0)(layer["breakdown"]["memory_energy"][3])),
        "[3].words is",
    ),
    "missing loop": (_layer(_drop_loop), "not legal: temporal: the factors of OX multiply to 1"),
    "other loops": (_layer(_swap_loops), "recomputed"),
    "unrolling": (_layer(lambda layer: layer["spatial"]["D1"].update(K=32)), "not legal"),
    "bound above value": (_layer(_below_bound), "is above objective_value"),
    "status": (_layer(_put("status", "UNKNOWN")), "status is UNKNOWN, but spatial is given"),
    "infeasible": (
        _layer(lambda layer: call_infeasible(layer, "too large")),
        "the mapping with the smallest tiles fits",
    ),
    "no bound": (_layer(_proof_without_bound), "does not reach objective_value"),
    "weak bound": (_layer(_weak_proof), "does not reach objective_value"),
    "gap": (_layer(_put("gap", 0.2)), "gap is 0.2"),
    "value": (_layer(_scale("objective_value", 1.5)), "objective_value is"),
    "no certificate": (_layer(_put("certificate", None)), "there is no certificate"),
    "mapspace": (
        _layer(lambda layer: layer["certificate"].update(mapspace_size=7)),
        "certificate.mapspace_size is 7",
    ),
    "count": (_layer(_put("count", 5)), "count is 5"),
    "macs": (_layer(_put("macs", 1)), "macs is 1"),
    "names": (_layer(_put("name", "other")), "the first of names"),
    "size": (_layer(lambda layer: layer["loop_dims"].update(K=16)), "layer 'first'"),
    "window": (_layer(lambda layer: layer["windows"][0].update(size=5)), "recomputed"),
    "precision": (_layer(lambda layer: layer["precision"].update(W=4)), "layer 'first'"),
    "cost model": (_put("cost_model", "zigzag"), "cost_model is"),
    "objective": (_put("objective", "energy"), "objective is"),
    "clock": (_layer(_scale("tclk_ns", 0.5)), "tclk_ns is"),
    "point": (
        _layer(lambda layer: _scale("energy_pj", 0.5)(layer["pareto"][0])),
        "pareto[0].energy_pj is",
    ),
    "total": (lambda contents: _scale("energy_pj", 0.5)(contents["totals"]), "totals.energy_pj is"),
    "in joules": (_layer(_scale("edp_js", 2.0)), "edp_js is"),
    "total in joules": (
        lambda contents: _scale("edp_js", 0.5)(contents["totals"]),
        "totals.edp_js is",
    ),
    "peak": (lambda contents: _scale("peak_tops", 2.0)(contents["hardware"]), "hardware.peak_tops"),
    "area": (
        lambda contents: contents["hardware"]["memory_area_mm2"].update(dram=1.0),
        "hardware.memory_area_mm2.dram is 1.0, recomputed 0.0",
    ),
    "left out": (lambda contents: contents["layers"].pop(), "totals.layers is"),
    "twice": (lambda contents: contents["layers"].append(contents["layers"][1]), "occurs twice"),
    "digest": (
        lambda contents: contents["accelerator"].update(digest="0"),
        "accelerator.digest is 0",
    ),
    "accelerator": (
        lambda contents: contents["accelerator"]["description"]["memories"]["dram"].update(
            r_cost=1.0
        ),
        "accelerator.digest is",
    ),
    "no accelerator": (
        lambda contents: contents["accelerator"]["description"].pop("operational_array"),
        "accelerator.description: operational_array: missing",
    ),
}


def test_a_result_holds(run: Any, result_file: Path) -> None:
    done = run("verify", result_file)
    assert done.exit_code == 0
    assert done.stdout.startswith(f"ok: {result_file}: 2 distinct layers, 2 mappings, ")
    assert "2 claims of optimality" in done.stdout


def test_a_file_from_before_some_keys_holds(run: Any, contents: Contents, tmp_path: Path) -> None:
    """Older files have neither joule seconds nor the parts of the hardware."""
    del contents["hardware"]
    for record in (contents["totals"], *contents["layers"]):
        del record["edp_js"]
    path = tmp_path / "older.json"
    path.write_text(json.dumps(contents), encoding="utf-8")
    assert run("verify", path).exit_code == 0


@pytest.mark.parametrize("case", TAMPERINGS)
def test_changes_are_found(run: Any, contents: Contents, tmp_path: Path, case: str) -> None:
    change, message = TAMPERINGS[case]
    change(contents)
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(contents), encoding="utf-8")
    done = run("verify", path)
    assert done.exit_code == 1, done.output
    assert message in done.stdout
    assert done.stderr.startswith(f"error: {path}: ")
    assert len(done.stderr.splitlines()) == 1


def test_totals_are_not_blamed_for_what_a_layer_says(
    run: Any, contents: Contents, tmp_path: Path
) -> None:
    path = tmp_path / "changed.json"
    _layer(_scale("energy_pj", 0.5))(contents)
    path.write_text(json.dumps(contents), encoding="utf-8")
    done = run("verify", path)
    assert "totals" not in done.stdout
    assert (
        "1 thing does not hold; totals were not checked, as they add up what does not hold"
        in done.stderr
    )
    contents["layers"][0]["energy_pj"] *= 2
    _scale("energy_pj", 0.5)(contents["totals"])
    path.write_text(json.dumps(contents), encoding="utf-8")
    done = run("verify", path)
    assert done.stdout.startswith("totals.energy_pj is ")
    assert "not checked" not in done.stderr


def test_verify_never_loads_the_solver(result_file: Path) -> None:
    code = (
        "import sys; from zigzag_imc.checking.verify import verify_result; "
        f"assert verify_result({str(result_file)!r}).holds; "
        "assert not [name for name in sys.modules if 'ortools' in name or "
        "name.startswith('zigzag_imc.solver')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_prove_says_what_was_proved_and_how(run: Any, model: Path, tmp_path: Path) -> None:
    mapped = tmp_path / "mapped.json"
    run(
        "map",
        model,
        "-a",
        "aimc",
        "--layer",
        "classify",
        "--divisors-only",
        "--pareto",
        "-q",
        "-o",
        mapped,
    )
    done = run("verify", mapped, "--prove", "--jobs", 1)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"ok: {mapped}: ")
    assert "edp >= " in done.stdout
    assert "no mapping below the front of 1 point" in done.stdout
    assert done.stdout.endswith("\n2 of 2 claims proved again\n")


def test_prove_fails_where_a_limit_ends_it(run: Any, result_file: Path) -> None:
    done = run("verify", result_file, "--prove", "--jobs", 1, "--time-limit", 1e-6)
    assert done.exit_code == 1
    assert "not proved: first: " in done.stdout
    assert "claims are not proved again: 0 refuted, " in done.stderr


def _told(text: str) -> VerificationResult:
    return VerificationResult.model_validate_json(text, strict=True)


def test_json_says_what_the_text_says(
    run: Any, result_file: Path, contents: Contents, tmp_path: Path
) -> None:
    done = run("verify", result_file, "--format", "json")
    told = _told(done.stdout)
    assert (done.exit_code, done.stderr, told.holds, told.result) == (0, "", True, str(result_file))
    assert (told.layers, told.mappings, told.optima, told.proofs) == (2, 2, 2, None)
    path = tmp_path / "changed.json"
    _layer(_scale("objective_value", 1.5))(contents)
    path.write_text(json.dumps(contents), encoding="utf-8")
    for more in ((), ("--prove",)):
        done = run("verify", path, "--format", "json", *more)
        told = _told(done.stdout)
        assert (done.exit_code, told.holds) == (1, False)
        assert any("objective_value is" in problem for problem in told.problems)
        assert done.stderr.startswith(f"error: {path}: ")
        assert told.proofs == (() if more else None)


def test_json_of_a_second_proof(run: Any, result_file: Path) -> None:
    done = run("verify", result_file, "--prove", "--jobs", 1, "--format", "json")
    told = _told(done.stdout)
    assert (done.exit_code, done.stderr, told.holds) == (0, "", True)
    assert told.proofs is not None
    assert [proof.outcome for proof in told.proofs] == ["proved"] * 4
    assert [proof.objective for proof in told.proofs] == ["edp", "front"] * 2
    assert [proof.floor is None for proof in told.proofs] == [False, True] * 2
    assert [proof.points for proof in told.proofs] == [None, 1] * 2


def test_json_of_a_second_proof_that_a_limit_ends(run: Any, result_file: Path) -> None:
    limited = ("--prove", "--time-limit", 1e-6, "--format", "json")
    done = run("verify", result_file, *limited)
    told = _told(done.stdout)
    assert (done.exit_code, told.holds, told.problems) == (1, False, ())
    assert told.proofs is not None
    assert "not proved" in [proof.outcome for proof in told.proofs]


def test_prove_finds_changes_like_verify(run: Any, contents: Contents, tmp_path: Path) -> None:
    for change in (_layer(_scale("objective_value", 1.5)), _layer(_weak_proof)):
        changed = json.loads(json.dumps(contents))
        change(changed)
        path = tmp_path / "changed.json"
        path.write_text(json.dumps(changed), encoding="utf-8")
        done = run("verify", path, "--prove")
        assert done.exit_code == 1
        assert "claims proved again" not in done.stdout
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--jobs", 2], "--jobs: only means something with --prove"),
        (["--time-limit", 2], "--time-limit: only means something with --prove"),
        (["--prove", "--time-limit", -1], "--time-limit: found -1.0"),
        (["--prove", "--total-time-limit", 0], "--total-time-limit: found 0.0"),
    ],
)
def test_wrong_options_of_verify_are_one_line(
    run: Any, result_file: Path, arguments: list[object], message: str
) -> None:
    done = run("verify", result_file, *arguments)
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert message in line


def test_fronts_are_proved_again(run: Run, tmp_path: Path) -> None:
    whole, lacking = tmp_path / "whole.json", tmp_path / "lacking.json"
    asked = ("--layer", "block1.depthwise", "--divisors-only", "--pareto", "-q", "-o", whole)
    assert run("map", "ds_cnn", "-a", "dimc", *asked).exit_code == 0
    done = run("verify", whole, "--prove", "-j", 1)
    assert done.exit_code == 0
    assert "no mapping below the front of 4 points" in done.stdout
    assert "2 of 2 claims proved again" in done.stdout
    contents = json.loads(whole.read_text(encoding="utf-8"))
    (record,) = contents["layers"]
    record["pareto"] = [
        point for point in record["pareto"] if point["energy_pj"] == record["energy_pj"]
    ]
    assert len(record["pareto"]) == 1
    lacking.write_text(json.dumps(contents), encoding="utf-8")
    done = run("verify", lacking, "--prove", "-j", 1)
    assert done.exit_code == 1
    assert "refuted: block1.depthwise: a mapping has energy" in done.stdout
    assert "1 of 2 claims are not proved again: 1 refuted, 0 not proved" in done.stderr

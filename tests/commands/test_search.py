"""``zigzag-imc search``: results of the engines, of the same kind as those of ``map``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.networks import small_layer, without_times
from zigzag_imc import map_layer, search_layer, search_network
from zigzag_imc.core.errors import OptionError
from zigzag_imc.results.result import NetworkResult
from zigzag_imc.solver.engines.loma import Loma

ENGINES = {
    "loma": ("--factors", 4, "--spatial-mappings", 2),
    "salsa": ("--iterations", 30, "--start-temperature", 0.1, "--spatial-mappings", 2),
    "random": ("--samples", 50),
}


@pytest.mark.parametrize("engine", ENGINES)
def test_results_are_those_of_map_without_a_proof(
    run: Any, model: Path, contents: dict[str, Any], tmp_path: Path, engine: str
) -> None:
    out = tmp_path / "found.json"
    options = ("--engine", engine, *ENGINES[engine], "--seed", 3)
    done = run("search", model, "-a", "aimc", *options, "--format", "json", "--out", out, "-j", 1)
    assert done.exit_code == 0, done.output
    assert done.stderr == f"{out}: result written\n"
    assert done.stdout == out.read_text(encoding="utf-8")
    result = NetworkResult.model_validate_json(done.stdout, strict=True)
    assert result.versions.ortools is None
    for layer, proved in zip(result.layers, contents["layers"], strict=True):
        assert (layer.status, layer.bound, layer.gap) == ("FEASIBLE", None, None)
        assert layer.certificate is not None
        assert layer.certificate.solver.startswith(f"{engine}: ")
        assert layer.certificate.seed == 3
        assert layer.objective_value is not None
        assert layer.objective_value >= proved["bound"]
    assert run("verify", out).exit_code == 0
    again = run("search", model, "-a", "aimc", *options, "--format", "json", "-j", 1)
    assert without_times(json.loads(again.stdout)) == without_times(json.loads(done.stdout))


def test_table_names_the_engine(run: Any, model: Path) -> None:
    done = run("search", model, "-a", "aimc", "-e", "loma", "-j", 1)
    assert "engine   loma: orders of 6 loop factors over 3 spatial mappings" in done.stdout
    assert "3 FEASIBLE of 3 layers" in done.stdout


def test_exhaustive_search_proves_and_says_what_is_ahead(
    run: Any, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "found.json"
    arguments = (
        "search",
        model,
        "-a",
        "aimc",
        "-e",
        "exhaustive",
        "--layer",
        "classify",
        "--out",
        out,
        "-j",
        1,
    )
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert "of them have tiles that divide (--divisors-only)\n" in refused.stderr
    done = run(*arguments, "--divisors-only")
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith("exhaustive: ")
    assert "mappings of 1 distinct layers, fitting or not; about" in done.stderr
    (layer,) = json.loads(out.read_text())["layers"]
    assert layer["status"] == "OPTIMAL"
    assert layer["bound"] == layer["objective_value"]
    asked = ("--layer", "classify", "--divisors-only", "--format", "json", "-j", 1)
    proved = json.loads(run("map", model, "-a", "aimc", *asked).stdout)
    assert layer["objective_value"] == pytest.approx(
        proved["layers"][0]["objective_value"], rel=1e-9
    )
    assert run("verify", out).exit_code == 0
    assert run(*arguments, "--divisors-only", "--quiet").stderr == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("-e", "exhaustive", "--divisors-only"),
            (
                "error: layer 'first': the exhaustive engine would go through 1.1e+13 mappings, "
                "which takes about "
            ),
        ),
        (
            ("-e", "loma", "--samples", 5),
            "error: --samples: engine loma has no such option; it is an option of random",
        ),
        (
            ("-e", "loma", "--force"),
            "error: --force: engine loma has no such option; it is an option of exhaustive",
        ),
        (
            ("-e", "loma", "--factors", 0),
            "error: --factors: found 0, expected a whole number, at least 1",
        ),
        (
            ("-e", "salsa", "--start-temperature", -1),
            "error: --start-temperature: found -1.0, expected a number above 0",
        ),
        (("-e", "random", "--time-limit", 0), "error: --time-limit: found 0.0"),
        (
            ("-e", "random", "--out", "no/such/file.json"),
            "error: no/such/file.json: there is no folder",
        ),
    ],
)
def test_wrong_options_are_one_line(
    run: Any, model: Path, arguments: tuple[object, ...], message: str
) -> None:
    done = run("search", model, "-a", "aimc", *arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith(message)
    assert len(done.stderr.splitlines()) == 1


def test_an_unknown_engine_is_refused(run: Any, model: Path) -> None:
    done = run("search", model, "-a", "aimc", "--engine", "lomo")
    assert done.exit_code == 2
    assert "found 'lomo', expected one of exhaustive, loma, salsa, random" in done.stderr


# ---------------------------------------------------------------- as library calls
def test_layers_are_searched_in_this_process() -> None:
    found = search_layer(small_layer(), "aimc", Loma(factors=3), objective="energy")
    proved = map_layer(small_layer(), "aimc", objective="energy")
    assert found.status == "FEASIBLE"
    assert found.energy_pj is not None
    assert proved.bound is not None
    assert found.energy_pj >= proved.bound
    assert search_layer(small_layer(), "aimc", "loma", objective="energy").mapping() is not None


def test_networks_are_searched_side_by_side(model: Path) -> None:
    one, two = (search_network(model, "aimc", "salsa", jobs=jobs, seed=1) for jobs in (1, 2))
    assert without_times(one.model_dump(mode="json")) == without_times(two.model_dump(mode="json"))


def test_unknown_names_are_refused() -> None:
    with pytest.raises(OptionError, match="did you mean 'salsa'"):
        search_layer(small_layer(), "aimc", "salza")

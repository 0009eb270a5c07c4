"""``zigzag-imc crosscheck``: tables, files, exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from zigzag_imc.results.crosscheck import Crosschecks
from zigzag_imc.runs import local as parallel
from zigzag_imc.runs.job import Job, Outcome, not_run, run_job
from zigzag_imc.solver.solution import Solution
from zigzag_imc.zigzag_bridge import installed

QUICK = ("-a", "aimc", "--objective", "energy", "--layer", "classify", "-j", 1)


def test_table(run: Any, model: Path) -> None:
    done = run("crosscheck", model, *QUICK, "--no-zigzag", "--engines", "loma,random")
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    assert "energy (nJ) by the cost model imc" in done.stdout
    assert "energy above the proved bound" in done.stdout
    assert ["layer", "solver", "loma", "random"] in [
        line.split() for line in done.stdout.splitlines()
    ]
    assert (
        "small on aimc: 1 of 1 distinct layers proved optimal in energy under the cost model imc"
        in done.stdout
    )
    assert "nothing beats a bound" in done.stdout
    assert "ZigZag" not in done.stdout


@pytest.mark.parametrize("suffix", ["json", "csv", "md"])
def test_files_are_what_is_printed(run: Any, model: Path, tmp_path: Path, suffix: str) -> None:
    out, form = tmp_path / f"check.{suffix}", {"md": "markdown"}.get(suffix, suffix)
    done = run(
        "crosscheck",
        model,
        *QUICK,
        "--no-zigzag",
        "--engines",
        "none",
        "--format",
        form,
        "--out",
        out,
    )
    assert done.exit_code == 0, done.output
    assert out.read_text(encoding="utf-8") == done.stdout
    if suffix == "json":
        (check,) = Crosschecks.model_validate_json(done.stdout, strict=True).crosschecks
        assert (check.network.name, check.zigzag_version) == ("small", None)


SEVERAL = ("-a", "aimc", "--objective", "energy", "--no-zigzag", "--engines", "loma", "-j", 1)


@pytest.fixture(scope="module")
def models(model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the files of two networks."""
    other = tmp_path_factory.mktemp("models") / "other.onnx"
    other.write_bytes(model.read_bytes())
    return model, other


def test_several_models_have_their_tables(
    run: Any, models: tuple[Path, Path], tmp_path: Path
) -> None:
    out, figure = tmp_path / "check.json", tmp_path / "gap.png"
    done = run("crosscheck", *models, *SEVERAL, "--out", out, "--plot", figure)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines.index("small on aimc") < lines.index("other on aimc")
    assert done.stdout.count("energy above the proved bound") == 2
    checks = Crosschecks.model_validate_json(
        out.read_text(encoding="utf-8"), strict=True
    ).crosschecks
    assert [check.network.name for check in checks] == ["small", "other"]
    assert [check.network.path for check in checks] == [str(model) for model in models]
    assert [layer.methods[0].value for layer in checks[0].layers] == [
        layer.methods[0].value for layer in checks[1].layers
    ]
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_several_models_in_one_spreadsheet_and_one_page(
    run: Any, models: tuple[Path, Path], tmp_path: Path
) -> None:
    page = tmp_path / "check.md"
    done = run("crosscheck", *models, *SEVERAL, "--format", "csv", "--out", page)
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert next(iter(rows[0])) == "network"
    assert list(dict.fromkeys(row["network"] for row in rows)) == ["small", "other"]
    headings = [
        line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("#")
    ]
    assert headings == ["## small on aimc", "## other on aimc"]


def test_a_contradiction_in_any_of_several_models_is_one(
    run: Any, models: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    searched = 0

    def faulty(job: Job, should_stop: Callable[[], bool]) -> Outcome:
        nonlocal searched
        outcome, searched = run_job(job, should_stop), searched + 1
        assert outcome.solution is not None
        return (
            outcome
            if searched > 2
            else replace(outcome, solution=_solver_too_cheap(job, outcome.solution))
        )

    monkeypatch.setattr(parallel, "run_job", faulty)
    done = run("crosscheck", *models, *SEVERAL)
    assert done.exit_code == 1, done.output
    assert "error: small: layer " in done.stderr
    assert "error: other: layer " not in done.stderr
    assert "other on aimc" in done.stdout


def test_a_wrong_model_is_told_before_any_search(
    run: Any, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "run_job", None)
    done = run("crosscheck", model, "resnet88", *SEVERAL)
    assert done.exit_code == 2
    assert "resnet88" in done.stderr
    assert done.stdout == ""
    done = run("crosscheck", model, model, *SEVERAL, "--layer", "classify")
    assert done.exit_code == 2
    assert (
        done.stderr == "error: --layer: names layers of one network, found 2 models; expected one\n"
    )


def test_zigzag_is_asked_where_it_is_installed(run: Any, model: Path) -> None:
    arguments = (*QUICK, "--engines", "none", "--cost-model", "zigzag", "--format", "json")
    done = run("crosscheck", model, *arguments)
    assert done.exit_code == 0, done.output
    (layer,) = json.loads(done.stdout)["crosschecks"][0]["layers"]
    solver, zigzag = layer["methods"]
    assert zigzag["method"] == "zigzag"
    assert zigzag["zigzag_value"] >= solver["bound"] * (1 - 1e-9)


def test_without_zigzag(run: Any, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "find_spec", lambda name: None)
    done = run("crosscheck", model, *QUICK, "--engines", "none")
    assert done.exit_code == 0
    assert done.stderr.startswith(
        "notice: without ZigZag, which is not installed; pip install zigzag-dse==3.9.1 six"
    )
    done = run("crosscheck", model, *QUICK, "--zigzag")
    assert done.exit_code == 2
    assert done.stderr == (
        "error: --zigzag: zigzag-dse is not installed; pip install zigzag-dse==3.9.1 six adds it\n"
    )


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_plot(run: Any, model: Path, tmp_path: Path, suffix: str) -> None:
    figure = tmp_path / f"gap.{suffix}"
    done = run("crosscheck", model, *QUICK, "--no-zigzag", "--plot", figure)
    assert done.exit_code == 0, done.output
    assert figure.read_bytes().startswith({"png": b"\x89PNG", "svg": b"<?xml"}[suffix])


# ---------------------------------------------------------------- planted faults
Change = Callable[[Job, Solution], Solution]


def _bound_a_bit_too_high(job: Job, found: Solution) -> Solution:
    assert found.bound is not None or job.engine
    return replace(found, bound=found.bound * (1 + 1e-6)) if found.bound is not None else found


def _engine_too_cheap(job: Job, found: Solution) -> Solution:
    assert found.objective_value is not None
    return replace(found, objective_value=0.99 * found.objective_value) if job.engine else found


def _solver_too_cheap(job: Job, found: Solution) -> Solution:
    assert found.objective_value is not None
    return found if job.engine else replace(found, objective_value=0.99 * found.objective_value)


def _says_nothing_fits(job: Job, found: Solution) -> Solution:
    return found if job.engine else Solution("INFEASIBLE", job.objective, reason="nothing fits")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_bound_a_bit_too_high, "loma found "),
        (_engine_too_cheap, "loma claims "),
        (_solver_too_cheap, "solver claims "),
        (_says_nothing_fits, "loma found a mapping, where solver says that none fits"),
    ],
)
def test_planted_faults_end_in_exit_code_1(
    run: Any, model: Path, monkeypatch: pytest.MonkeyPatch, change: Change, message: str
) -> None:
    def faulty(job: Job, should_stop: Callable[[], bool]) -> Outcome:
        outcome = run_job(job, should_stop)
        assert outcome.solution is not None
        return replace(outcome, solution=change(job, outcome.solution))

    monkeypatch.setattr(parallel, "run_job", faulty)
    done = run("crosscheck", model, *QUICK, "--no-zigzag", "--engines", "loma")
    assert done.exit_code == 1, done.output
    assert f"error: small: layer 'classify': {message}" in done.stderr
    assert f"CONTRADICTION: small: layer 'classify': {message}" in done.stdout
    assert "nothing beats a bound" not in done.stdout


def test_an_interrupted_crosscheck_says_what_was_not_compared(
    run: Any, models: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(job: Job, should_stop: Callable[[], bool]) -> Outcome:
        if job.layer.name == "first":
            return run_job(job, should_stop)
        os.kill(os.getpid(), signal.SIGINT)
        while not should_stop():
            time.sleep(0.01)
        return not_run(job, "stopped")

    monkeypatch.setattr(parallel, "run_job", interrupted)
    done = run("crosscheck", *models, *SEVERAL)
    assert done.exit_code == 130, done.output
    lines = done.stdout.splitlines()
    assert "nothing that was compared beats a bound" in lines
    assert "not compared, without a bound: classify" in lines
    assert f"interrupted, not compared at all: {models[1]}" in done.stderr.splitlines()


def test_engines_without_a_mapping_were_not_compared(
    run: Any, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        parallel,
        "run_job",
        lambda job, stop: not_run(job, "-") if job.engine else run_job(job, stop),
    )
    done = run("crosscheck", model, *QUICK, "--no-zigzag", "--engines", "loma")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert "nothing that was compared beats a bound" in lines
    assert "not compared, without a mapping by loma: classify" in lines


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--engines", "loma,salza"), "error: engine: found 'salza', expected one of"),
        (("--engines", "loma,loma"), "error: --engines: one is named twice"),
        (
            ("--out", "check.txt"),
            "error: check.txt: found the suffix '.txt', expected one of .md, .csv, .json",
        ),
        (("--out", "check"), "error: check: found no suffix"),
        (("--plot", "gap.gif"), "error: gap.gif: found the suffix 'gif'"),
        (("--cost-model", "zigzak"), "error: cost model 'zigzak'"),
        (("--time-limit", "-1"), "error: --time-limit: found -1.0"),
    ],
)
def test_wrong_options_are_one_line(
    run: Any, model: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = run("crosscheck", model, *QUICK, "--no-zigzag", *arguments)
    assert done.exit_code == 2
    assert done.stderr.startswith(message)
    assert len(done.stderr.splitlines()) == 1

"""The README keeps its promises: its commands are there, its Python examples run."""

from __future__ import annotations

import dataclasses
import doctest
import json
import re
from pathlib import Path

import pytest

from zigzag_imc.models.profile import CostProfile
from zigzag_imc.results.result import NetworkResult

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
SET_UP = (
    "python3 -m venv .venv && .venv/bin/pip install . && "
    ".venv/bin/zigzag-imc map onnx_workload/resnet18.onnx --accelerator dimc",
    "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/pytest",
)
PAGES = (README, *sorted((ROOT / "docs").rglob("*.md")))
BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _blocks(page: Path, language: str) -> list[str]:
    return [
        body for kind, body in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language
    ]


def test_the_commands_to_set_up_are_the_first_ones() -> None:
    """Continuous integration runs exactly these lines."""
    lines = [line for block in _blocks(README, "bash") for line in block.splitlines()]
    assert tuple(line for line in lines if line.startswith("python3 -m venv")) == SET_UP


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_python_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every ``python`` block of a page runs, each after the one before, as in one session."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__example__"}
    for number, block in enumerate(_blocks(page, "python"), 1):
        exec(compile(block, f"{page.name}, example {number}", "exec"), names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_sessions_print_what_pages_show(page: Path) -> None:
    """Every ``pycon`` block is a Python session.

    All of a page are one, and print what the page says.
    """
    blocks = _blocks(page, "pycon")
    session = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page.name, str(page), 0)
    report: list[str] = []
    failed, _ = doctest.DocTestRunner(verbose=False).run(session, out=report.append)
    assert not failed, "".join(report)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    """Links between pages name files that exist."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not re.match(r"https?:|#|mailto:", target):
            assert (page.parent / target.split("#")[0]).exists(), f"{page.name} links to {target}"


def test_every_option_of_the_cost_model_is_explained() -> None:
    page = (ROOT / "docs" / "cost-model.md").read_text(encoding="utf-8")
    for option in dataclasses.fields(CostProfile)[1:]:
        assert f"| `{option.name}` |" in page
        assert f"**`{option.name}`**" in page


def test_the_schema_of_result_files_is_up_to_date() -> None:
    """CONTRIBUTING.md says how to write it again."""
    written = json.loads((ROOT / "docs" / "result.schema.json").read_text(encoding="utf-8"))
    assert written == NetworkResult.model_json_schema()

"""The glossary names what the code has: every name is defined in the file that is said."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GLOSSARY = ROOT / "docs" / "glossary.md"
PAGES = (
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "README.md",
    ROOT / "benchmarks" / "README.md",
)
FOLDERS = ("zigzag_imc", "solver", "models", "onnx_workload", "tests", "benchmarks", "docs")
NAME_COLUMN, FILE_COLUMN = "in the code", "file"
CODE = re.compile(r"`([^`]+)`")
FILE_NAME = re.compile(r"`(\w+\.py)`")
PATH = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[^`*<> ]*)`")


def _entries() -> Iterator[tuple[str, str]]:
    """Name and file of every row of the glossary's tables."""
    header: list[str] = []
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            header = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not header:
            header = cells
        elif not set(cells) <= {"---"}:
            row = dict(zip(header, cells, strict=True))
            (file,) = CODE.findall(row[FILE_COLUMN])
            for name in CODE.findall(row[NAME_COLUMN]):
                yield name, file


def _defined(body: list[ast.stmt]) -> dict[str, ast.stmt]:
    """Classes, functions and variables that some statements define."""
    found: dict[str, ast.stmt] = {}
    for statement in body:
        match statement:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                found[name] = statement
            case ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = statement
            case ast.Assign(targets=targets):
                names = (node for target in targets for node in ast.walk(target))
                found.update((node.id, statement) for node in names if isinstance(node, ast.Name))
    return found


@pytest.mark.parametrize(("name", "file"), tuple(_entries()))
def test_the_code_has_the_name(name: str, file: str) -> None:
    """``Class.member`` is looked up inside the class."""
    body = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
    for part in name.split("."):
        defined = _defined(body)
        assert part in defined, f"{file} defines no {name}"
        body = getattr(defined[part], "body", [])


def test_no_word_is_explained_twice() -> None:
    names = list(_entries())
    assert len(names) == len(set(names))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_pages_name_exist(page: Path) -> None:
    missing = [
        path
        for path in PATH.findall(page.read_text(encoding="utf-8"))
        if not (ROOT / path).exists()
    ]
    assert not missing
    known = {path.name for top in FOLDERS for path in (ROOT / top).rglob("*.py")}
    unknown = set(FILE_NAME.findall(page.read_text(encoding="utf-8"))) - known
    assert not unknown

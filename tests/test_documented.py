"""Every public field of every record says what it holds."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("zigzag_imc", "models", "onnx_workload", "solver")
RECORDS = frozenset(("NamedTuple", "BaseModel"))
"""Bases from outside whose annotated names are fields."""


class Source(NamedTuple):
    """A class as it is written, and where."""

    place: str
    package: str
    node: ast.ClassDef


def sources() -> Iterator[Source]:
    """Find all public classes; what links lead to is found where it really is."""
    for top in FOLDERS:
        for file in sorted((ROOT / top).rglob("*.py")):
            if any(parent.is_symlink() for parent in file.parents):
                continue
            place = file.relative_to(ROOT)
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    yield Source(f"{place}:{node.lineno}", str(place.parent), node)


def last_name(expression: ast.expr) -> str:
    """Return the last name of an expression such as ``dataclasses.dataclass(frozen=True)``."""
    called = expression.func if isinstance(expression, ast.Call) else expression
    generic = called.value if isinstance(called, ast.Subscript) else called
    return generic.attr if isinstance(generic, ast.Attribute) else getattr(generic, "id", "")


def records() -> list[Source]:
    """Find the public dataclasses, named tuples and pydantic models."""
    found = list(sources())
    names = set(RECORDS)
    known = 0
    while known < len(names):  # a record may derive from one that is read later
        known = len(names)
        names |= {s.node.name for s in found if names & {last_name(b) for b in s.node.bases}}
    return [
        source
        for source in found
        if source.node.name in names
        or "dataclass" in {last_name(decorator) for decorator in source.node.decorator_list}
    ]


def described_in_docstring(docstring: str) -> set[str]:
    """Return the names that the sections on attributes and parameters describe."""
    names: set[str] = set()
    lines = inspect.cleandoc(docstring).splitlines()
    section = ""
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if re.fullmatch(r"-{3,}", below):
            section = line
        heads = not line.startswith(" ") and below.startswith("    ")
        if heads and section in ("Attributes", "Parameters"):
            names.update(name.strip() for name in line.partition(" : ")[0].split(","))
    return names


def described_in_place(field: ast.AnnAssign, below: ast.stmt | None) -> bool:
    """Whether a text stands directly below a field, or in its ``Field(description=…)``."""
    if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
        return isinstance(below.value.value, str)
    value = field.value
    return isinstance(value, ast.Call) and "description" in {word.arg for word in value.keywords}


def undescribed(node: ast.ClassDef) -> list[str]:
    """Return the public fields of a record about which it says nothing."""
    described = described_in_docstring(ast.get_docstring(node) or "")
    missing = []
    for field, below in zip(node.body, [*node.body[1:], None], strict=True):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        name = field.target.id
        is_field = not name.startswith("_") and last_name(field.annotation) != "ClassVar"
        if is_field and name not in described and not described_in_place(field, below):
            missing.append(name)
    return missing


RECORDS_OF: dict[str, list[Source]] = {}
for _record in records():
    RECORDS_OF.setdefault(_record.package, []).append(_record)


@pytest.mark.parametrize("package", sorted(RECORDS_OF))
def test_every_public_field_is_described(package: str) -> None:
    missing = {
        f"{source.place} {source.node.name}": names
        for source in RECORDS_OF[package]
        if (names := undescribed(source.node))
    }
    assert not missing, "\n".join(f"{where}: {', '.join(n)}" for where, n in missing.items())


def test_a_field_without_a_text_is_found() -> None:
    """Of four fields, the docstring, the text below and the description leave ``silent``."""
    (node,) = ast.parse('''
class Point(NamedTuple):
    """A point.

    Attributes
    ----------
    x, y
        Where it is.
    """

    x: float
    y: float
    colour: str
    """How it is drawn."""
    width: float = Field(1.0, description="In points.")
    silent: bool = True
''').body
    assert isinstance(node, ast.ClassDef)
    assert undescribed(node) == ["silent"]

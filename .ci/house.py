#!/usr/bin/env python3
"""Measure the structure of a checkout: python .ci/house.py [--check] [CHECKOUT].

Prints, per top folder, lines, lines over 100 columns and decisions per ten lines of code; the
files at the top of ``zigzag_imc/`` and the layers of the import contract. ``--check`` fails where
a limit is passed.

A decision is a branch, a loop, a comprehension or one of its conditions, a handler, or a boolean
operator. A line of code holds a token of code: blank lines, comments and docstrings do not count.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

FOLDERS = ("solver", "models", "onnx_workload", "zigzag_imc", "tests", "benchmarks", ".ci")
LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
MOST_COLUMNS = 100
MOST_DECISIONS = 2.0
MOST_TOP_FILES = 5
DENSEST = "solver"
"""Folder whose decisions per ten lines are limited."""


def decisions(tree: ast.AST) -> int:
    """Count the decisions in a syntax tree."""
    count = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.IfExp | ast.For | ast.While | ast.ExceptHandler):
            count += 1
        elif isinstance(node, ast.comprehension):
            count += 1 + len(node.ifs)
        elif isinstance(node, ast.BoolOp):
            count += len(node.values) - 1
    return count


def is_bare_text(node: ast.AST) -> bool:
    """Tell whether a statement is a docstring or another text that nothing uses."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def code_lines(source: str, tree: ast.AST) -> int:
    """Count the lines that hold code."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in LAYOUT:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in filter(is_bare_text, ast.walk(tree)):
        lines.difference_update(range(node.lineno, node.end_lineno + 1))
    return len(lines)


def sources(folder: Path) -> list[Path]:
    """List the Python files of a folder, without what links lead to."""
    return [
        file
        for file in sorted(folder.rglob("*.py"))
        if not any(parent.is_symlink() for parent in file.parents)
    ]


def folder_faults(top: Path, name: str) -> Iterator[str]:
    """Print the figures of a folder; yield the limits it passes."""
    texts = [file.read_text(encoding="utf-8") for file in sources(top / name)]
    trees = [ast.parse(text) for text in texts]
    lines = [line for text in texts for line in text.splitlines()]
    wide = sum(len(line) > MOST_COLUMNS for line in lines)
    code = sum(code_lines(text, tree) for text, tree in zip(texts, trees, strict=True))
    density = 10 * sum(map(decisions, trees)) / max(1, code)
    print(f"{name:14} {len(texts):6} {len(lines):6} {code:6} {wide:6} {density:21.2f}")
    if wide:
        yield f"{name}: {wide} lines over {MOST_COLUMNS} columns"
    if name == DENSEST and density > MOST_DECISIONS:
        yield f"{name}: {density:.2f} decisions per ten lines, at most {MOST_DECISIONS}"


def top_faults(top: Path) -> Iterator[str]:
    """Print what lies at the top of ``zigzag_imc/``; yield the limit it passes."""
    entries = (top / "zigzag_imc").iterdir()
    files = sorted(
        entry.name
        for entry in entries
        if entry.is_file() and not (top / entry.name).is_dir()  # a link, or git's stand-in for it
    )
    print(f"files at the top of zigzag_imc/: {len(files)} ({', '.join(files)})")
    if len(files) > MOST_TOP_FILES:
        yield f"{len(files)} files at the top of zigzag_imc/, at most {MOST_TOP_FILES}"


def layers_of_rooms(top: Path) -> int:
    """Count the layers of the contract between the rooms of ``zigzag_imc``."""
    project = tomllib.loads((top / "pyproject.toml").read_text(encoding="utf-8"))
    return next(
        len(contract["layers"])
        for contract in project["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers" and contract["containers"] == ["zigzag_imc"]
    )


def main(arguments: list[str]) -> int:
    """Print all figures; return 1 where a limit is passed and they are to be checked."""
    places = [argument for argument in arguments if not argument.startswith("--")]
    top = Path(places[0]) if places else Path(__file__).resolve().parents[1]
    print(f"{'folder':14}  files  lines   code  > 100  decisions / 10 lines")
    faults = [fault for name in FOLDERS for fault in folder_faults(top, name)]
    faults += top_faults(top)
    print(f"layers of rooms in the import contract: {layers_of_rooms(top)}")
    print(*faults, sep="\n")
    return 1 if "--check" in arguments and faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

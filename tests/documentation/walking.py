"""Walks through a page as a reader would: writes its files, runs its commands, compares outputs."""

from __future__ import annotations

import doctest
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from zigzag_imc.commands.app import app

COMMAND = "zigzag-imc"
COMPARED = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Block:
    """A code block of a page.

    Attributes
    ----------
    language
        What is said behind the fence first.
    title
        Name of the file that it shows; empty of others.
    text
        What it holds.
    """

    language: str
    title: str
    text: str


def blocks(page: str) -> Iterator[Block]:
    """Find the code blocks of a page, in order."""
    for language, more, text in FENCE.findall(page):
        named = TITLE.search(more)
        yield Block(language, named.group(1) if named else "", text)


def commands(text: str) -> Iterator[list[str]]:
    """Find the commands of a block; a backslash at the end joins lines."""
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words:
            yield words


def run(words: list[str]) -> str:
    """Run one command in this process and return what it writes to stdout."""
    assert words[0] == COMMAND, f"only {COMMAND} is run here: {' '.join(words)}"
    said = CliRunner().invoke(app, words[1:])
    assert said.exit_code == 0, f"{' '.join(words)}: exit code {said.exit_code}\n{said.output}"
    return said.stdout


def difference(shown: str, said: str) -> str | None:
    """Return what a page shows otherwise than a command says; ``...`` stands for anything."""
    checker = doctest.OutputChecker()
    if checker.check_output(shown, said, COMPARED):
        return None
    return checker.output_difference(doctest.Example("", shown), said, COMPARED)


def walk(page: str, folder: Path) -> list[str]:
    """Walk through a page in the current folder, and return the differences.

    A block with a title is written to that file, those of ``bash`` are run line by line, and one of
    ``text`` directly behind is what the last of these commands printed.
    """
    differences = []
    said: str | None = None
    for block in blocks(page):
        if block.title:
            (folder / block.title).write_text(block.text, encoding="utf-8")
        elif block.language == "text" and said is not None:
            found = difference(block.text, said)
            differences.extend([found] if found else [])
        said = None
        if block.language == "bash":
            for words in commands(block.text):
                said = run(words)
    return differences

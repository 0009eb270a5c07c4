"""What the site adds to the pages."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

import zigzag_imc
from tests.documentation.scripts import DOCS, script

_PAGES = frozenset((".md", ".ipynb"))


def _pages(entry: object) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    if isinstance(entry, dict):
        return [page for value in entry.values() for page in _pages(value)]
    assert isinstance(entry, list)
    return [page for one in entry for page in _pages(one)]


def test_every_page_is_in_the_navigation() -> None:
    text = (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    named = set(_pages(yaml.safe_load(text)["nav"]))
    there = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*") if path.suffix in _PAGES}
    assert named == there | {script("site_hooks").BENCHMARKS}


def test_links_to_the_benchmarks_stay_in_the_site() -> None:
    rewritten = script("site_hooks").on_page_markdown("[x](../benchmarks/README.md#macros)")
    assert rewritten == "[x](benchmarks.md#macros)"


def test_short_code_stays_on_a_line() -> None:
    page = SimpleNamespace(file=SimpleNamespace(src_uri="tutorial.md"))
    mark = partial(script("site_hooks").on_page_content, page=page)
    assert mark("(<code>-o FILE</code>)") == '(<code class="short">-o FILE</code>)'
    for other in (f"<code>{'x' * 27}</code>", "<pre><code>a\n</code></pre>"):
        assert mark(other) == other


def test_links_of_notebooks_lead_to_pages() -> None:
    page = SimpleNamespace(file=SimpleNamespace(src_uri="notebooks/first-mapping.ipynb"))
    content = script("site_hooks").on_page_content
    assert content('<a href="../proof.md">', page=page) == '<a href="../../proof/">'
    assert content('<a href="../proof.md#x">', page=page) == '<a href="../../proof/#x">'


def test_every_public_name_has_an_entry() -> None:
    page = Path(DOCS, "reference", "python.md").read_text(encoding="utf-8")
    missing = [name for name in zigzag_imc.__all__ if f"::: zigzag_imc.{name}\n" not in page]
    assert missing == ["__version__"]


_SECTION = re.compile(r"^Parameters\n-+\n(.*?)(?=^\w+\n---|\Z)", re.MULTILINE | re.DOTALL)
_TOGETHER = re.compile(r"^\w+(?:, \w+)+,?$", re.MULTILINE)


def _unlike(function: Callable[..., Any]) -> list[str]:
    """Names in one line of a docstring, to all of which the site gives the type of the first."""
    section = _SECTION.search(inspect.getdoc(function) or "")
    lines = _TOGETHER.findall(section.group(1)) if section else []
    given = inspect.signature(function).parameters if lines else {}
    kinds = {
        line: {(given[name].annotation, given[name].default) for name in re.findall(r"\w+", line)}
        for line in lines
    }
    return [line for line in lines if line.endswith(",") or len(kinds[line]) > 1]


def test_parameters_that_are_described_together_are_alike() -> None:
    functions = [getattr(zigzag_imc, name) for name in zigzag_imc.__all__]
    unlike = {one.__name__: _unlike(one) for one in functions if callable(one)}
    assert not {name: lines for name, lines in unlike.items() if lines}


def test_parameters_that_differ_are_found() -> None:
    def searched(jobs: int = 1, seed: int = 1, gap: float = 0.0) -> None:
        """Search.

        Parameters
        ----------
        jobs, seed
            Numbers.
        seed, gap
            Others.
        """

    assert _unlike(searched) == ["seed, gap"]

"""What the site adds to the pages."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
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


def page_at(source: str) -> SimpleNamespace:
    """Return a page as hooks see it."""
    return SimpleNamespace(file=SimpleNamespace(src_uri=source))


def test_links_to_the_benchmarks_stay_in_the_site() -> None:
    markdown = script("site_hooks").on_page_markdown
    rewritten = markdown("[x](../benchmarks/README.md#macros)", page=page_at("scale.md"))
    assert rewritten == "[x](benchmarks.md#macros)"


def test_pages_that_options_name_are_linked() -> None:
    markdown = script("site_hooks").on_page_markdown
    said = "imc or zigzag; see docs/cost-model.md."
    linked = "imc or zigzag; see [docs/cost-model.md](../cost-model.md)."
    assert markdown(said, page=page_at("reference/commands.md")) == linked
    assert markdown(said, page=page_at("tutorial.md")) == said


def test_short_code_stays_on_a_line() -> None:
    mark = partial(script("site_hooks").on_page_content, page=page_at("tutorial.md"))
    assert mark("(<code>-o FILE</code>)") == '(<code class="short">-o FILE</code>)'
    path = "solver/formulation/length_order.py"
    assert mark(f"<code>{path}</code>") == f'<code class="long-name">{path}</code>'
    long = f"<code>{'-x ' * 9}</code>", f"<code>{'x' * 37}</code>"
    for other in (*long, "<pre><code>a\n</code></pre>"):
        assert mark(other) == other


def test_names_in_the_python_reference_lead_to_their_places() -> None:
    content = script("site_hooks").on_page_content
    places = '<h3 id="zigzag_imc.core.errors.OptionError"></h3><h4 id="zigzag_imc.A.to_frame"></h4>'
    said = "<p><code>OptionError</code>, <code>zigzag_imc.A.to_frame</code>, <code>rows</code></p>"
    found = content(places + said, page=page_at("reference/python.md")).removeprefix(places)
    error = '<code class="short">OptionError</code>'
    assert found.startswith(f'<p><a href="#zigzag_imc.core.errors.OptionError">{error}</a>, ')
    assert '<a href="#zigzag_imc.A.to_frame"><code' in found
    assert found.endswith(', <code class="short">rows</code></p>')
    assert "<a " not in content(places + said, page=page_at("tutorial.md"))


@pytest.mark.skipif(find_spec("griffe") is None, reason="what builds the site is not installed")
def test_attributes_that_are_described_together_have_types() -> None:
    docstring = inspect.cleandoc(
        """A cost.

        Attributes
        ----------
        energy, latency
            Both.
        name, \\
        count
            Of whom, and how many.
        other
            Its own.
        """
    )
    types = {"energy": "float", "latency": "float", "name": "str", "count": "int", "other": "str"}
    typed = script("grouped_types").with_types(docstring, types)
    assert "\nenergy, latency : float\n    Both." in typed
    assert "\nname, count : str; int\n    Of whom" in typed
    assert "\nother\n    Its own." in typed


def test_links_of_notebooks_lead_to_pages() -> None:
    page = page_at("notebooks/first-mapping.ipynb")
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

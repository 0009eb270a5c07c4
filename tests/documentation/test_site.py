"""What the site adds to the pages."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.documentation.scripts import DOCS, script
from zigzag_imc import __all__ as public

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
    mark = script("site_hooks").on_page_content
    assert mark("(<code>-o FILE</code>)") == '(<code class="short">-o FILE</code>)'
    for other in (f"<code>{'x' * 27}</code>", "<pre><code>a\n</code></pre>"):
        assert mark(other) == other


def test_every_public_name_has_an_entry() -> None:
    page = Path(DOCS, "reference", "python.md").read_text(encoding="utf-8")
    missing = [name for name in public if f"::: zigzag_imc.{name}\n" not in page]
    assert missing == ["__version__"]

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


def test_names_of_options_are_marked_in_lines_of_text() -> None:
    marked = script("site_hooks").on_page_content(
        "<p><code>map -a x --keep-ends</code> a -b <code>zigzag-imc</code></p>"
        '<pre><code><span class="w">map --jobs 1</span></code></pre>'
    )
    assert marked == (
        '<p><code>map <span class="option"><span>-a</span></span> x '
        '<span class="option"><span>--keep</span>-ends</span></code> a -b '
        "<code>zigzag-imc</code></p>"
        '<pre><code><span class="w">map --jobs 1</span></code></pre>'
    )


def test_every_public_name_has_an_entry() -> None:
    page = Path(DOCS, "reference", "python.md").read_text(encoding="utf-8")
    missing = [name for name in public if f"::: zigzag_imc.{name}\n" not in page]
    assert missing == ["__version__"]

"""What the site does beyond the pages in this folder.

The page of benchmarks is one of them, names of options are not broken at their hyphens, and the
Python reference leads from each name to its place.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

BENCHMARKS = "benchmarks.md"
ELSEWHERE = "../benchmarks/README.md"
"""Where that page is in the repository, as pages of this folder link to it."""

SHORT_CODE = re.compile(r"(?<!<pre>)<code>([^<]{1,26})</code>")
"""Code in a text that fits into a line even on a phone; whole blocks of code are never alike."""

LONG_NAME = re.compile(r"<code>([\w./-]{27,36})</code>")
"""The path of a file, or another name, that just fits there; in a table it would be too wide."""

PHRASE = re.compile(r"<code>([^<\n]{40,})</code>")
"""Code in a text that fits into no line of a phone."""

PYTHON = "reference/python.md"

PLACE_OF_AN_OBJECT = re.compile(r'<h3 id="([\w.]+?\.(\w+))"')
PLACE_OF_A_MEMBER = re.compile(r'<h4 id="([\w.]+?\.(\w+\.\w+))"')
"""Headings of the Python reference, and the names by which docstrings speak of them."""

NAME_IN_A_TEXT = re.compile(r'(?<!">)<code(?: class="short")?>(?:zigzag_imc\.)?([\w.]+)</code>')
"""Code that is a name and no link."""

COMMANDS = "reference/commands.md"

FILE_OF_A_PAGE = re.compile(r"\bdocs/([\w-]+\.md)")
"""A page of this folder as the options of commands name it."""

LINK_OF_A_NOTEBOOK = re.compile(r'href="\.\./([\w-]+)\.md(#[^"]*)?"')
"""Right in a checkout; on the site each page is a folder, and nobody else rewrites them."""


def on_files(files: Any, config: Any) -> Any:
    """Add the page of benchmarks, whose links then start here."""
    from mkdocs.structure.files import File

    source = Path(config.docs_dir, ELSEWHERE).read_text(encoding="utf-8")
    files.append(File.generated(config, BENCHMARKS, content=source.replace("](../docs/", "](")))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Let links to the page of benchmarks stay within the site; link pages that commands name."""
    if page.file.src_uri == COMMANDS:
        return FILE_OF_A_PAGE.sub(r"[docs/\1](../\1)", markdown)
    return markdown.replace(f"]({ELSEWHERE}", f"]({BENCHMARKS}")


def with_links_to_objects(html: str) -> str:
    """Let names in docstrings lead to what they name, where the page has a place for that."""
    headings = PLACE_OF_AN_OBJECT.findall(html) + PLACE_OF_A_MEMBER.findall(html)
    places = {name: place for place, name in headings}

    def linked(code: re.Match[str]) -> str:
        place = places.get(code[1])
        return f'<a href="#{place}">{code[0]}</a>' if place else code[0]

    return NAME_IN_A_TEXT.sub(linked, html)


def _phrase(code: re.Match[str]) -> str:
    """Mark long code, and its words, between which alone ``site.css`` breaks it on a phone."""
    words = (f"<span>{word}</span>" if len(word) <= 36 else word for word in code[1].split(" "))
    return f'<code class="phrase">{" ".join(words)}</code>'


def on_page_content(html: str, page: Any, **_: Any) -> str:
    """Mark short code, which ``site.css`` keeps on one line; links of notebooks lead to pages."""
    marked = SHORT_CODE.sub(r'<code class="short">\1</code>', html)
    marked = LONG_NAME.sub(r'<code class="long-name">\1</code>', marked)
    if page.file.src_uri == PYTHON:
        marked = with_links_to_objects(marked)
    marked = PHRASE.sub(_phrase, marked)
    is_notebook = page.file.src_uri.endswith(".ipynb")
    return LINK_OF_A_NOTEBOOK.sub(r'href="../../\1/\2"', marked) if is_notebook else marked

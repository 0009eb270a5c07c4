"""What the site does beyond the pages in this folder.

The page of benchmarks is one of them, and names of options are not broken at their hyphens.
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

LINK_OF_A_NOTEBOOK = re.compile(r'href="\.\./([\w-]+)\.md(#[^"]*)?"')
"""Right in a checkout; on the site each page is a folder, and nobody else rewrites them."""


def on_files(files: Any, config: Any) -> Any:
    """Add the page of benchmarks, whose links then start here."""
    from mkdocs.structure.files import File

    source = Path(config.docs_dir, ELSEWHERE).read_text(encoding="utf-8")
    files.append(File.generated(config, BENCHMARKS, content=source.replace("](../docs/", "](")))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Let links to the page of benchmarks stay within the site."""
    return markdown.replace(f"]({ELSEWHERE}", f"]({BENCHMARKS}")


def on_page_content(html: str, page: Any, **_: Any) -> str:
    """Mark short code, which ``site.css`` keeps on one line; links of notebooks lead to pages."""
    marked = SHORT_CODE.sub(r'<code class="short">\1</code>', html)
    is_notebook = page.file.src_uri.endswith(".ipynb")
    return LINK_OF_A_NOTEBOOK.sub(r'href="../../\1/\2"', marked) if is_notebook else marked

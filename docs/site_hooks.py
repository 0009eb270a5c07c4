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

_CODE = re.compile(r"(?<=<code>)[^<]*(?=</code>)")
"""Code within a line; blocks of code have further elements."""

_OPTION = re.compile(r"(?<!\S)(--?[a-z]+)([\w-]*)")


def on_files(files: Any, config: Any) -> Any:
    """Add the page of benchmarks, whose links then start here."""
    from mkdocs.structure.files import File

    source = Path(config.docs_dir, ELSEWHERE).read_text(encoding="utf-8")
    files.append(File.generated(config, BENCHMARKS, content=source.replace("](../docs/", "](")))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Let links to the page of benchmarks stay within the site."""
    return markdown.replace(f"]({ELSEWHERE}", f"]({BENCHMARKS}")


def on_page_content(html: str, **_: Any) -> str:
    """Mark options and their first words, as browsers would break them after any hyphen."""
    marked = r'<span class="option"><span>\1</span>\2</span>'
    return _CODE.sub(lambda code: _OPTION.sub(marked, code[0]), html)

"""Templates filled in, every text escaped, and the policy that lets no other script run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from zigzag_imc.core import version
from zigzag_imc.report.html import formats

TEMPLATES = Path(__file__).parent / "templates"

LIBRARY = Path(__file__).parent / "vega" / "vega.js"
"""What draws charts."""

SCRIPTS = ("charts.js", "brushing.js", "explorer.js", "report.js")
"""Parts of the one script; the last one begins what the others define."""


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,  # whatever a template is called: nothing from a model or a file is markup
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(formats.FILTERS)
    return made


def render(template: str, *, charts: Iterable[object], **values: Any) -> str:
    """Return a whole page.

    Parameters
    ----------
    template
        Name of the template's file.
    charts
        Those of the page, of which some may be ``None``: without any it has no library.
    **values
        What it shows.
    """
    style, script = _asset("report.css"), "\n".join(map(_asset, SCRIPTS))
    library = _library() if any(chart is not None for chart in charts) else ""
    scripts = " ".join(f"'{_digest(text)}'" for text in (library, script) if text)
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; "
        f"script-src {scripts}; base-uri 'none'; form-action 'none'"
    )
    return (
        _environment()
        .get_template(template)
        .render(
            style=Markup(style),
            library=Markup(library),
            script=Markup(script),
            policy=policy,
            version=version.VERSION,
            **values,
        )
    )


def _asset(name: str) -> str:
    """Return a file of ours that goes into the page as it is."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _library() -> str:
    return LIBRARY.read_text(encoding="ascii").strip()


def _digest(text: str) -> str:
    """Return what a policy calls a text that it allows."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"

"""Texts for other programs on stdout: JSON, tables as text, loop nests."""

from __future__ import annotations

import json
import sys
from typing import Any


def print_json(contents: Any) -> None:
    """Write contents to stdout as JSON, short lists and objects on one line."""
    from zigzag_imc.results.writing import format_json

    print_text(format_json(contents) + "\n")


def print_text(text: str) -> None:
    r"""Write a text to stdout.

    Letters that its encoding lacks are written as in JSON: ``\u00e9``. They only come in names and
    in texts, which JSON quotes, and so do loop nests.
    """
    sys.stdout.write(encodable(text, getattr(sys.stdout, "encoding", None) or "utf-8"))


def encodable(text: str, encoding: str) -> str:
    """Return a text in which the letters that an encoding lacks are written as in JSON."""
    if _has(encoding, text):
        return text
    return "".join(one if _has(encoding, one) else json.dumps(one)[1:-1] for one in text)


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True

"""Patterns of names: ``*`` stands for any text, ``?`` for a character."""

from __future__ import annotations

import re


def matches(pattern: str, name: str) -> bool:
    """Whether a name has the form of a pattern; brackets stand for themselves."""
    parts = (
        {"*": ".*", "?": "."}.get(part, re.escape(part)) for part in re.split(r"([*?])", pattern)
    )
    return re.fullmatch("".join(parts), name, re.DOTALL) is not None

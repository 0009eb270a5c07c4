"""Patterns of names: ``*`` stands for any text, ``?`` for a character."""

from __future__ import annotations

import re
from collections.abc import Iterable


def matches(pattern: str, name: str) -> bool:
    """Whether a name has the form of a pattern; brackets stand for themselves."""
    parts = (
        {"*": ".*", "?": "."}.get(part, re.escape(part)) for part in re.split(r"([*?])", pattern)
    )
    return re.fullmatch("".join(parts), name, re.DOTALL) is not None


def is_pattern(text: str) -> bool:
    """Whether a text may stand for several names."""
    return "*" in text or "?" in text


def named_by(text: str, names: Iterable[str]) -> list[str]:
    """Return the names that a text stands for: itself, or else all that have its form."""
    known = list(dict.fromkeys(names))
    if text in known:
        return [text]
    return [name for name in known if matches(text, name)] if is_pattern(text) else []

"""Text on one line: messages hold names from files, in which there may be anything."""

from __future__ import annotations


def one_line(text: str) -> str:
    r"""Return a text with its lines joined, and characters that nobody sees as ``\x1b``."""
    joined = " ".join(text.split())
    if joined.isprintable():
        return joined
    return "".join(map(_shown, joined))


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")

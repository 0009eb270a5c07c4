"""Paths as text: what stands in messages and results for a file."""

from __future__ import annotations

import os


def path_text(path: str | os.PathLike[str]) -> str:
    r"""Return a path as text that every file can hold.

    Paths are bytes. Where they are no UTF-8, or the locale is ASCII, Python keeps them in strings
    that cannot be written again; here such a byte is shown as ``\xff``.
    """
    text = os.fspath(path)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _bytes_of(text).decode("utf-8", "backslashreplace")
    return text


def _bytes_of(text: str) -> bytes:
    try:
        return os.fsencode(text)
    except UnicodeEncodeError:  # no path of any file
        return text.encode("utf-8", "backslashreplace")

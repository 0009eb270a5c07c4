"""Results into files whose suffix says the form: JSON with everything, or a table of the layers."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import PurePath

from zigzag_imc.core.arguments import instance
from zigzag_imc.core.arguments import path as checked_path
from zigzag_imc.core.errors import OptionError, nearest
from zigzag_imc.core.paths import path_text
from zigzag_imc.results.replacing import write_bytes
from zigzag_imc.results.result import NetworkResult
from zigzag_imc.results.writing import result_text


def _json(result: NetworkResult) -> bytes:
    return result_text(result).encode()


def _csv(result: NetworkResult) -> bytes:
    from zigzag_imc.results.tables import csv_text

    return csv_text(result.layers).encode()


def _parquet(result: NetworkResult) -> bytes:
    from zigzag_imc.results.frames import frame_of
    from zigzag_imc.results.rows_text import frame_bytes

    return frame_bytes(frame_of(result.layers), "parquet")


def _markdown(result: NetworkResult) -> bytes:
    from zigzag_imc.results.tables import markdown_text

    return markdown_text(result).encode()


_FORMS: dict[str, Callable[[NetworkResult], bytes]] = {
    "json": _json,
    "csv": _csv,
    "parquet": _parquet,
    "md": _markdown,
}

FORMS = tuple(_FORMS)
"""Suffixes that say how a result is written; a file without a suffix holds JSON."""


def save_result(result: NetworkResult, path: str | os.PathLike[str]) -> None:
    """Write a result; the suffix of the file decides the form.

    Parameters
    ----------
    result
        What to write.
    path
        ``.json`` holds everything, and `load_result` reads it back. ``.csv``, ``.parquet`` and
        ``.md`` hold a table with a row for each distinct layer.

    Raises
    ------
    OptionError
        When the suffix is another one, or the file cannot be written.
    """
    instance("result", result, NetworkResult, "a NetworkResult")
    form = form_of(checked_path("path", path, "the path of a file"))
    write_bytes(result_bytes(result, form), path)


def result_bytes(result: NetworkResult, form: str) -> bytes:
    """Return what a file of a form holds of a result."""
    return _FORMS[form](result)


def form_of(path: str) -> str:
    """Return the form of a file, by its suffix.

    Raises
    ------
    OptionError
        When no result is written so, naming what would be valid.
    """
    suffix = PurePath(path).suffix.removeprefix(".").lower()
    if not suffix:
        return "json"
    if suffix not in _FORMS:
        raise OptionError(
            f"{path_text(path)}: found the suffix {suffix!r}, expected one of "
            f"{', '.join(FORMS)}{nearest(suffix, FORMS)}"
        )
    return suffix

"""Results and other texts out: JSON that people can read, files whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from zigzag_imc.core.errors import OptionError
from zigzag_imc.results.result import NetworkResult

_LINE_WIDTH = 110


def result_text(result: NetworkResult) -> str:
    """Return a result as JSON, short lists and objects on one line."""
    return format_json(result.model_dump(mode="json", by_alias=True)) + "\n"


def write_result(result: NetworkResult, path: str | os.PathLike[str]) -> None:
    """Write a result file, whole or not at all.

    Raises
    ------
    OptionError
        When the file cannot be written.
    """
    write_text(result_text(result), path)


def write_text(text: str, path: str | os.PathLike[str]) -> None:
    """Write a text file, whole or not at all.

    Raises
    ------
    OptionError
        When the file cannot be written.
    """
    target = Path(path)
    try:
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")  # a pipe or device has no name to swap
            return
        partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
        try:
            partial.write_text(text, encoding="utf-8")
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise OptionError(f"{path}: cannot be written: {error.strerror or error}") from None


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise `OptionError` when a file could not be written later.

    Nobody wants to learn that after the search.
    """
    target = Path(path)
    if target.is_dir():
        raise OptionError(f"{path}: is a folder, expected the name of a file")
    if not target.absolute().parent.is_dir():
        raise OptionError(f"{path}: there is no folder {str(target.parent)!r}")
    if not os.access(target if target.exists() else target.absolute().parent, os.W_OK):
        raise OptionError(f"{path}: cannot be written: permission denied")


def format_json(value: Any, indent: int = 0) -> str:
    """Return JSON text in which everything that fits stands on one line."""
    flat = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if (
        not value
        or not isinstance(value, dict | list)
        or (indent and len(flat) + indent <= _LINE_WIDTH)
    ):
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        lines = [
            f"{pad}{json.dumps(key, ensure_ascii=False)}: {format_json(item, indent + 2)}"
            for key, item in value.items()
        ]
        return "{\n" + ",\n".join(lines) + "\n" + " " * indent + "}"
    lines = [pad + format_json(item, indent + 2) for item in value]
    return "[\n" + ",\n".join(lines) + "\n" + " " * indent + "]"

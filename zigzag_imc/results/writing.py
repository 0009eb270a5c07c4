"""Results and other texts out: JSON that people can read."""

from __future__ import annotations

import json
import os
from typing import Any

from zigzag_imc.results.replacing import write_bytes
from zigzag_imc.results.result import NetworkResult

_LINE_WIDTH = 110


def result_text(result: NetworkResult) -> str:
    """Return a result as JSON, short lists and objects on one line."""
    return format_json(result.model_dump(mode="json", by_alias=True)) + "\n"


def write_result(result: NetworkResult, path: str | os.PathLike[str]) -> None:
    """Write a result file, see `zigzag_imc.results.replacing.write_bytes`.

    Raises
    ------
    OptionError
        When the file cannot be written.
    """
    write_text(result_text(result), path)


def write_text(text: str, path: str | os.PathLike[str]) -> None:
    """Write a text file, see `zigzag_imc.results.replacing.write_bytes`.

    Raises
    ------
    OptionError
        When the file cannot be written.
    """
    write_bytes(text.encode("utf-8"), path)


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

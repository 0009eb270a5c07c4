"""Result and mapping files in, with one clear line for everything that is not one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from zigzag_imc.core.errors import OptionError, ResultError, nearest
from zigzag_imc.results.mapping_file import MappingFile
from zigzag_imc.results.messages import explained
from zigzag_imc.results.result import NetworkResult

LONGEST_TEXT = 2**28
"""Characters of the longest text that is read; a layer takes some thousand, a point of a front
less."""

M = TypeVar("M", bound=BaseModel)


def read_result(path: str | os.PathLike[str]) -> NetworkResult:
    """Read a result file.

    Raises
    ------
    ResultError
        In one line: the file, the path of the field, what was found, what would be valid.
    OptionError
        When it is not a path.
    """
    if not isinstance(path, str | os.PathLike):
        raise OptionError(
            f"result: found a {type(path).__name__}, expected a NetworkResult or the path of "
            "its file"
        )
    text, source = read_text(path), source_name(path)
    if not text.lstrip().startswith("{"):
        raise ResultError(
            f"{source}: is no result file, expected the JSON that --out of map, search or evaluate "
            "writes"
        )
    return parse_record(text, source, NetworkResult)


def load_result(path: str | os.PathLike[str]) -> NetworkResult:
    """Read a result that `zigzag_imc.save_result` or ``--out`` wrote as JSON.

    Raises
    ------
    ResultError
        In one line: the file, the path of the field, what was found, what would be valid.
    OptionError
        When it is not a path.
    """
    if isinstance(path, str | os.PathLike) and Path(path).suffix.lower() in _TABLES:
        raise ResultError(
            f"{source_name(path)}: is a table of layers, which holds no mappings to load; expected "
            "a .json file"
        )
    return read_result(path)


_TABLES = (".csv", ".parquet", ".md")


def parse_mapping_file(text: str, source: str) -> MappingFile:
    """Read the contents of a mapping file, or the mappings of a result file.

    ``source`` names them in messages.

    Raises
    ------
    ResultError
        In one line: the file, the path of the field, what was found, what would be valid.
    """
    return parse_record(text, source, MappingFile)


def source_name(path: str | os.PathLike[str]) -> str:
    """Return what to call a file in messages, which stay on one line."""
    return str(path) if str(path).isprintable() else repr(str(path))


def read_text(path: str | os.PathLike[str], expected: str = "a JSON file") -> str:
    """Read the text of a file.

    Raises
    ------
    ResultError
        In one line: the file, and why it cannot be read.
    """
    source = source_name(path)
    try:
        with Path(path).open(encoding="utf-8") as file:  # a device may have no end
            text = file.read(LONGEST_TEXT + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise ResultError(
            f"{source}: no such file{nearest(Path(path).name, _json_files(Path(path).parent))}"
        ) from None
    except IsADirectoryError:
        raise ResultError(f"{source}: is a folder, expected {expected}") from None
    except UnicodeDecodeError:
        raise ResultError(f"{source}: is not UTF-8 text, expected {expected}") from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ResultError(f"{source}: cannot be read: {reason}") from None
    if len(text) > LONGEST_TEXT:
        raise ResultError(
            f"{source}: found more than {LONGEST_TEXT:,} characters, expected {expected}"
        )
    return text


def parse_record(text: str, source: str, model: type[M]) -> M:
    """Read a record from JSON text.

    Raises
    ------
    ResultError
        In one line: the source, the path of the field, what was found, what would be valid.
    """
    try:
        return model.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise ResultError(f"{source}: {explained(error, model)}") from None


def _json_files(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir() if entry.suffix == ".json"]
    except OSError:
        return []

"""Result and mapping files in and out, with one clear line for everything that is not one."""

from __future__ import annotations

import json
import os
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from zigzag_imc.core.errors import OptionError, ResultError, nearest, some_of
from zigzag_imc.results.mapping_file import MappingFile
from zigzag_imc.results.result import NetworkResult

_LINE_WIDTH = 110

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
    return parse_record(read_text(path), source_name(path), NetworkResult)


def parse_mapping_file(text: str, source: str) -> MappingFile:
    """Read the contents of a mapping file, or the mappings of a result file.

    ``source`` names them in messages.

    Raises
    ------
    ResultError
        In one line: the file, the path of the field, what was found, what would be valid.
    """
    return parse_record(text, source, MappingFile)


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


# ------------------------------------------------------------------ reading
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
        return Path(path).read_text(encoding="utf-8")
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
        raise ResultError(f"{source}: {_explain(error, model)}") from None


def _json_files(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir() if entry.suffix == ".json"]
    except OSError:
        return []


def _explain(error: ValidationError, model: type[BaseModel]) -> str:
    """One line about the first problem.

    An unknown key comes first, for a misspelt key is also a missing one.
    """
    problems = error.errors(include_url=False)
    first = next(
        (problem for problem in problems if problem["type"] == "extra_forbidden"), problems[0]
    )
    kind, location, found = first["type"], first["loc"], first["input"]
    if kind == "json_invalid":
        return "not valid JSON: " + " ".join(first["msg"].removeprefix("Invalid JSON: ").split())
    where = f"{field_path(location)}: " if location else ""
    keys = _keys(_model_at(model, location[:-1]))
    if kind == "extra_forbidden":
        return f"{where}unknown key{nearest(str(location[-1]), keys)}; expected {some_of(keys)}"
    if kind == "missing":
        present = [key for key in found if key not in keys] if isinstance(found, dict) else []
        close = nearest(str(location[-1]), present).replace("did you mean", "found")
        return f"{where}missing{close}"
    expected = first["msg"].removeprefix("Input should be ")
    if kind in ("model_type", "model_attributes_type"):
        expected = f"a mapping with {some_of(_keys(_model_at(model, location)))}"
    close = ""
    if kind == "literal_error" and isinstance(found, str):
        close = nearest(
            found, [part.strip("'") for part in expected.replace(" or ", ", ").split(", ")]
        )
    return f"{where}found {_shown(found)}, expected {expected}{close}"


def field_path(location: Sequence[str | int]) -> str:
    """Return a location such as ``('layers', 0, 'spatial')`` as ``layers[0].spatial``."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return " ".join("".join(parts).removeprefix(".").split())


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return f"a {'mapping' if isinstance(value, dict) else 'list'} of {len(value)}"
    text = " ".join(json.dumps(value, ensure_ascii=False, default=str).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def _keys(model: type[BaseModel] | None) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _model_at(model: type[BaseModel], location: Sequence[str | int]) -> type[BaseModel] | None:
    """Return the record type at ``location``; ``None`` inside plain lists and mappings."""
    current: Any = model
    for part in location:
        if isinstance(current, type) and issubclass(current, BaseModel):
            named = {field.alias or name: field for name, field in current.model_fields.items()}
            current = named[str(part)].annotation if part in named else None
        else:
            current = next(
                (argument for argument in get_args(current) if argument is not ...), None
            )
        if get_origin(current) in (Union, types.UnionType):
            current = next(argument for argument in get_args(current) if argument is not type(None))
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None

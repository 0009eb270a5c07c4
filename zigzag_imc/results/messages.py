"""What is wrong with a record, in one line for a person."""

from __future__ import annotations

import json
import types
from collections.abc import Sequence
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from zigzag_imc.core.errors import nearest, some_of

Location = Sequence[str | int]
"""Keys and places of a value inside a record, outermost first."""


def explained(error: ValidationError, model: type[BaseModel]) -> str:
    """Return one line about the first problem.

    An unknown key comes first, for a misspelt key is also a missing one.
    """
    problems = error.errors(include_url=False)
    unknown = (problem for problem in problems if problem["type"] == "extra_forbidden")
    first = next(unknown, problems[0])
    location = first["loc"]
    if first["type"] == "json_invalid":
        return _no_json(first["msg"])
    where = f"{field_path(location)}: " if location else ""
    if first["type"] == "extra_forbidden":
        return where + _unknown_key(model, location)
    if first["type"] == "missing":
        return where + _missing_key(model, location, first["input"])
    expected = _expected(model, location, first["type"], first["msg"])
    close = ""
    if first["type"] == "literal_error" and isinstance(first["input"], str):
        close = nearest(first["input"], _words(expected))
    return f"{where}found {_shown(first['input'])}, expected {expected}{close}"


def field_path(location: Sequence[str | int]) -> str:
    """Return a location such as ``('layers', 0, 'spatial')`` as ``layers[0].spatial``."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return " ".join("".join(parts).removeprefix(".").split())


def _no_json(message: str) -> str:
    return "not valid JSON: " + " ".join(message.removeprefix("Invalid JSON: ").split())


def _unknown_key(model: type[BaseModel], location: Location) -> str:
    keys = _keys(_model_at(model, location[:-1]))
    return f"unknown key{nearest(str(location[-1]), keys)}; expected {some_of(keys)}"


def _missing_key(model: type[BaseModel], location: Location, found: object) -> str:
    """Name a key in its place that may be meant for it."""
    keys = _keys(_model_at(model, location[:-1]))
    given = [key for key in found if isinstance(key, str)] if isinstance(found, dict) else []
    others = [key for key in given if key not in keys]
    return "missing" + nearest(str(location[-1]), others).replace("did you mean", "found")


def _expected(model: type[BaseModel], location: Location, kind: str, message: str) -> str:
    if kind in ("model_type", "model_attributes_type"):
        return f"a mapping with {some_of(_keys(_model_at(model, location)))}"
    if kind == "too_short":
        return "at least " + message.partition(" at least ")[2].partition(" after ")[0]
    return message.removeprefix("Value error, ").removeprefix("Input should be ")


def _words(expected: str) -> list[str]:
    """Words of a list such as ``'energy', 'latency' or 'edp'``."""
    return [part.strip("'") for part in expected.replace(" or ", ", ").split(", ")]


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

"""Records compared: which fields are not what they should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from zigzag_imc.core.tolerances import same
from zigzag_imc.results.result import ADDED_LATER


def differences(record: BaseModel, expected: Mapping[str, Any], prefix: str) -> Iterator[str]:
    """Sentences about every field of a record that is not what it should be.

    Fields that an older file does not have are no difference.
    """
    for key, value in expected.items():
        if not _is_older(record, key):
            yield from _compare(getattr(record, key), value, prefix + key)


def _is_older(record: BaseModel, key: str) -> bool:
    """Whether a record lacks a field because it is of an older file."""
    return key in ADDED_LATER and getattr(record, key) is None


def _compare(found: Any, expected: Any, path: str) -> Iterator[str]:
    if isinstance(found, BaseModel) and isinstance(expected, BaseModel):
        fields = {key: getattr(expected, key) for key in type(expected).model_fields}
        yield from differences(found, fields, f"{path}.")
    elif isinstance(found, dict) and isinstance(expected, dict) and found.keys() == expected.keys():
        for key, value in expected.items():
            yield from _compare(found[key], value, f"{path}.{key}")
    elif isinstance(found, tuple) and isinstance(expected, tuple) and len(found) == len(expected):
        for number, (one, other) in enumerate(zip(found, expected, strict=True)):
            yield from _compare(one, other, f"{path}[{number}]")
    elif isinstance(found, float) and isinstance(expected, float):
        is_tiny = path.endswith("edp_js")  # of the order of the noise that other numbers may have
        if not (same(found, expected, noise=0.0) if is_tiny else same(found, expected)):
            yield f"{path} is {found!r}, recomputed {expected!r}"
    elif found != expected:
        yield f"{path} is {_short(found)}, recomputed {_short(expected)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."

"""A small accelerator's file, and what is said of edits of it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from zigzag_imc.core.errors import AcceleratorError
from zigzag_imc.models.hardware.files import (
    accelerator_from_dict,
)
from zigzag_imc.models.hardware.yaml_text import read_yaml

SMALL = Path(__file__).parents[2] / "data" / "accelerator_small.yaml"
REMOVE = object()
"""In the place of a value: the entry goes."""
Keys = tuple[str | int | None, ...]


SRAM, CELLS, DRAM, ARRAY = (
    ("memories", "sram"),
    ("memories", "cells"),
    ("memories", "dram"),
    ("operational_array",),
)


def small() -> dict[str, Any]:
    """Return the contents of a small accelerator's file."""
    text = SMALL.read_text(encoding="utf-8")
    contents: dict[str, Any] = read_yaml(text, "small")  # type: ignore[assignment]
    return contents


def edited(contents: dict[str, Any], keys: Keys, value: object) -> dict[str, Any]:
    """Return ``contents`` with the entry at ``keys`` set to ``value``, or gone."""
    result = copy.deepcopy(contents)
    place: Any = result
    for key in keys[:-1]:
        place = place[key]
    if value is REMOVE:
        del place[keys[-1]]
    else:
        place[keys[-1]] = value
    return result


def message_of(contents: object) -> str:
    """Return what is said of contents that are no accelerator, without the path."""
    with pytest.raises(AcceleratorError) as caught:
        accelerator_from_dict(contents, "my.yaml")
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith("my.yaml: ")
    return text

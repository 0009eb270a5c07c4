"""Paths as text that can be written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from zigzag_imc.core.paths import path_text


@pytest.mark.parametrize("path", ["net.onnx", "é/网.onnx", "a b\n", ""])
def test_text_stays(path: str) -> None:
    assert path_text(path) == path
    assert path_text(Path(path)) == str(Path(path))


def test_bytes_that_are_no_text_are_shown() -> None:
    assert path_text(os.fsdecode(b"b\xff/\xc3\xa9.onnx")) == r"b\xff/é.onnx"
    assert path_text("no path \ud800") == r"no path \ud800"

"""Pages look as they did: small pictures of them are compared with those that were looked at.

`python -m tests.report.html.write_screenshots` takes them again; look at them before they stay.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.report.html.looks import FOLDER, VIEWS, apart, photographed
from tests.report.html.write_screenshots import FONTS, pages_of
from zigzag_imc.report.html.findings import Findings
from zigzag_imc.results.result import NetworkResult


@pytest.fixture(scope="module")
def pages(
    small: NetworkResult,
    findings: Findings,
    swept: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for name, text in pages_of(small, findings, swept).items():
        found[name] = folder / f"{name}.html"
        found[name].write_text(text, encoding="utf-8")
    return found


def kept(name: str) -> Image.Image:
    return Image.open(FOLDER / f"{name}.png").convert("RGB")


@pytest.mark.parametrize("name", VIEWS)
def test_it_looks_as_it_did(browser: Any, pages: dict[str, Path], name: str) -> None:
    view = VIEWS[name]
    picture, width = photographed(browser, pages[view.page], view)
    expected = json.loads(FONTS.read_text(encoding="utf-8"))[name]
    if abs(width - expected) > 0.5:
        pytest.skip(f"other fonts: a sample of text is {width} wide, {expected} in the pictures")
    assert apart(picture, kept(name)) == []


def test_another_look_is_seen() -> None:
    """Of a picture that was looked at: in the other colours, without a part, moved."""
    picture = kept("result")
    assert apart(picture, picture) == []
    dark = Image.eval(picture, lambda value: 255 - value)
    assert apart(dark, picture)
    gone = picture.copy()
    tall = picture.height // 6
    gone.paste((255, 255, 255), (0, tall, picture.width // 2, 2 * tall))
    assert apart(gone, picture)
    moved = Image.new("RGB", picture.size, (255, 255, 255))
    moved.paste(picture, (0, 3))
    assert apart(moved, picture)
    assert apart(picture.resize((picture.width, picture.height * 2)), picture)

"""The gallery shows every picture that its script draws, with the commands that draw it."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.documentation.scripts import script

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def gallery() -> ModuleType:
    """Return the script that writes the gallery."""
    return script("write_gallery")


def test_the_gallery_is_up_to_date(gallery: ModuleType) -> None:
    """``python docs/write_gallery.py`` writes it again, with its figures."""
    assert gallery.TARGET.read_text(encoding="utf-8") == gallery.page()


def test_every_picture_is_there(gallery: ModuleType) -> None:
    drawn = {picture.file for picture in gallery.PICTURES}
    assert drawn == {path.name for path in (DOCS / "figures").glob("gallery-*.svg")}


def test_the_last_command_draws_the_picture(gallery: ModuleType) -> None:
    assert all(picture.commands[-1].endswith(picture.file) for picture in gallery.PICTURES)


def test_a_picture_is_drawn_by_its_commands(
    gallery: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery, "FIGURES", tmp_path)
    chips = next(picture for picture in gallery.PICTURES if picture.name == "gallery-chips")
    with gallery.folder_of_its_own():
        gallery.draw(chips)
    assert (tmp_path / chips.file).read_text(encoding="utf-8").startswith("<?xml")

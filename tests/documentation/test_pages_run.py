"""The tutorial and the how-to pages do what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documentation.walking import difference, walk

DOCS = Path(__file__).parents[2] / "docs"
PAGES = (DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_does_what_it_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    differences = walk(page.read_text(encoding="utf-8"), tmp_path)
    assert not differences, "\n".join(differences)


def test_another_output_is_seen() -> None:
    assert difference("energy 1.5 uJ\n", "energy 1.6 uJ\n") is not None
    assert difference("energy ... uJ\n", "energy 1.6 uJ\n") is None


def test_a_page_with_a_wrong_output_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = (
        "```bash\nzigzag-imc layers ds_cnn\n```\n\n```text\nlayer\n...\nds_cnn: 9 layers ...\n```\n"
    )
    assert len(walk(page, tmp_path)) == 1
    assert not walk(page.replace("9 layers", "10 layers"), tmp_path)

"""The page of benchmarks and the script that writes two of its sections."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.networks import FIRST, NEXT, sections_of, with_sections

PAGE = (Path(__file__).parents[2] / "benchmarks" / "README.md").read_text(encoding="utf-8")


def test_other_sections_of_the_page_stay() -> None:
    page = with_sections(PAGE, f"{FIRST}\n\nAs measured today.\n\n")
    before, after = PAGE.index(FIRST), PAGE.index(NEXT)
    assert page == f"{PAGE[:before]}{FIRST}\n\nAs measured today.\n\n{PAGE[after:]}"


def test_a_page_without_the_sections_is_refused() -> None:
    with pytest.raises(SystemExit, match="## Several macros"):
        with_sections(f"{FIRST}\n", "")


def test_the_page_says_what_the_script_writes() -> None:
    """But for what was measured, and when: tables, days, versions and sizes."""
    written = PAGE[PAGE.index(FIRST) : PAGE.index(NEXT)]
    assert _words(written) == _words(sections_of((), (), 0.0, 60.0))


def _words(section: str) -> list[str]:
    prose = " ".join(line for line in section.splitlines() if not line.startswith("|"))
    unmeasured = re.sub(r"(?s)Made by .*?zigzag-dse [\d.]+|\d+ MB", "", prose)
    return unmeasured.split()

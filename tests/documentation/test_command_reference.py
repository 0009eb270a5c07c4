"""The page of commands says what the commands say."""

from __future__ import annotations

from tests.documentation.scripts import script


def test_the_page_of_commands_is_up_to_date() -> None:
    """``python docs/write_commands.py`` writes it again."""
    commands = script("write_commands")
    assert commands.TARGET.read_text(encoding="utf-8") == commands.page()

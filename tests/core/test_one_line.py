"""Messages stay on one line, and show what nobody would see."""

from __future__ import annotations

import pytest

from zigzag_imc.core.one_line import one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a layer", "a layer"),
        (" a\n\n b\r\tc ", "a b c"),
        ("é 网", "é 网"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("\0", "\\x00"),
        ("\udcff", "\\udcff"),
        ("\u202e", "\\u202e"),
    ],
)
def test_one_line(text: str, shown: str) -> None:
    assert one_line(text) == shown
    assert "\n" not in one_line(text)

"""The lines of a loop nest as words and signs, and what several kinds of line are made of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from zigzag_imc.core.mapping import Loop

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|#.*|[^\s,"#:\[\])]+|[,:\[\])])')
_MOST_DIGITS = 18


class WrongLineError(Exception):
    """What is wrong with a line."""


def split_line(line: str) -> list[str]:
    """Return the words and signs of a line without its comment; names in quotes keep them."""
    found, place = [], 0
    line = line.rstrip()
    while place < len(line):
        match = _TOKEN.match(line, place)
        if match is None:
            return [line.strip()]  # an open quote: whatever reads it says what it expected
        if match[1].startswith("#"):
            break
        found.append(match[1])
        place = match.end()
    return found


def parse_loop(tokens: Sequence[str], length: int, form: str) -> Loop:
    """Return the dimension and the factor of a loop of so many words and signs."""
    if len(tokens) != length or [*tokens[2:6], tokens[7]] != ["in", "[", "0", ",", ")"]:
        raise WrongLineError(f"found {shown(tokens)}, expected '{form}'")
    is_number = tokens[6].isdecimal() and len(tokens[6]) <= _MOST_DIGITS
    if not is_number or int(tokens[6]) < 1:
        raise WrongLineError(
            f"found the factor {shown([tokens[6]])}, expected a whole number, at least 1"
        )
    return tokens[1], int(tokens[6])


def names_between_commas(tokens: Sequence[str], form: str) -> Iterator[str]:
    """Return the names between commas."""
    if len(tokens) % 2 != 1 or any(sign != "," for sign in tokens[1::2]):
        raise WrongLineError(f"found {shown(tokens) if tokens else 'nothing'}, expected '{form}'")
    return iter([parse_name(token) for token in tokens[::2]])


def parse_name(token: str) -> str:
    """Return a name, which stands in quotes where it is no plain word."""
    if not token.startswith('"'):
        return token
    try:
        return str(json.loads(token))
    except ValueError:
        raise WrongLineError(f"found {shown([token])}, expected a name in quotes") from None


def shown(tokens: Sequence[str]) -> str:
    """Return a line as messages show it."""
    text = " ".join(tokens)
    return repr(text if len(text) <= 60 else f"{text[:57]}...")

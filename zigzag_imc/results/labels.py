"""Names short enough for tables and figures, and still different from each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

_GAP = ".."
_LEAST = 12
"""Width below which a label has no room for a part from the middle."""
_MOST_BEFORE = 9
"""Characters that may stand before the first difference, so that a number has its word."""
_HEADS = (0.5, 0.2, 0.8)
"""Shares of what is left beside the middle that the begin of a name may get; the end has the
rest."""


def shorten(text: str, width: int) -> str:
    """Shorten in the middle, where long layer names differ least."""
    if len(text) <= width:
        return text
    return _with_gap(text, (width - 2) // 2, width)


def labels(names: Sequence[str], width: int) -> list[str]:
    """Return names cut to a width, different names by different labels.

    Names that would look alike keep the part in which they differ; where that does not tell them
    apart, the place of each among all names does.
    """
    different = list(dict.fromkeys(names))
    short = {name: shorten(name, width) for name in different}
    if width >= _LEAST:
        for alike in _alike(short):
            short |= _told_apart(alike, width, frozenset(short.values()))
    for alike in _alike(short):
        short |= _numbered(alike, different, width)
    return [short[name] for name in names]


def _alike(short: dict[str, str]) -> list[list[str]]:
    """Return the groups of names that have the same label."""
    groups: dict[str, list[str]] = {}
    for name, label in short.items():
        groups.setdefault(label, []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def _told_apart(alike: Sequence[str], width: int, taken: frozenset[str]) -> dict[str, str]:
    """Return labels that show where names begin to differ, as far as there is room.

    ``taken`` are the labels of others.
    """
    place = _first_difference(alike)
    tried = [{name: _around(name, place, width, head) for name in alike} for head in _HEADS]
    best = max(tried, key=lambda short: len(set(short.values()) - taken))
    for still in _alike(best):
        if len(still) < len(alike):  # they differ from each other further to the right
            best |= _told_apart(still, width, taken | frozenset(best.values()))
    return best


def _first_difference(names: Sequence[str]) -> int:
    """Return how many characters all names begin with alike."""
    columns = zip(*names, strict=False)  # as far as the shortest goes
    return len(list(takewhile(lambda column: len(set(column)) == 1, columns)))


def _around(name: str, place: int, width: int, head_share: float) -> str:
    """Return begin and end of a name, and in between the word that stands at a place."""
    if len(name) <= width:
        return name
    start, end = _word(name, place, most=(width - 2 * len(_GAP)) // 2)
    room = width - 2 * len(_GAP) - (end - start)
    head = round(head_share * room)
    tail = room - head
    if start <= head + len(_GAP):  # hardly anything would be left out before it
        return _with_gap(name, width - len(_GAP) - tail, width)
    if end + len(_GAP) >= len(name) - tail:  # nor after it
        return _with_gap(name, head, width)
    return f"{name[:head]}{_GAP}{name[start:end]}{_GAP}{name[len(name) - tail :]}"


def _with_gap(name: str, head: int, width: int) -> str:
    """Return so many characters from the begin of a name, and from its end what fits."""
    return f"{name[:head]}{_GAP}{name[len(name) - (width - len(_GAP) - head) :]}"


def _word(name: str, place: int, most: int) -> tuple[int, int]:
    """Return begin and end of the word around a place, or of what of it may be shown."""
    before = re.search(r"[\w.]*$", name[:place])
    after = re.match(r"\w*", name[place:])
    least = place - min(_MOST_BEFORE, most // 2)
    start = max(0, least, before.start() if before else place)
    end = place + max(1, len(after[0]) if after else 1)
    return start, min(end, start + most, len(name))


def _numbered(alike: Iterable[str], names: Sequence[str], width: int) -> dict[str, str]:
    """Return labels that end with the place of a name among all names."""
    places = {name: f"{_GAP}#{names.index(name) + 1}" for name in alike}
    return {name: f"{name[: max(0, width - len(end))]}{end}" for name, end in places.items()}

"""Texts, trees and bytes with something wrong in them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from random import Random
from typing import Any

import yaml

WHOLE = (0, -1, 1, 2, 3, 7, 255, 10**6, 2**31, 2**53, 10**15, 10**16, 2**62, 2**63 - 1, 2**64)
"""Whole numbers at which something may end."""

REAL = (0.0, -0.5, 0.1, 1e-320, 1e-30, 1e15, 1e16, 1e300, 1.7e308, float("inf"), float("nan"))
"""Numbers that are hard to add up."""

TEXTS = (
    "",
    " ",
    "0",
    "-1",
    "1e9",
    "é网",
    "a\nb",
    "\0",
    "\x1b[31m",
    "../x",
    "null",
    "%s{}",
    "[key]",
    "x" * 3000,
    "9" * 5000,
)
"""Texts that nobody expects."""

YAML_SNIPPETS = (
    "!!int x",
    "!!bool foo",
    "!!timestamp foo",
    "!!binary '='",
    "!!set {a, b}",
    "!!omap [a: 1]",
    "!!python/object:os.system x",
    "&a [*a]",
    "*nowhere",
    "<<: {a: 1}",
    "? [1]: 2",
    "1:59:59",
    "0x" + "f" * 600,
    "2001-99-99",
    "~: 1",
    "[" * 300,
    "{a: {b: {c: [",
    "\t",
    "--- 1",
    "%YAML 9.9",
    "|2",
    "'",
    "@",
)
"""Pieces of YAML that few files have."""


def junk(draw: Random) -> Any:
    """Draw a value that may belong nowhere."""
    kinds: tuple[Callable[[], Any], ...] = (
        lambda: draw.choice(WHOLE),
        lambda: draw.choice(REAL),
        lambda: draw.choice(TEXTS),
        lambda: draw.choice((None, True, False)),
        lambda: [draw.choice(WHOLE)] * draw.choice((0, 1, 3)),
        lambda: {draw.choice(TEXTS[:9]): draw.choice(WHOLE)},
        lambda: _nested(draw.choice((3, 60, 150))),
    )
    return draw.choice(kinds)()


def _nested(depth: int) -> Any:
    value: Any = 1
    for number in range(depth):
        value = [value] if number % 2 else {"a": value}
    return value


# ---------------------------------------------------------------- trees
def changed_tree(tree: Any, draw: Random) -> Any:
    """Return a tree of mappings, lists and values with some places changed."""
    tree = copy.deepcopy(tree)
    changes = _TREE_CHANGES if draw.random() < 0.4 else (_put_alike,)
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        places = list(_places(tree))
        if places:
            holder, key = draw.choice(places)
            draw.choice(changes)(holder, key, draw)
    return tree


def _places(tree: Any) -> Any:
    children: Any = ()
    if isinstance(tree, dict):
        children = tree.items()
    elif isinstance(tree, list):
        children = enumerate(tree)
    for key, child in children:
        yield tree, key
        yield from _places(child)


def _put_junk(holder: Any, key: Any, draw: Random) -> None:
    holder[key] = junk(draw)


def _put_alike(holder: Any, key: Any, draw: Random) -> None:
    """Put another value of the same kind: what reads the file may well accept it."""
    value = holder[key]
    if isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, int):
        near = (value + 1, value - 1, value * 2, value // 2, value * value)
        holder[key] = draw.choice((*near, 1, 2, 3, 8, 64, 1000, 10**6, 2**31, 10**15))
    elif isinstance(value, float):
        holder[key] = draw.choice((value * 2, value / 3, 0.0, 1.0, 1e-30, 1e-9, 1e9, 1e15))
    elif isinstance(value, str):
        texts = [other[at] for other, at in _places(holder) if isinstance(other[at], str)]
        holder[key] = draw.choice(texts)
    elif isinstance(value, list):
        draw.shuffle(value)


def _remove(holder: Any, key: Any, draw: Random) -> None:
    del holder[key]


def _scale(holder: Any, key: Any, draw: Random) -> None:
    value = holder[key]
    if isinstance(value, int) and not isinstance(value, bool):
        holder[key] = draw.choice((value + 1, value - 1, -value, 2 * value, value**3))
    elif isinstance(value, float):
        holder[key] = value * draw.choice((0.0, -1.0, 1.000001, 0.5, 1e9, 1e-9, 1e200))
    else:
        holder[key] = junk(draw)


def _rename(holder: Any, key: Any, draw: Random) -> None:
    if isinstance(holder, dict):
        holder[draw.choice((*TEXTS[:13], str(key)[:-1], str(key).upper()))] = holder.pop(key)
    else:
        holder.append(holder[key])


def _double(holder: Any, key: Any, draw: Random) -> None:
    if isinstance(holder, list):
        holder[key:key] = [copy.deepcopy(holder[key])] * draw.choice((1, 1, 20))
    else:
        holder[f"{key}2"] = copy.deepcopy(holder[key])


def _move(holder: Any, key: Any, draw: Random) -> None:
    places = list(_places(holder))
    other, name = draw.choice(places)
    holder[key] = copy.deepcopy(other[name])


_TREE_CHANGES = (_put_junk, _put_junk, _scale, _scale, _remove, _rename, _double, _move)


def changed_json(text: str, draw: Random) -> bytes:
    """Return the text of a JSON file with its meaning changed, or how it is written."""
    if draw.random() < 0.2:
        return changed_bytes(text.encode(), draw)
    return json.dumps(changed_tree(json.loads(text), draw)).encode()


def changed_yaml(text: str, draw: Random) -> bytes:
    """Return the text of a YAML file with its meaning changed, or how it is written."""
    how = draw.random()
    if how < 0.5:
        tree = changed_tree(yaml.safe_load(text), draw)
        written: str = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)
        return written.encode()
    return changed_text(text, draw) if how < 0.85 else changed_bytes(text.encode(), draw)


# ---------------------------------------------------------------- texts and bytes
def changed_text(text: str, draw: Random, pieces: tuple[str, ...] = YAML_SNIPPETS) -> bytes:
    """Return a text with some lines gone, doubled, moved, or with a piece put in."""
    lines = text.split("\n")
    for _ in range(draw.choice((1, 1, 2, 3))):
        at = draw.randrange(len(lines))
        change = draw.randrange(5)
        if change == 0:
            lines.insert(at, lines[draw.randrange(len(lines))])
        elif change == 1 and len(lines) > 1:
            del lines[at]
        elif change == 2:
            indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
            lines.insert(at, indent + draw.choice(pieces))
        else:
            words = lines[at].split(" ")
            words[draw.randrange(len(words))] = draw.choice((*pieces, *TEXTS, str(junk(draw))))
            lines[at] = " ".join(words)
    return "\n".join(lines).encode("utf-8", "replace")


def changed_bytes(content: bytes, draw: Random) -> bytes:
    """Return bytes of which some are other ones, gone, doubled, or cut off."""
    changed = bytearray(content)
    for _ in range(draw.choice((1, 2, 4, 16))):
        at = draw.randrange(len(changed) + 1)
        length = draw.choice((1, 1, 2, 8, 64))
        change = draw.randrange(5)
        if change == 0:
            del changed[at : at + length]
        elif change == 1:
            changed[at:at] = changed[at : at + length]
        elif change == 2:
            changed[at:at] = draw.randbytes(length)
        elif at < len(changed):
            changed[at] = draw.choice((0, 1, 127, 128, 255, draw.randrange(256)))
    return bytes(changed[: draw.randrange(len(changed) + 1)] if draw.random() < 0.1 else changed)

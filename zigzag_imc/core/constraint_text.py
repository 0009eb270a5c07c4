"""Constraints as text: ``unroll K on D1 = 16``, ``order K > C``, and so on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn, cast

from zigzag_imc.core.arguments import shown
from zigzag_imc.core.constraints import (
    AllowedDims,
    Constraint,
    EvenAllocation,
    FixedLoop,
    FixedUnrolling,
    InnerLoops,
    LeastUtilization,
    LoopOrder,
    OuterLoops,
    Relation,
    Stationary,
    TileSize,
)
from zigzag_imc.core.errors import OptionError, nearest
from zigzag_imc.core.layer import OPERANDS

FORMS = {
    "unroll": "unroll K on D1 = 16",
    "allow": "allow K, OX on D1",
    "inner": "inner OX 4, OY *",
    "outer": "outer K 8, C *",
    "order": "order K > C > OX",
    "tile": "tile K of W in cells <= 16",
    "even": "even, or even in sram",
    "stationary": "stationary W in cells",
    "utilization": "utilization >= 0.5",
}
"""An example of every kind, by its first word."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = r"[^\s,<>=*]+"
_RELATION = r"(?P<relation><=|>=|=)\s*(?P<size>\d+)"


def parse_constraint(text: object) -> Constraint:
    """Return the constraint that a text means.

    Raises
    ------
    OptionError
        When it is none: what was found, and what would be valid.
    """
    if not isinstance(text, str):
        raise OptionError(
            f"constraint: found {shown(text)}, expected a text such as {FORMS['unroll']!r}"
        )
    words = " ".join(text.split())
    kind = words[: len(words) - len(words.lstrip(_LETTERS))]
    rest = words[len(kind) :].strip()
    if kind not in _READERS:
        raise OptionError(
            f"constraint: found {shown(text)}, expected one that begins with "
            f"{', '.join(FORMS)}{nearest(kind, FORMS)}"
        )
    return _READERS[kind](rest, text)


def _refuse(text: str, kind: str, why: str = "") -> NoReturn:
    """Refuse a text that has not the form of its kind."""
    raise OptionError(f"constraint: found {shown(text)}{why}, expected such as {FORMS[kind]!r}")


def _matched(kind: str, form: str, rest: str, text: str) -> re.Match[str]:
    found = re.fullmatch(form, rest)
    if found is None:
        _refuse(text, kind)
    return found


def _related(kind: str, found: re.Match[str], text: str) -> tuple[Relation, int]:
    """Relation and size, which is at least one."""
    size = int(found["size"])
    if size < 1:
        _refuse(text, kind, " with a size below 1")
    return cast(Relation, found["relation"]), size


def _operand(kind: str, found: re.Match[str], text: str) -> str:
    operand = found["operand"]
    if operand not in OPERANDS:
        _refuse(text, kind, f" with operand {operand!r} (they are {', '.join(OPERANDS)})")
    return operand


def _words(kind: str, rest: str, text: str, between: str = ",") -> tuple[str, ...]:
    """Words of a list, none twice."""
    words = tuple(word.strip() for word in rest.split(between))
    if not all(re.fullmatch(_WORD, word) for word in words):
        _refuse(text, kind)
    if len(set(words)) < len(words):
        _refuse(text, kind, " with a name twice")
    return words


def _unroll(rest: str, text: str) -> FixedUnrolling:
    found = _matched("unroll", rf"(?P<dim>{_WORD}) on (?P<array>{_WORD}) ?{_RELATION}", rest, text)
    return FixedUnrolling(found["dim"], found["array"], *_related("unroll", found, text))


def _allow(rest: str, text: str) -> AllowedDims:
    found = _matched("allow", rf"(?P<dims>.+) on (?P<array>{_WORD})", rest, text)
    none = found["dims"] == "nothing"
    return AllowedDims(() if none else _words("allow", found["dims"], text), found["array"])


def _loops(kind: str, rest: str, text: str) -> tuple[FixedLoop, ...]:
    """Loops with their iterations; a star stands for all that are left."""
    loops: list[FixedLoop] = []
    for part in rest.split(","):
        found = re.fullmatch(rf"(?P<dim>{_WORD})( (?P<size>\d+)| ?\*)", part.strip())
        if found is None:
            _refuse(text, kind)
        size = None if found["size"] is None else int(found["size"])
        if size is not None and size < 1:
            _refuse(text, kind, " with a size below 1")
        loops.append((found["dim"], size))
    return tuple(loops)


def _inner(rest: str, text: str) -> InnerLoops:
    return InnerLoops(_loops("inner", rest, text))


def _outer(rest: str, text: str) -> OuterLoops:
    return OuterLoops(_loops("outer", rest, text))


def _order(rest: str, text: str) -> LoopOrder:
    dims = _words("order", rest, text, ">")
    if len(dims) < 2:
        _refuse(text, "order", " with one dimension")
    return LoopOrder(dims)


def _tile(rest: str, text: str) -> TileSize:
    form = rf"(?P<dim>{_WORD}) of (?P<operand>{_WORD}) in (?P<memory>{_WORD}) ?{_RELATION}"
    found = _matched("tile", form, rest, text)
    operand = _operand("tile", found, text)
    return TileSize(found["dim"], operand, found["memory"], *_related("tile", found, text))


def _even(rest: str, text: str) -> EvenAllocation:
    if not rest:
        return EvenAllocation()
    found = _matched("even", r"in (?P<memories>.+)", rest, text)
    return EvenAllocation(_words("even", found["memories"], text))


def _stationary(rest: str, text: str) -> Stationary:
    found = _matched("stationary", rf"(?P<operand>{_WORD}) in (?P<memory>{_WORD})", rest, text)
    return Stationary(_operand("stationary", found, text), found["memory"])


def _utilization(rest: str, text: str) -> LeastUtilization:
    form = r">= ?(?P<share>\d*\.?\d+(e-?\d+)?)(?P<percent> ?%)?"
    found = _matched("utilization", form, rest, text)
    share = float(found["share"]) / (100 if found["percent"] else 1)
    if not 0 <= share <= 1:
        _refuse(text, "utilization", " outside 0 to 1")
    return LeastUtilization(share)


_READERS: dict[str, Callable[[str, str], Constraint]] = {
    "unroll": _unroll,
    "allow": _allow,
    "inner": _inner,
    "outer": _outer,
    "order": _order,
    "tile": _tile,
    "even": _even,
    "stationary": _stationary,
    "utilization": _utilization,
}

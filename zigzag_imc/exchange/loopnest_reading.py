"""Loop nests read back from text.

The grammar is that of `loopnest`, indentation and comments are for people.

loopnest 1
layer NAME, NAME...
  MEMORY: OPERAND, OPERAND...
  for DIM in [0, FACTOR)
  parfor DIM in [0, FACTOR) on ARRAY_DIM
layer NAME
  no mapping
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import ResultError, nearest
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import Loop
from zigzag_imc.exchange.loopnest import VERSION
from zigzag_imc.results.mapping_file import MappingFile, MappingFileEntry
from zigzag_imc.results.parts import SpatialRecord, TemporalRecord

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|#.*|[^\s,"#:\[\])]+|[,:\[\])])')
_WORDS = ("layer", "for", "parfor", "no mapping", "MEMORY: OPERANDS")


class _WrongLineError(Exception):
    """What is wrong with a line."""


@dataclass
class _Nest:
    """A layer as far as it has been read: loops from the outermost in."""

    names: tuple[str, ...]
    line: int
    loops: list[Loop] = field(default_factory=list)
    spatial: dict[str, dict[str, int]] = field(default_factory=dict)
    memories: list[tuple[str, str, int]] = field(default_factory=list)
    """Memory, operand, and how many loops stand outside."""
    unmapped: bool = False


def parse_loopnest(text: str, source: str, accelerator: Accelerator) -> MappingFile:
    """Read mappings from the text of loop nests.

    Parameters
    ----------
    text, source
        The text, and what to call it in messages.
    accelerator
        Whose memories the nests name.

    Raises
    ------
    ResultError
        In one line: source, number of the line, what was found, what would be valid.
    """
    nests: list[_Nest] = []
    number = 0
    try:
        lines = list(enumerate(text.splitlines(), 1))
        meaningful = [
            (number, tokens) for number, line in lines if (tokens := _tokens(line, number))
        ]
        if not meaningful:
            raise _WrongLineError(
                "is empty, expected JSON or a loop nest that begins with 'loopnest 1'"
            )
        number, first = meaningful[0]
        _check_head(first)
        for number, tokens in meaningful[1:]:
            _read_line(tokens, number, nests, accelerator)
        entries = []
        for nest in nests:
            number = nest.line
            entries.append(_entry(nest, accelerator))
    except _WrongLineError as problem:
        where = f": line {number}" if number else ""
        raise ResultError(f"{source}{where}: {' '.join(str(problem).split())}") from None
    return MappingFile(layers=tuple(entries))


# ------------------------------------------------------------------ lines
def _tokens(line: str, number: int) -> list[str]:
    """Words and signs of a line without its comment; names in quotes keep them."""
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


def _check_head(tokens: Sequence[str]) -> None:
    if tokens[0] != "loopnest":
        raise _WrongLineError(
            f"found {_shown(tokens)}, expected JSON or a loop nest that begins with 'loopnest "
            f"{VERSION}'"
        )
    if list(tokens[1:]) != [str(VERSION)]:
        raise _WrongLineError(
            f"found {_shown(tokens)}, expected 'loopnest {VERSION}': no other version is known"
        )


def _read_line(
    tokens: Sequence[str], number: int, nests: list[_Nest], accelerator: Accelerator
) -> None:
    if tokens[0] == "layer" and tokens[1:2] != [":"]:
        nests.append(_Nest(tuple(_listed(tokens[1:], "layer NAME, NAME")), number))
        return
    if not nests:
        raise _WrongLineError(f"found {_shown(tokens)}, expected 'layer NAME'")
    nest = nests[-1]
    if tokens[1:2] == [":"]:
        _read_memory(tokens, nest, accelerator)
    elif tokens[0] == "for":
        nest.loops.append(_loop(tokens, 8, "for DIM in [0, FACTOR)"))
    elif tokens[0] == "parfor":
        dim, factor = _loop(tokens, 10, "parfor DIM in [0, FACTOR) on ARRAY_DIM")
        if tokens[8] != "on":
            raise _WrongLineError(
                f"found {_shown(tokens)}, expected 'parfor DIM in [0, FACTOR) on ARRAY_DIM'"
            )
        unrolled = nest.spatial.setdefault(tokens[9], {})
        if dim in unrolled:
            raise _WrongLineError(f"{dim} is unrolled twice on {tokens[9]}")
        unrolled[dim] = factor
    elif list(tokens) == ["no", "mapping"]:
        nest.unmapped = True
    else:
        raise _WrongLineError(
            f"found {_shown(tokens)}, expected one of "
            f"{', '.join(_WORDS)}{nearest(tokens[0], _WORDS)}"
        )


def _read_memory(tokens: Sequence[str], nest: _Nest, accelerator: Accelerator) -> None:
    name = _name(tokens[0])
    known = [memory.name for memory in accelerator.memories]
    if name not in known:
        raise _WrongLineError(
            f"the accelerator has no memory {name!r}{nearest(name, known)}; it has "
            f"{', '.join(known)}"
        )
    for operand in _listed(tokens[2:], "MEMORY: OPERAND, OPERAND"):
        held = accelerator.memories[known.index(name)].operands
        if operand not in held:
            raise _WrongLineError(
                f"memory {name!r} does not hold {operand!r}, it holds {', '.join(held)}"
            )
        if (name, operand) in [(memory, other) for memory, other, _ in nest.memories]:
            raise _WrongLineError(f"memory {name!r} holds {operand} twice")
        nest.memories.append((name, operand, len(nest.loops)))


def _loop(tokens: Sequence[str], length: int, form: str) -> Loop:
    if len(tokens) != length or [*tokens[2:6], tokens[7]] != ["in", "[", "0", ",", ")"]:
        raise _WrongLineError(f"found {_shown(tokens)}, expected '{form}'")
    if not tokens[6].isdecimal() or int(tokens[6]) < 1:
        raise _WrongLineError(
            f"found the factor {tokens[6]!r}, expected a whole number, at least 1"
        )
    return tokens[1], int(tokens[6])


def _listed(tokens: Sequence[str], form: str) -> Iterator[str]:
    """Names between commas."""
    if len(tokens) % 2 != 1 or any(sign != "," for sign in tokens[1::2]):
        raise _WrongLineError(f"found {_shown(tokens) if tokens else 'nothing'}, expected '{form}'")
    return iter([_name(token) for token in tokens[::2]])


def _name(token: str) -> str:
    if not token.startswith('"'):
        return token
    try:
        return str(json.loads(token))
    except ValueError:
        raise _WrongLineError(f"found {token}, expected a name in quotes") from None


def _shown(tokens: Sequence[str]) -> str:
    text = " ".join(tokens)
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


# ------------------------------------------------------------------ layers
def _entry(nest: _Nest, accelerator: Accelerator) -> MappingFileEntry:
    name = nest.names[0]
    if nest.unmapped:
        if nest.loops or nest.spatial or nest.memories:
            raise _WrongLineError(f"layer {name!r} says 'no mapping', but has one")
        return MappingFileEntry(name=name, names=nest.names, spatial=None, temporal=None)
    inner = tuple(reversed(nest.loops))
    temporal: TemporalRecord = {
        "W": _levels("W", nest, inner, accelerator),
        "I": _levels("I", nest, inner, accelerator),
        "O": _levels("O", nest, inner, accelerator),
    }
    spatial: SpatialRecord = nest.spatial
    return MappingFileEntry(name=name, names=nest.names, spatial=spatial, temporal=temporal)


def _levels(
    operand: str, nest: _Nest, inner: tuple[Loop, ...], accelerator: Accelerator
) -> tuple[tuple[Loop, ...], ...]:
    """Loops per memory of an operand, lowest and innermost first."""
    assert operand in OPERANDS
    expected = [accelerator.memories[index].name for index in reversed(accelerator.levels[operand])]
    found = [memory for memory, other, _ in nest.memories if other == operand]
    if found != expected:
        raise _WrongLineError(
            f"layer {nest.names[0]!r}: the memories of {operand} are "
            f"{', '.join(found) or 'missing'} from the "
            f"outermost, expected {', '.join(expected)}"
        )
    places = [place for _, other, place in nest.memories if other == operand]
    if places[0]:
        raise _WrongLineError(
            f"layer {nest.names[0]!r}: a loop stands outside {expected[0]}, which holds all of "
            f"{operand}"
        )
    edges = [0, *(len(inner) - place for place in reversed(places))]
    return tuple(inner[low:high] for low, high in pairwise(edges))

"""Loop nests read back from text.

The grammar is that of `loopnest`, indentation and comments are for people.

loopnest 1
layer NAME, NAME...
  stored first|second
  MEMORY: OPERAND, OPERAND...
  for DIM in [0, FACTOR)
  parfor DIM in [0, FACTOR) on ARRAY_DIM
layer NAME
  no mapping
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import get_args

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import ResultError, nearest
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import Loop
from zigzag_imc.core.stored_operand import Position
from zigzag_imc.exchange.loopnest import VERSION
from zigzag_imc.exchange.loopnest_tokens import (
    WrongLineError,
    names_between_commas,
    parse_loop,
    parse_name,
    shown,
    split_line,
)
from zigzag_imc.results.mapping_file import MappingFile, MappingFileEntry, StoredEntry
from zigzag_imc.results.parts import SpatialRecord, TemporalRecord

_WORDS = ("layer", "for", "parfor", "no mapping", "stored", "MEMORY: OPERANDS")


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
    stored: Position | None = None
    """Which of two activations is in the array, where the nest says so."""


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
        split = [(number, split_line(line)) for number, line in enumerate(text.splitlines(), 1)]
        meaningful = [(number, tokens) for number, tokens in split if tokens]
        if not meaningful:
            raise WrongLineError(
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
    except WrongLineError as problem:
        where = f": line {number}" if number else ""
        raise ResultError(f"{source}{where}: {' '.join(str(problem).split())}") from None
    return MappingFile(layers=tuple(entries))


# ------------------------------------------------------------------ lines
def _check_head(tokens: Sequence[str]) -> None:
    if tokens[0] != "loopnest":
        raise WrongLineError(
            f"found {shown(tokens)}, expected JSON or a loop nest that begins with 'loopnest "
            f"{VERSION}'"
        )
    if list(tokens[1:]) != [str(VERSION)]:
        raise WrongLineError(
            f"found {shown(tokens)}, expected 'loopnest {VERSION}': no other version is known"
        )


def _read_line(
    tokens: Sequence[str], number: int, nests: list[_Nest], accelerator: Accelerator
) -> None:
    if tokens[0] == "layer" and tokens[1:2] != [":"]:
        nests.append(_Nest(tuple(names_between_commas(tokens[1:], "layer NAME, NAME")), number))
        return
    if not nests:
        raise WrongLineError(f"found {shown(tokens)}, expected 'layer NAME'")
    nest = nests[-1]
    if tokens[1:2] == [":"]:
        _read_memory(tokens, nest, accelerator)
    elif tokens[0] == "for":
        nest.loops.append(parse_loop(tokens, 8, "for DIM in [0, FACTOR)"))
    elif tokens[0] == "parfor":
        _read_unrolling(tokens, nest)
    elif list(tokens) == ["no", "mapping"]:
        nest.unmapped = True
    elif tokens[0] == "stored":
        nest.stored = _position(tokens)
    else:
        raise WrongLineError(
            f"found {shown(tokens)}, expected one of "
            f"{', '.join(_WORDS)}{nearest(tokens[0], _WORDS)}"
        )


def _position(tokens: Sequence[str]) -> Position:
    for position in get_args(Position):
        if list(tokens[1:]) == [position]:
            return position  # type: ignore[no-any-return]
    raise WrongLineError(f"found {shown(tokens)}, expected 'stored first' or 'stored second'")


def _read_unrolling(tokens: Sequence[str], nest: _Nest) -> None:
    form = "parfor DIM in [0, FACTOR) on ARRAY_DIM"
    dim, factor = parse_loop(tokens, 10, form)
    on, array_dim = tokens[8:]
    if on != "on":
        raise WrongLineError(f"found {shown(tokens)}, expected '{form}'")
    unrolled = nest.spatial.setdefault(array_dim, {})
    if dim in unrolled:
        raise WrongLineError(f"{dim} is unrolled twice on {array_dim}")
    unrolled[dim] = factor


def _read_memory(tokens: Sequence[str], nest: _Nest, accelerator: Accelerator) -> None:
    name = parse_name(tokens[0])
    known = {memory.name: memory for memory in accelerator.memories}
    if name not in known:
        raise WrongLineError(
            f"the accelerator has no memory {name!r}{nearest(name, known)}; it has "
            f"{', '.join(known)}"
        )
    for operand in names_between_commas(tokens[2:], "MEMORY: OPERAND, OPERAND"):
        held = known[name].operands
        if operand not in held:
            raise WrongLineError(
                f"memory {name!r} does not hold {operand!r}, it holds {', '.join(held)}"
            )
        if (name, operand) in [(memory, other) for memory, other, _ in nest.memories]:
            raise WrongLineError(f"memory {name!r} holds {operand} twice")
        nest.memories.append((name, operand, len(nest.loops)))


# ------------------------------------------------------------------ layers
def _entry(nest: _Nest, accelerator: Accelerator) -> MappingFileEntry:
    name = nest.names[0]
    if nest.unmapped:
        if nest.loops or nest.spatial or nest.memories:
            raise WrongLineError(f"layer {name!r} says 'no mapping', but has one")
        return MappingFileEntry(name=name, names=nest.names, spatial=None, temporal=None)
    inner = tuple(reversed(nest.loops))
    temporal: TemporalRecord = {
        "W": _levels("W", nest, inner, accelerator),
        "I": _levels("I", nest, inner, accelerator),
        "O": _levels("O", nest, inner, accelerator),
    }
    spatial: SpatialRecord = nest.spatial
    stored = nest.stored and StoredEntry(position=nest.stored)
    return MappingFileEntry(
        name=name, names=nest.names, spatial=spatial, temporal=temporal, stored_operand=stored
    )


def _levels(
    operand: str, nest: _Nest, inner: tuple[Loop, ...], accelerator: Accelerator
) -> tuple[tuple[Loop, ...], ...]:
    """Loops per memory of an operand, lowest and innermost first."""
    assert operand in OPERANDS
    expected = [accelerator.memories[index].name for index in reversed(accelerator.levels[operand])]
    found = [memory for memory, other, _ in nest.memories if other == operand]
    if found != expected:
        raise WrongLineError(
            f"layer {nest.names[0]!r}: the memories of {operand} are "
            f"{', '.join(found) or 'missing'} from the "
            f"outermost, expected {', '.join(expected)}"
        )
    places = [place for _, other, place in nest.memories if other == operand]
    if places[0]:
        raise WrongLineError(
            f"layer {nest.names[0]!r}: a loop stands outside {expected[0]}, which holds all of "
            f"{operand}"
        )
    edges = [0, *(len(inner) - place for place in reversed(places))]
    return tuple(inner[low:high] for low, high in pairwise(edges))

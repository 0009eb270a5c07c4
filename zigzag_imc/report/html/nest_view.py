"""The loop nest of a mapping, and in which memory each loop finds each operand."""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import LayerMapping


@dataclass(frozen=True, slots=True)
class Held:
    """Where a loop finds an operand.

    Attributes
    ----------
    operand
        ``W``, ``I`` or ``O``.
    memory, index
        The lowest memory whose tile covers all steps of the loop, and its place among all
        memories, which is its colour.
    starts
        Whether the tile in this memory begins here, so that loops further out fetch the next one.
    """

    operand: str
    memory: str
    index: int
    starts: bool


@dataclass(frozen=True, slots=True)
class NestLoop:
    """A loop of the nest.

    Attributes
    ----------
    dim, factor
        Its dimension and its steps.
    array_dim
        Where it is unrolled in space; ``None`` for a loop in time.
    held
        Where it finds each operand; nothing for a loop in space.
    """

    dim: str
    factor: int
    array_dim: str | None
    held: tuple[Held, ...] = ()


def nest_of(accelerator: Accelerator, mapping: LayerMapping) -> tuple[NestLoop, ...]:
    """Return the loops of a mapping, outermost first, those in space last."""
    loops = []
    for place in reversed(range(len(mapping.temporal.loops))):
        dim, factor = mapping.temporal.loops[place]
        held = tuple(_held(accelerator, mapping, operand, place) for operand in OPERANDS)
        loops.append(NestLoop(dim, factor, None, held))
    for array_dim, dims in mapping.spatial.unrollings:
        loops += [NestLoop(dim, factor, array_dim) for dim, factor in dims]
    return tuple(loops)


def _held(accelerator: Accelerator, mapping: LayerMapping, operand: str, place: int) -> Held:
    level = _level(mapping, operand, place)
    index = accelerator.levels[operand][level]
    is_outermost = place == len(mapping.temporal.loops) - 1
    starts = is_outermost or _level(mapping, operand, place + 1) != level
    return Held(operand, accelerator.memories[index].name, index, starts)


def _level(mapping: LayerMapping, operand: str, place: int) -> int:
    """Return the lowest level whose tile a loop lies inside; the top one holds everything."""
    cuts = mapping.temporal.of_operand(operand)
    return next((level for level, cut in enumerate(cuts) if cut > place), len(cuts))

"""Mappings as loop nests a person can read, with the memories drawn in.

`loopnest_reading` reads them back.

From the outermost line in: a memory is written where its tile is cut. What is indented below it is
done with one tile of the operands it names; the loops above it fetch the next one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from zigzag_imc.core import version
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.arguments import instance
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.one_line import one_line
from zigzag_imc.exchange.checked_mapping import checked_mapping
from zigzag_imc.models.array.slicing import seen_by
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.mapspace.capacity import held_bits
from zigzag_imc.models.movement.unrolled import loop_nest
from zigzag_imc.models.profile import CostProfile, profile_named
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.results.units import sized

VERSION = 1
"""Number behind ``loopnest`` on the first line."""

_BARE = re.compile(r"[A-Za-z0-9_.+/\-]+")


def loopnest_text(result: NetworkResult) -> str:
    """Return the mappings of all layers of a result as one text.

    Raises
    ------
    AcceleratorError
        When the result's accelerator cannot be rebuilt.
    ResultError
        When a mapping is not legal, or comes without its cost.
    OptionError
        When it is no result.
    """
    instance("result", result, NetworkResult, "a NetworkResult")
    accelerator = accelerator_from_dict(result.accelerator.description, "accelerator.description")
    blocks = [
        f"loopnest {VERSION}  # zigzag-imc {version.VERSION}: {one_line(result.network.name)} on "
        f"{one_line(accelerator.name)}, cost model {result.cost_model}, objective "
        f"{result.objective}\n"
    ]
    profile = profile_named(result.cost_model)
    for record in result.layers:
        found = record.found_by(accelerator)
        mapping = checked_mapping(record, found, profile)
        blocks.append("\n".join(_layer_lines(record, found, profile, mapping)) + "\n")
    return "\n".join(blocks)


def nest_lines(layer: Layer, accelerator: Accelerator, mapping: LayerMapping) -> list[str]:
    """Return the loop nest of one mapping, outermost line first.

    Each memory of the accelerator, as the layer sees it, comes with the room that its tiles take,
    and with what is kept there.
    """
    drawn: list[str] = []
    held = held_bits(layer, accelerator, mapping)
    places = _places(accelerator, mapping)
    short = loop_nest(layer, accelerator.array, mapping).short_steps
    for place in range(len(mapping.temporal.loops), -1, -1):
        for index in reversed(range(len(accelerator.memories))):
            kept = [operand for operand in OPERANDS if places.get((operand, index)) == place]
            if kept:
                drawn.append(_memory_line(accelerator, index, kept, held[index]))
        if place:
            dim, factor = mapping.temporal.loops[place - 1]
            line = f"for {dim} in [0, {factor})"
            if place - 1 in short:
                last, others = short[place - 1]
                line += f"  # the last step has {last} of {others}"
            drawn.append(line)
    lines = ["  " * depth + line for depth, line in enumerate(drawn)]
    pad = "  " * len(drawn)
    for array_dim, dims in mapping.spatial.unrollings:
        lines += [f"{pad}parfor {dim} in [0, {factor}) on {array_dim}" for dim, factor in dims]
    return lines


def _places(accelerator: Accelerator, mapping: LayerMapping) -> dict[tuple[str, int], int]:
    """Return how many loops stand inside each memory, by operand and position of the memory."""
    places: dict[tuple[str, int], int] = {}
    for operand in OPERANDS:
        cuts = (*mapping.temporal.of_operand(operand), len(mapping.temporal.loops))
        for index, cut in zip(accelerator.levels[operand], cuts, strict=True):
            places[operand, index] = cut
    return places


def quoted(name: str) -> str:
    """Return a name as it stands, or as a JSON string.

    The latter where it holds anything but letters, digits and ``_.+/-``.
    """
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


# ------------------------------------------------------------------ parts
def _layer_lines(
    record: LayerResult,
    accelerator: Accelerator,
    profile: CostProfile,
    mapping: LayerMapping | None,
) -> list[str]:
    loops = (
        " ".join(sized(dim, size) for dim, size in record.loop_dims.items() if size > 1)
        or "one iteration"
    )
    head = (
        f"layer {', '.join(quoted(name) for name in record.names)}  # "
        f"{one_line(record.operator)} {loops}"
    )
    kept = f", within {one_line('; '.join(record.constraints))}" if record.constraints else ""
    if mapping is None:
        return [
            f"{head}: {record.status}{kept}",
            f"  no mapping  # {one_line(record.reason or 'no reason is given')}",
        ]
    layer = record.layer()
    seen = seen_by(accelerator, layer.precision, profile)
    cost = f"{record.energy_pj:.6g} pJ, {record.latency_cycles:.6g} cycles"
    return [
        f"{head}: {record.status}, {cost}{kept}",
        *_stored_line(layer),
        *(f"  {line}" for line in nest_lines(layer, seen, mapping)),
    ]


def _stored_line(layer: Layer) -> Iterator[str]:
    """Say which of two activations is written into the array, as ``W``."""
    if layer.stored is not None:
        tensors = f"W {one_line(layer.stored.tensor)}, I {one_line(layer.stored.streamed)}"
        yield f"  stored {layer.stored.position}  # {tensors}"


def _memory_line(
    accelerator: Accelerator, index: int, operands: Iterable[str], held: Mapping[str, int]
) -> str:
    """Say what a memory holds inside of a loop, and the room for it.

    What is kept there from layer to layer is no tile, and its room is not counted among that.
    """
    memory = accelerator.memories[index]
    operands = list(operands)
    tiles = [f"{operand} {held[operand]}" for operand in operands if operand not in memory.kept]
    told = [f"{operand} kept" for operand in operands if operand in memory.kept]
    if tiles:
        left = " left" if memory.kept else ""
        told.append(f"{', '.join(tiles)} of {memory.size_bits} bits{left}")
    return f"{quoted(memory.name)}: {', '.join(operands)}  # {', '.join(told)}"

"""Machines so small that their replays can be followed by hand."""

from __future__ import annotations

from zigzag_imc.core.accelerator import Accelerator, Direction, ImcArray, MemoryInstance, Port

LARGE = 10**6
"""Bits that never run out."""


def port(width: int, *movements: str) -> Port:
    """Port of one width; movements such as ``I tl``."""
    pairs = tuple((text[0], Direction(text[2:])) for text in movements)
    return Port("+".join(movements).replace(" ", "_"), "read_write", width, width, pairs)


def memory(
    name: str, size: int, operands: str, *ports: Port, served: str = "D1 D2"
) -> MemoryInstance:
    """Memory that costs nothing."""
    return MemoryInstance(
        name, size, 0.0, 0.0, 0.0, 1, tuple(operands.split()), frozenset(served.split()), ports
    )


def cells(depth: int = 1) -> MemoryInstance:
    """Cells of so many weights per multiplier."""
    ports = port(8, "W fh"), port(8, "W tl")
    return memory("cells", 8 * depth, "W", *ports, served="")


def machine(*memories: MemoryInstance, rows: int = 1, cycles: int = 1) -> Accelerator:
    """One column of 8-bit weights; a step takes so many cycles."""
    array = ImcArray(
        analog=False,
        activation_bits=8,
        weight_bits=8,
        bits_per_cycle=8 / cycles,
        adc_bits=0,
        dimensions=(("D1", 1), ("D2", rows)),
    )
    return Accelerator("by hand", array, memories)


def top(inputs: int = 8, outputs: int = 8, weights: int = 8, *, back: int = 16) -> MemoryInstance:
    """Memory of everything, with a port for each movement; widths in bits."""
    ports = (
        port(weights, "W tl"),
        port(inputs, "I tl"),
        port(outputs, "O fl"),
        port(back, "O tl"),
    )
    return memory("top", LARGE, "W I O", *ports)


def top_of_activations(inputs: int = 8) -> MemoryInstance:
    """Memory of inputs and outputs, where all weights lie in their cells from the beginning."""
    return memory("top", LARGE, "I O", port(inputs, "I tl"), port(8, "O fl"), port(8, "O tl"))

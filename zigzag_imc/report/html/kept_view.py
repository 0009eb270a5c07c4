"""What stays on chip between layers: tensors, and how full memories are from step to step."""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.report.html.charts import Track, TrackChart
from zigzag_imc.report.html.timeline_view import levels
from zigzag_imc.results.locality import LocalityRecord

FULL = 40
"""What a memory has in a chart that is all in use."""


@dataclass(frozen=True, slots=True)
class KeptTensor:
    """A tensor that stays on chip.

    Attributes
    ----------
    name, memory
        Which, and where it stays.
    bits
        Room that it takes.
    first, last
        Steps of the network that make it and that read it last.
    """

    name: str
    memory: str
    bits: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class KeptMemory:
    """What tensors take of a memory, step by step.

    Attributes
    ----------
    name, size_bits
        Which memory, and its size.
    most_bits, fullest
        The most that tensors take of it, and in which step.
    drawn
        Its share in use, step by step.
    """

    name: str
    size_bits: int
    most_bits: int
    fullest: str
    drawn: Track


@dataclass(frozen=True, slots=True)
class KeptView:
    """What stays on chip in a network.

    Attributes
    ----------
    tensors
        Those that stay, in the order in which they are made.
    of_tensors
        How many could.
    memories
        Those that keep something.
    steps
        How many steps the network has.
    """

    tensors: tuple[KeptTensor, ...]
    of_tensors: int
    memories: tuple[KeptMemory, ...]
    steps: int

    @property
    def chart(self) -> TrackChart:
        """How full the memories are, as a chart."""
        return TrackChart(
            "kept-memories",
            "What tensors take of each memory, over the steps of the network",
            "step of the network",
            self.steps,
            ("in use", ""),
            FULL,
            tuple(one.drawn for one in self.memories),
        )


def kept_view(locality: LocalityRecord | None) -> KeptView | None:
    """Say what stays on chip; ``None`` where nothing was to."""
    if locality is None or not locality.steps:
        return None
    names = [step.name for step in locality.steps]
    tensors = [
        KeptTensor(
            one.name,
            one.memory,
            one.elements * one.element_bits,
            names[one.first],
            names[one.last],
        )
        for one in sorted(locality.tensors, key=lambda tensor: tensor.first)
        if one.memory is not None
    ]
    memories = [
        KeptMemory(
            one.memory,
            one.size_bits,
            max(one.used_bits),
            names[one.used_bits.index(max(one.used_bits))],
            Track(
                one.memory,
                levels([used / (one.size_bits or 1) for used in one.used_bits], FULL),
            ),
        )
        for one in locality.memories
        if any(one.used_bits)
    ]
    return KeptView(tuple(tensors), len(locality.tensors), tuple(memories), len(names))

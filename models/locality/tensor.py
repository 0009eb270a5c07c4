"""A tensor between layers that may stay on chip: its size, its life, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor that may stay on chip.

    Attributes
    ----------
    name
        Name of the tensor.
    elements, element_bits
        Its size: elements, and bits of each while it rests.
    first, last
        Steps from which and up to which it is held.
    memories
        Names of the memories that may keep it.
    """

    name: str
    elements: int
    element_bits: int
    first: int
    last: int
    memories: tuple[str, ...]

    @property
    def bits(self) -> int:
        """Room that it takes at rest."""
        return self.elements * self.element_bits

    def lives_at(self, step: int) -> bool:
        """Whether it is held while a step runs."""
        return self.first <= step <= self.last

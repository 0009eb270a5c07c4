"""The operand that a product of two activations writes into the array: either may be the one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Position = Literal["first", "second"]
"""Which operand of a product, in the order of the graph."""

Storing = Literal["first", "second", "best"]
"""Which of two activations is to be written into the array: a fixed one, or the better."""


@dataclass(frozen=True, slots=True)
class StoredOperand:
    """Which of the two activations of a product a layer has as its ``W``.

    Attributes
    ----------
    tensor
        Name of the tensor that is written into the array.
    streamed
        Name of the other one, which is the layer's ``I``.
    position
        Whether the stored one is the first or the second operand in the graph.
    swapped
        Whether that is not the one that the reader of the graph takes for the weights.
    free
        Whether the other one may be stored instead, where that is better.
    """

    tensor: str
    streamed: str
    position: Position = "second"
    swapped: bool = False
    free: bool = True

    def other(self) -> StoredOperand:
        """Return what holds of the same product with the other operand in the array."""
        return replace(
            self,
            tensor=self.streamed,
            streamed=self.tensor,
            position="second" if self.position == "first" else "first",
            swapped=not self.swapped,
        )

    def fixed(self) -> StoredOperand:
        """Return the same without a choice."""
        return replace(self, free=False)

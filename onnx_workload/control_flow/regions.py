"""Which body a node of the flat graph comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Branch:
    """One of the two branches of an ``If``.

    Attributes
    ----------
    name
        Name of the node.
    is_then
        Whether it is the branch for a condition that holds.
    is_taken
        Whether it is the one that runs, ``None`` where that depends on the data.
    """

    name: str
    is_then: bool
    is_taken: bool | None


@dataclass(frozen=True, slots=True)
class Repeat:
    """The body of a ``Loop``.

    Attributes
    ----------
    name
        Name of the node.
    steps
        How often it runs, ``None`` where that depends on the data.
    carried
        Tensors that go from step to step: at the start and at the end of one.
    """

    name: str
    steps: int | None
    carried: tuple[tuple[str, str], ...]


Region = Branch | Repeat

Path = tuple[Region, ...]
"""Bodies around a node, outermost first."""

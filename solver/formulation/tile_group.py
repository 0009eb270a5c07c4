"""Groups of candidates: those at a cut, of a spatial mapping, in a memory, on a port."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from zigzag_imc.solver.formulation.candidate import Candidate

T = TypeVar("T")
"""What is read off a candidate."""


@dataclass(frozen=True, slots=True)
class TileGroup:
    """Some candidates of a problem; groups keep their order.

    Attributes
    ----------
    by_number
        The candidates by their numbers in the problem.
    """

    by_number: Mapping[int, Candidate] = field(default_factory=dict)

    @classmethod
    def joined(cls, groups: Iterable[TileGroup]) -> TileGroup:
        """Put groups one after the other."""
        by_number: dict[int, Candidate] = {}
        for group in groups:
            by_number |= group.by_number
        return cls(by_number)

    @property
    def numbers(self) -> Collection[int]:
        """Numbers of the candidates."""
        return self.by_number.keys()

    @property
    def tiles(self) -> Collection[Candidate]:
        """The candidates."""
        return self.by_number.values()

    @property
    def memory(self) -> int:
        """Memory in which the first candidate takes room: that of all at one cut."""
        return next(iter(self.tiles)).room.memory

    def each(self, read: Callable[[Candidate], T]) -> list[T]:
        """Read something off every candidate."""
        return list(map(read, self.tiles))

    def where(self, holds: Callable[[Candidate], bool]) -> TileGroup:
        """Return those for which a condition holds."""
        return TileGroup({number: tile for number, tile in self.by_number.items() if holds(tile)})

    def by(self, read: Callable[[Candidate], T]) -> dict[T, TileGroup]:
        """Group by something read off; groups are in the order of their first candidates."""
        found: dict[T, dict[int, Candidate]] = {}
        for number, tile in self.by_number.items():
            found.setdefault(read(tile), {})[number] = tile
        return {key: TileGroup(own) for key, own in found.items()}

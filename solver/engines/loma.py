"""Loop-order-based mapping: all orders of a few loop factors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from zigzag_imc.core.mapping import Loop
from zigzag_imc.solver.engines.allocation import Allocator
from zigzag_imc.solver.engines.choices import highest_utilization, merged_loops
from zigzag_imc.solver.engines.engine import Engine, at_least
from zigzag_imc.solver.engines.short_draws import more_divisible
from zigzag_imc.solver.scoring.scoreboard import Scoreboard
from zigzag_imc.solver.spaces import has_any_sizes


@dataclass(frozen=True, slots=True)
class Loma(Engine):
    """All orders of at most ``factors`` loops, over the spatial mappings of highest utilization.

    Every level holds as many inner loops as fit, from the lowest up. Where tiles need not divide,
    loops over sizes a little larger and with more factors are tried as well.

    Attributes
    ----------
    factors
        Loops that are ordered: the prime factors of all loops in time, the smallest merged until so
        many remain.
    spatial_mappings
        Spatial mappings tried.

    References
    ----------
    A. Symons, L. Mei, M. Verhelst: LOMA: Fast auto-scheduling on DNN accelerators through
    loop-order-based memory allocation. AICAS 2021.
    """

    name: ClassVar[str] = "loma"
    factors: int = 6
    spatial_mappings: int = 3

    def __post_init__(self) -> None:
        at_least("factors", self.factors, 1)
        at_least("spatial_mappings", self.spatial_mappings, 1)

    def described(self) -> str:
        """Name and settings in one line."""
        return (
            f"loma: orders of {self.factors} loop factors "
            f"over {self.spatial_mappings} spatial mappings"
        )

    def explore(self, board: Scoreboard, seed: int) -> bool:
        """Score every order; nothing is left to the seed."""
        for allocator in highest_utilization(board, self.spatial_mappings):
            for loops in self._orders(board, allocator):
                board.check()
                for mapping in allocator.greedy(loops):
                    board.score(mapping)
        return False

    def _orders(self, board: Scoreboard, allocator: Allocator) -> Iterator[tuple[Loop, ...]]:
        """Yield every order of the loops that a spatial mapping leaves, then of rounded ones."""
        yield from allocator.orders(merged_loops(allocator.temporal, self.factors))
        rounded = more_divisible(allocator.temporal)
        if has_any_sizes(board.space, board.profile) and rounded != allocator.temporal:
            yield from allocator.orders(merged_loops(rounded, self.factors))

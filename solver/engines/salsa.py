"""Simulated annealing over loop orders."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.mapping import Loop
from zigzag_imc.models.mapspace.enumeration import prime_loops
from zigzag_imc.solver.engines.allocation import Allocator
from zigzag_imc.solver.engines.choices import highest_utilization
from zigzag_imc.solver.engines.engine import Engine, at_least
from zigzag_imc.solver.engines.short_draws import redrawn
from zigzag_imc.solver.scoring.scoreboard import Scoreboard
from zigzag_imc.solver.spaces import has_any_sizes

COOLEST = 1e-3
"""Share of the start temperature that is left at the end."""

REDRAWN = 0.25
"""Share of the steps that draw other loops, where tiles need not divide."""


@dataclass(frozen=True, slots=True)
class Salsa(Engine):
    """Simulated annealing over the orders of all prime factors.

    Once for each spatial mapping of highest utilization. A step swaps two loops; where tiles need
    not divide, one step in four draws other loops over a dimension. A costlier order is taken with
    probability ``exp(-increase / temperature)``, where the increase is relative and the temperature
    falls geometrically. Every level holds as many inner loops as fit.

    Attributes
    ----------
    iterations
        Steps per spatial mapping.
    start_temperature
        Relative increase of cost that is taken with probability ``1/e`` at the start.
    spatial_mappings
        Spatial mappings tried.

    References
    ----------
    V. J. B. Jung, A. Symons, L. Mei, M. Verhelst, L. Benini: SALSA: Simulated annealing based
    loop-ordering scheduler for DNN accelerators. AICAS 2023.
    """

    name: ClassVar[str] = "salsa"
    iterations: int = 1000
    start_temperature: float = 0.05
    spatial_mappings: int = 3

    def __post_init__(self) -> None:
        at_least("iterations", self.iterations, 1)
        at_least("spatial_mappings", self.spatial_mappings, 1)
        if not (
            isinstance(self.start_temperature, int | float)
            and 0 < self.start_temperature < math.inf
        ):
            raise OptionError(
                f"start_temperature: found {self.start_temperature!r}, expected a number above 0"
            )

    def described(self) -> str:
        """Name and settings in one line."""
        return (
            f"salsa: {self.iterations} steps of annealing "
            f"from temperature {self.start_temperature:g} "
            f"over {self.spatial_mappings} spatial mappings"
        )

    def explore(self, board: Scoreboard, seed: int) -> bool:
        """Anneal the loop order of one spatial mapping after the other."""
        rng = random.Random(seed)
        for allocator in highest_utilization(board, self.spatial_mappings):
            self._anneal(board, allocator, rng)
        return False

    def _anneal(self, board: Scoreboard, allocator: Allocator, rng: random.Random) -> None:
        loops = list(prime_loops(allocator.temporal))
        value = _least(board, allocator, loops)
        share = REDRAWN if has_any_sizes(board.space, board.profile) else 0.0
        for step in range(self.iterations):
            board.check()
            changed = _changed(loops, allocator.temporal, share, rng)
            if changed is None:
                return
            temperature = self.start_temperature * COOLEST ** (step / self.iterations)
            new = _least(board, allocator, changed)
            if new <= value or rng.random() < _chance(new, value, temperature):
                loops, value = changed, new


def _changed(
    loops: list[Loop], sizes: Mapping[str, int], share: float, rng: random.Random
) -> list[Loop] | None:
    """Return loops of which two are swapped, or a ``share`` of the times drawn anew.

    ``None`` where there is nothing to change.
    """
    if share and loops and rng.random() < share:
        dim = rng.choice(sorted(dict(loops)))
        return redrawn(loops, dim, sizes[dim], rng)
    if len(set(loops)) < 2:
        return loops if share and loops else None
    one = rng.randrange(len(loops))
    other = rng.choice([place for place, loop in enumerate(loops) if loop != loops[one]])
    changed = list(loops)
    changed[one], changed[other] = loops[other], loops[one]
    return changed


def _least(board: Scoreboard, allocator: Allocator, loops: list[Loop]) -> float:
    """Least objective of a loop order over its greedy allocations; infinite where nothing fits."""
    return min(
        (board.score(mapping) for mapping in allocator.greedy(tuple(loops))), default=math.inf
    )


def _chance(new: float, value: float, temperature: float) -> float:
    """Probability of taking a costlier order."""
    return math.exp(-(new / value - 1) / temperature) if value > 0 else 0.0

"""Random mappings: what any search should beat."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import ClassVar

from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.mapspace.enumeration import prime_loops
from zigzag_imc.solver.engines.allocation import Allocator
from zigzag_imc.solver.engines.engine import Engine, at_least
from zigzag_imc.solver.engines.short_draws import drawn_mapping
from zigzag_imc.solver.engines.spatial_choice import listed
from zigzag_imc.solver.scoring.scoreboard import Scoreboard
from zigzag_imc.solver.spaces import has_any_sizes


@dataclass(frozen=True, slots=True)
class RandomDraws(Engine):
    """A random spatial mapping, a random order of its prime factors, and cuts that fit.

    Drawn or greedy, half each; all are drawn where tiles may have any sizes.

    Attributes
    ----------
    samples
        Mappings drawn; those that lead to nothing that fits count, too.
    """

    name: ClassVar[str] = "random"
    samples: int = 1000

    def __post_init__(self) -> None:
        at_least("samples", self.samples, 1)

    def described(self) -> str:
        """Name and settings in one line."""
        return f"random: {self.samples} draws"

    def explore(self, board: Scoreboard, seed: int) -> bool:
        """Draw and score."""
        rng = random.Random(seed)
        spatials = listed(board)
        if has_any_sizes(board.space, board.profile):
            for spatial in rng.choices(spatials, k=self.samples) if spatials else ():
                board.check()
                mapping = drawn_mapping(board.layer, board.accelerator, spatial, rng)
                if mapping is not None:
                    board.score(mapping)
            return False
        known: dict[SpatialMapping, Allocator] = {}
        for _ in range(self.samples):
            board.check()
            if not spatials:
                break
            spatial = rng.choice(spatials)
            allocator = known.get(spatial)
            if allocator is None:
                allocator = known[spatial] = Allocator(
                    board.layer, board.accelerator, spatial, board.constraints
                )
            loops = list(prime_loops(allocator.temporal))
            rng.shuffle(loops)
            if rng.random() < 0.5:
                mapping = allocator.drawn(tuple(loops), rng)
            else:
                mapping = rng.choice([*allocator.greedy(tuple(loops))] or [None])
            if mapping is not None:
                board.score(mapping)
        return False

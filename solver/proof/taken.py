"""Taken: the spatial mappings of a batch, and their tiles that can still reach the incumbent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.candidates import candidates_of
from zigzag_imc.solver.presolve.ledger import Place
from zigzag_imc.solver.presolve.standing import SpatialOption, Standing
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.tables.cut import SpatialColumns

MOST_TILES = 150
"""Tiles from which on a batch takes no further spatial mapping.

Spatial mappings share nothing in the model, so the time for many small models grows with their
number, that for one large model faster.
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """Spatial mappings that are taken together, with their tiles.

    Attributes
    ----------
    accelerator, goal
        What is mapped onto, and what is minimised.
    options
        The spatial mappings.
    tiles
        Their tiles that are left; ``at.option`` is a place in ``options``.
    places
        Where the spatial mappings are in the listing.
    """

    accelerator: Accelerator
    goal: Goal
    options: tuple[SpatialOption, ...] = ()
    tiles: tuple[Candidate, ...] = ()
    places: tuple[Place, ...] = ()

    @classmethod
    def first_of(cls, bench: Workbench, goal: Goal, standing: Standing) -> Taken:
        """Take the first spatial mappings of those that wait: one, and more until it is enough."""
        taken = cls(bench.accelerator, goal)
        while standing.waiting:
            waiting = standing.waiting.popleft()
            if waiting.bound <= standing.value:  # else nothing of it can be better any more
                option = waiting.option(bench, goal)
                taken = taken.with_option(option, waiting.place, standing.value)
            if taken.is_enough(bench.budget):
                break
        return taken

    @property
    def spatials(self) -> list[SpatialColumns]:
        """Cost tables of the spatial mappings."""
        return [option.columns for option in self.options]

    @property
    def places_with_tiles(self) -> frozenset[Place]:
        """Where the spatial mappings are that have a tile left."""
        return frozenset(self.places[tile.at.option] for tile in self.tiles)

    def is_enough(self, budget: Budget) -> bool:
        """Whether to take no more: there are many tiles, or there is no time."""
        return len(self.tiles) >= MOST_TILES or budget.is_over()

    def with_option(self, option: SpatialOption, place: Place, value: float) -> Taken:
        """Take one more spatial mapping, with its tiles that can reach a value."""
        own = self._tiles_of(len(self.options), option, value)
        if not own:
            return self  # nor is there anything to keep its tables for
        return replace(
            self,
            options=(*self.options, option),
            tiles=(*self.tiles, *own),
            places=(*self.places, place),
        )

    def narrowed(self, value: float) -> Taken:
        """Return the same spatial mappings with the tiles that can still reach a value."""
        tiles: list[Candidate] = []
        for number, option in enumerate(self.options):
            tiles += self._tiles_of(number, option, value)
        return replace(self, tiles=tuple(tiles))

    def _tiles_of(self, number: int, option: SpatialOption, value: float) -> Sequence[Candidate]:
        """Tiles of one spatial mapping that can reach a value."""
        cannot_reach = option.bound > value
        if cannot_reach:
            return ()
        return candidates_of(number, option, self.accelerator, self.goal, value) or ()

    def choice_of(self, tiles: Sequence[Candidate]) -> TileChoice:
        """Return the tile choice of one tile at every cut of a spatial mapping."""
        option = self.options[tiles[0].at.option]
        cut_at = {cut.place: cut for cut in option.columns.all_cuts}
        chosen = [(cut_at[tile.at.place], tile.at.index) for tile in tiles]
        return TileChoice.at(option.columns, chosen)

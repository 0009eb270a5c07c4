"""The candidates of one spatial mapping, cut by cut."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.scoring.tile_choice import CutPlace


@dataclass(frozen=True, slots=True)
class OptionTiles:
    """The candidates of one spatial mapping.

    Attributes
    ----------
    at
        Those at every cut, in the order of the cuts.
    """

    at: Mapping[CutPlace, TileGroup]

    def where(self, holds: Callable[[CutPlace], bool]) -> OptionTiles:
        """Return those at the cuts for which a condition holds."""
        return OptionTiles({place: group for place, group in self.at.items() if holds(place)})

    def of_others(self, operand: int) -> OptionTiles:
        """Return those at the cuts of the other operands."""
        return self.where(lambda place: place[0] != operand)

    def beside(self, place: CutPlace) -> OptionTiles:
        """Return those at the other cuts whose tiles lie in the memory of a cut."""
        memory = self.at[place].memory
        others = self.where(lambda other: other != place)
        return others.where(lambda other: self.at[other].memory == memory)

    def below(self, place: CutPlace) -> OptionTiles:
        """Return those at the lower cuts of a cut's operand."""
        lowest = (place[0], 0)
        return self.where(lambda other: lowest <= other < place)

    @property
    def topmost(self) -> TileGroup:
        """Candidates at the last cut; none where there is no cut."""
        return self.at[max(self.at)] if self.at else TileGroup()

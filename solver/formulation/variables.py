"""The decision variables of the model, and sums over them.

spatial[s]  the spatial mapping is ``s``
tiles[t]    candidate tile ``t`` lies at its cut
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.scoring.tile_choice import CutPlace


@dataclass(frozen=True)
class Variables:
    """Decision variables of the model.

    Attributes
    ----------
    spatial
        A Boolean per spatial mapping.
    tiles
        A Boolean per candidate.
    lengths
        Where tiles may have any lengths: per cut, the length along every dimension.
    inside
        There, literals that all hold where the tile at one cut is inside that at another; none
        where it always is.
    objective
        What is minimised, in its units; ``None`` before costs are told.
    """

    spatial: tuple[cp_model.IntVar, ...]
    tiles: tuple[cp_model.IntVar, ...]
    lengths: Mapping[CutPlace, Mapping[str, cp_model.IntVar]] = field(default_factory=dict)
    inside: Mapping[tuple[CutPlace, CutPlace], Sequence[cp_model.BoolVarT]] = field(
        default_factory=dict
    )
    objective: cp_model.IntVar | None = None

    @classmethod
    def create(cls, problem: Problem, model: cp_model.CpModel) -> Variables:
        """Create them in the model."""
        return cls(
            spatial=tuple(model.new_bool_var(f"spatial{i}") for i in range(len(problem.spatials))),
            tiles=tuple(model.new_bool_var(f"tile{i}") for i in range(len(problem.candidates))),
        )

    def of(self, group: TileGroup) -> list[cp_model.IntVar]:
        """Return the Booleans of some candidates."""
        return [self.tiles[number] for number in group.numbers]

    def none_of(self, group: TileGroup) -> list[cp_model.BoolVarT]:
        """Return literals that all hold where none of some candidates is chosen."""
        return [tile.negated() for tile in self.of(group)]

    def over_spatials(self, amounts: Sequence[int]) -> cp_model.LinearExpr:
        """Amount of the chosen spatial mapping, of one amount each."""
        return cp_model.LinearExpr.weighted_sum(self.spatial, amounts)

    def over_tiles(
        self, group: TileGroup, amount: Callable[[Candidate], int]
    ) -> cp_model.LinearExpr:
        """Sum of an amount over those among some candidates that are chosen."""
        return cp_model.LinearExpr.weighted_sum(self.of(group), group.each(amount))


def total(terms: Iterable[cp_model.LinearExprT]) -> cp_model.LinearExpr:
    """Sum of linear terms; also of none."""
    return cp_model.LinearExpr.sum(list(terms))

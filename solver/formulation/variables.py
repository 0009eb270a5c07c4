"""The decision variables of the model, and sums over them.

spatial[s]  the spatial mapping is ``s``
tiles[t]    candidate tile ``t`` lies at its cut
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.problem import Problem


@dataclass(frozen=True)
class Variables:
    """Decision variables of the model.

    Attributes
    ----------
    spatial
        A Boolean per spatial mapping.
    tiles
        A Boolean per candidate.
    """

    spatial: tuple[cp_model.IntVar, ...]
    tiles: tuple[cp_model.IntVar, ...]

    @classmethod
    def create(cls, problem: Problem, model: cp_model.CpModel) -> Variables:
        """Create them in the model."""
        return cls(
            spatial=tuple(model.new_bool_var(f"spatial{i}") for i in range(len(problem.spatials))),
            tiles=tuple(model.new_bool_var(f"tile{i}") for i in range(len(problem.candidates))),
        )

    def over_spatials(self, amounts: Sequence[int]) -> cp_model.LinearExpr:
        """Amount of the chosen spatial mapping, of one amount each."""
        return total(
            amount * spatial for amount, spatial in zip(amounts, self.spatial, strict=True)
        )

    def over_tiles(self, numbers: Iterable[int], amounts: Iterable[int]) -> cp_model.LinearExpr:
        """Sum of the amounts of those among some candidates that are chosen."""
        return total(
            amount * self.tiles[number] for number, amount in zip(numbers, amounts, strict=True)
        )

    def over_all_tiles(self, amounts: Sequence[int]) -> cp_model.LinearExpr:
        """Sum of the amounts of the chosen candidates, of one amount each."""
        return self.over_tiles(range(len(self.tiles)), amounts)


def total(terms: Iterable[cp_model.LinearExprT]) -> cp_model.LinearExpr:
    """Sum of linear terms; also of none."""
    return cp_model.LinearExpr.sum(list(terms))

"""A session with CP-SAT about some tiles, and the choices of them that it must not find again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zigzag_imc.core.budget import Budget
from zigzag_imc.solver.formulation.answer import Answer
from zigzag_imc.solver.formulation.candidate import Candidate, TileKey
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.solution import SearchOptions

Choice = frozenset[TileKey]
"""One tile at every cut: what a solution of the model chooses, in this model or the next."""


def choice_of(tiles: Iterable[Candidate]) -> Choice:
    """Return the choice of some tiles."""
    return frozenset(tile.key for tile in tiles)


class TileSession:
    """A session that is told of tiles, not of their numbers in the model.

    Parameters
    ----------
    problem
        What is left to decide.
    tiles
        Its candidates, as they are told apart beyond this session.
    options
        Seed, and further parameters of CP-SAT.

    Attributes
    ----------
    resolution
        Relative distance of bound and value at which a mapping counts as proved optimal.
    """

    def __init__(
        self, problem: Problem, tiles: Sequence[Candidate], options: SearchOptions
    ) -> None:
        from zigzag_imc.solver.formulation.session import Session

        self._session = Session(problem, options.seed, options.parameters)
        self._tiles = tiles
        self._number_of = {tile.key: number for number, tile in enumerate(tiles)}
        self.resolution = self._session.resolution

    def minimise(self, budget: Budget) -> Answer:
        """Solve the model."""
        return self._session.minimise(budget)

    def tiles_of(self, solution: Iterable[int]) -> list[Candidate]:
        """Tiles of a solution."""
        return [self._tiles[number] for number in solution]

    def exclude(self, choice: Choice) -> None:
        """Forbid a choice, unless the model has not all of its tiles any more."""
        knows_all = self._number_of.keys() >= choice
        if knows_all:
            numbers = [self._number_of[key] for key in choice]
            self._session.exclude(numbers)

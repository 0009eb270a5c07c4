"""A batch of spatial mappings, closed by one CP-SAT model.

Minimise, score exactly, exclude, repeat.

The tiles that can still be part of a better mapping go into the model, whose objective is never
more than the exact cost. Its optimum is scored exactly over all loop orders that its tiles allow,
and excluded. When the optimum reaches the incumbent, the batch is closed: every mapping left out of
the model, excluded from it or still in it costs at least as much.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.solver.formulation.candidate import Candidate, TileKey
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.candidates import candidates_of
from zigzag_imc.solver.presolve.standing import SpatialOption, Standing
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.verdict import UNTOLD, Verdict, at_the_gap
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.solution import STOPPED
from zigzag_imc.solver.tables.cut import Cut, SpatialColumns

if TYPE_CHECKING:
    from zigzag_imc.solver.formulation.session import Answer, Session

MOST_TILES = 150
"""Tiles from which on a batch takes no further spatial mapping.

Spatial mappings share nothing in the model, so the time for many small models grows with their
number, that for one large model faster.
"""


class Batch:
    """Spatial mappings in one model.

    Parameters
    ----------
    bench, goal
        The layer, and what is minimised.
    standing
        Where the search stands. Of what waits there, by rising bound, the first spatial mappings
        are taken away, with `MOST_TILES` tiles together; a better incumbent replaces the one there.

    Attributes
    ----------
    floor
        Proved lower bound of the objective of all mappings of the batch that are not excluded.
    """

    def __init__(self, bench: Workbench, goal: Goal, standing: Standing) -> None:
        self._bench, self._goal, self._standing = bench, goal, standing
        self._options: list[SpatialOption] = []
        self._candidates: list[Candidate] = []
        self._excluded: list[frozenset[TileKey]] = []
        self._unresolved = math.inf  # least bound of excluded tiles with orders not told apart
        self.floor = standing.least_waiting
        self._take_from(standing.waiting)

    def prove(self) -> Verdict:
        """Close the gap between the incumbent and the bound of the batch."""
        candidates = self._candidates
        while candidates:
            verdict = self._search(candidates)
            if verdict is not None:
                return verdict
            # A better incumbent: fewer tiles can still beat it.
            candidates = self._remaining()
        return self._closed(math.inf)  # nothing left can reach the incumbent

    # ------------------------------------------------------------------ what is in the batch
    def _take_from(self, waiting: deque[SpatialOption]) -> None:
        """Take spatial mappings until there are enough tiles, at least one."""
        while waiting and len(self._candidates) < MOST_TILES:
            if self._options and self._bench.budget.is_over():
                return
            self._options.append(waiting.popleft())
            self._candidates += self._tiles(len(self._options) - 1)

    def _remaining(self) -> list[Candidate]:
        """Tiles of all spatial mappings of the batch that can still reach the incumbent."""
        return [tile for number in range(len(self._options)) for tile in self._tiles(number)]

    def _tiles(self, number: int) -> Sequence[Candidate]:
        """Tiles of one spatial mapping that can still reach the incumbent."""
        option, value = self._options[number], self._standing.value
        if option.bound > value:
            return ()
        return candidates_of(number, option, self._bench.accelerator, self._goal, value) or ()

    # ------------------------------------------------------------------ one model
    def _search(self, candidates: list[Candidate]) -> Verdict | None:
        """Minimise over some candidates until there is a verdict, or a better incumbent."""
        session = self._session(candidates)
        before = self._standing.value
        while self._standing.value == before:
            verdict = self._step(session, candidates)
            if verdict is not None:
                return verdict
        return None

    def _session(self, candidates: list[Candidate]) -> Session:
        """Build the model, without the choices of tiles that are excluded already."""
        from zigzag_imc.solver.formulation.session import Session

        bench = self._bench
        spatials = [option.columns for option in self._options]
        problem = Problem.of(bench.costs, self._goal, spatials, candidates, self._standing.value)
        session = Session(problem, bench.options.seed, bench.options.parameters)
        number_of = {tile.key: number for number, tile in enumerate(candidates)}
        for choice in self._excluded:
            if number_of.keys() >= choice:  # else the model has not all of its tiles any more
                session.exclude(number_of[key] for key in choice)
        return session

    def _step(self, session: Session, candidates: list[Candidate]) -> Verdict | None:
        """Minimise once, score what is found, and exclude it.

        ``None`` where that proves nothing yet.
        """
        answer = session.minimise(self._bench.budget)
        # What an earlier solve or the bounds of the spatial mappings have proved still holds.
        self.floor = max(self.floor, answer.bound)
        if answer.infeasible:
            return self._closed(math.inf)
        if answer.bound >= self._reach(session):
            return self._closed(self.floor)
        self._score_all(session, candidates, answer)
        if self.floor >= self._reach(session):
            return self._closed(self.floor)
        return self._ended_early(session, answer)

    def _reach(self, session: Session) -> float:
        """Bound from which on the incumbent counts as proved optimal."""
        return self._standing.value * (1 - session.resolution)

    def _score_all(self, session: Session, candidates: list[Candidate], answer: Answer) -> None:
        """Score the solutions that an answer met, the best first, and exclude each.

        Solutions that the model merely met on the way to its optimum often score better than the
        optimum does.
        """
        number_of = {tile.key: number for number, tile in enumerate(candidates)}
        for chosen in reversed(answer.solutions):
            tiles = [candidates[number] for number in chosen]
            self._score(tiles, answer.bound)
            choice = frozenset(tile.key for tile in tiles)
            self._excluded.append(choice)
            session.exclude(number_of[key] for key in choice)

    def _score(self, tiles: list[Candidate], bound: float) -> None:
        """Score a solution of the model exactly, and keep the better mapping."""
        found = self._bench.best_arrangement(self._choice(tiles), self._goal, bound)
        self._standing.offer(found.best)
        at_the_bound = found.best is not None and found.best.value <= bound * (1 + RESOLUTION)
        if found.bound <= bound and not at_the_bound:
            self._unresolved = min(self._unresolved, bound)

    def _choice(self, tiles: list[Candidate]) -> TileChoice:
        """Tile choice of a solution of the model."""
        columns = self._options[tiles[0].at.option].columns
        return TileChoice.at(columns, ((_cut_of(columns, tile), tile.at.index) for tile in tiles))

    # ------------------------------------------------------------------ verdicts
    def _ended_early(self, session: Session, answer: Answer) -> Verdict | None:
        """End where a limit, the user or the gap asked for says so."""
        best, value, gap = self._standing.best, self._standing.value, self._bench.options.gap
        floor = min(self.floor, self._unresolved)
        if not answer.proved or self._bench.budget.is_over():
            return Verdict(best, floor, STOPPED, stopped=True)
        if best is not None and value - floor <= gap * value and self._reach(session) > floor:
            return Verdict(best, floor, at_the_gap(gap))
        return None

    def _closed(self, bound: float) -> Verdict:
        """End of the proof, unless some tiles' loop orders were too many to tell apart."""
        value = self._standing.value
        bound = min(bound, value, self._unresolved)
        unresolved = self._unresolved < value * (1 - RESOLUTION)
        return Verdict(self._standing.best, bound, UNTOLD if unresolved else None)


def _cut_of(columns: SpatialColumns, tile: Candidate) -> Cut:
    """Cut at which a candidate lies."""
    operand, boundary = tile.at.place
    return next(cut for cut in columns.cuts[operand] if cut.boundaries[-1] == boundary)

"""A batch of spatial mappings, closed by one CP-SAT model.

Minimise, score exactly, exclude, repeat.

The tiles that can still be part of a better mapping go into the model, whose objective is never
more than the exact cost. Its optimum is scored exactly over all loop orders that its tiles allow,
and excluded. When the optimum reaches the incumbent, the batch is closed: every mapping left out of
the model, excluded from it or still in it costs at least as much.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.solver.formulation.answer import Answer
from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.ledger import Place
from zigzag_imc.solver.presolve.standing import Standing
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.taken import Taken
from zigzag_imc.solver.proof.tile_session import Choice, TileSession, choice_of
from zigzag_imc.solver.proof.verdict import UNTOLD, Verdict
from zigzag_imc.solver.scoring.incumbent import Incumbent
from zigzag_imc.solver.solution import STOPPED, at_the_gap


class Batch:
    """Spatial mappings in one model.

    Parameters
    ----------
    bench, goal
        The layer, and what is minimised.
    standing
        Where the search stands. Of what waits there, by rising bound, the first spatial mappings
        are taken away; a better incumbent replaces the one there.

    Attributes
    ----------
    floor
        Proved lower bound of the objective of all mappings of the batch that are not excluded.
    concerned
        Spatial mappings that the verdict is about: those whose tiles came into a model.
    decided
        Those of them whose tiles are in the last model, which gave the verdict; none where a better
        incumbent left no tile for another model.
    """

    def __init__(self, bench: Workbench, goal: Goal, standing: Standing) -> None:
        self._bench, self._goal, self._standing = bench, goal, standing
        self.floor = standing.least_waiting
        self._taken = Taken.first_of(bench, goal, standing)
        self.concerned = self._taken.places_with_tiles
        self.decided: frozenset[Place] = frozenset()
        self._excluded: list[Choice] = []
        self._unresolved = math.inf  # least bound of excluded tiles with orders not told apart

    def prove(self) -> Verdict:
        """Close the gap between the incumbent and the bound of the batch."""
        while self._taken.tiles:
            verdict = self._search()
            if verdict is not None:
                self.decided = self._taken.places_with_tiles
                return verdict
            # A better incumbent: fewer tiles can still beat it.
            self._taken = self._taken.narrowed(self._standing.value)
        return self._closed(math.inf)  # nothing left can reach the incumbent

    # ------------------------------------------------------------------ one model
    def _search(self) -> Verdict | None:
        """Minimise over what is left until there is a verdict, or a better incumbent."""
        session = self._session()
        before = self._standing.value
        while self._standing.value == before:
            verdict = self._step(session)
            if verdict is not None:
                return verdict
        return None

    def _session(self) -> TileSession:
        """Build the model, without the choices of tiles that are excluded already."""
        bench, taken, value = self._bench, self._taken, self._standing.value
        problem = Problem.of(
            bench.costs,
            self._goal,
            taken.spatials,
            taken.tiles,
            value,
            bench.options.constraints,
        )
        session = TileSession(problem, taken.tiles, bench.options)
        bench.ledger.model_tiles(taken.places_with_tiles)
        for choice in self._excluded:
            session.exclude(choice)
        return session

    def _step(self, session: TileSession) -> Verdict | None:
        """Minimise once, score what is found, and exclude it.

        ``None`` where that proves nothing yet.
        """
        answer = session.minimise(self._bench.budget)
        # What an earlier solve or the bounds of the spatial mappings have proved still holds.
        self.floor = max(self.floor, answer.bound)
        if answer.bound >= self._reach(session):
            return self._closed(self.floor)
        self._score_all(session, answer)
        if self.floor >= self._reach(session):
            return self._closed(self.floor)
        return self._ended_early(session, answer)

    def _reach(self, session: TileSession) -> float:
        """Bound from which on the incumbent counts as proved optimal."""
        return self._standing.value * (1 - session.resolution)

    # ------------------------------------------------------------------ exact scores
    def _score_all(self, session: TileSession, answer: Answer) -> None:
        """Score the solutions that an answer met, the best first, and exclude each.

        Solutions that the model merely met on the way to its optimum often score better than the
        optimum does.
        """
        for solution in reversed(answer.solutions):
            tiles = session.tiles_of(solution)
            self._score(tiles, answer.bound)
            choice = choice_of(tiles)
            self._excluded.append(choice)
            session.exclude(choice)

    def _score(self, tiles: Sequence[Candidate], bound: float) -> None:
        """Score a solution of the model exactly, and keep the better mapping."""
        choice = self._taken.choice_of(tiles)
        found = self._bench.best_arrangement(choice, self._goal, bound)
        self._standing.offer(found.best)
        if found.bound <= bound and not _is_at(found.best, bound):
            self._unresolved = min(self._unresolved, bound)

    # ------------------------------------------------------------------ verdicts
    @property
    def _certified(self) -> float:
        """Lower bound of the objective of all mappings of the batch, excluded or not."""
        return min(self.floor, self._unresolved)

    def _ended_early(self, session: TileSession, answer: Answer) -> Verdict | None:
        """End where a limit, the user or the gap asked for says so."""
        best, gap = self._standing.best, self._bench.options.gap
        if not answer.proved or self._bench.budget.is_over():
            return Verdict(best, self._certified, STOPPED, stopped=True)
        if self._is_within_the_gap() and self._certified < self._reach(session):
            return Verdict(best, self._certified, at_the_gap(gap))
        return None

    def _is_within_the_gap(self) -> bool:
        """Whether the incumbent is as close to what is certified as was asked for."""
        if self._standing.best is None:
            return False
        value = self._standing.value
        return value - self._certified <= self._bench.options.gap * value

    def _closed(self, bound: float) -> Verdict:
        """End of the proof, unless some tiles' loop orders were too many to tell apart."""
        value = self._standing.value
        is_resolved = self._unresolved >= value * (1 - RESOLUTION)
        certified = min(bound, value, self._unresolved)
        return Verdict(self._standing.best, certified, None if is_resolved else UNTOLD)


def _is_at(best: Incumbent | None, bound: float) -> bool:
    """Whether a mapping is as good as a bound."""
    return best is not None and best.value <= bound * (1 + RESOLUTION)

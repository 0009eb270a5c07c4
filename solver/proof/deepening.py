"""The proof among tiles of any sizes: one spatial mapping at a time, a little above its bound.

So many tiles may reach the incumbent, when that is far from the bound, that a model of all of them
would be too large. Far fewer reach a value just above the bound. So the spatial mapping of the
lowest bound is asked for mappings up to such a value: either there is one, which is then hard to
beat, or the value is its new bound, and it waits for its next turn with more tiles.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.any_candidates import AnyCandidates, TooManyError
from zigzag_imc.solver.presolve.ledger import Place
from zigzag_imc.solver.presolve.standing import SpatialOption, Standing, Waiting
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.verdict import UNTOLD, Verdict
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.solution import STOPPED
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumns

_SHARES = (1e-4, 1e-3, 4e-3, 0.016, 0.06, 0.25, 1.0)
"""By which shares of its bound above it a spatial mapping is asked, turn by turn."""

FEW_CANDIDATES = 300
"""Candidates up to which all that can reach the incumbent are asked at once."""

MOST_SOLVES = 300
"""Times that a model is solved before its spatial mapping is left open."""


class Deepening:
    """Closes spatial mappings whose tiles may have any sizes.

    Parameters
    ----------
    bench, goal
        The layer, and what is minimised.
    standing
        Where the search stands; what waits there is taken by rising bound.

    Attributes
    ----------
    concerned
        The spatial mapping of the last turn, unless its bound alone has closed it.
    decided
        The same, if a model of all its tiles that can reach the incumbent gave the verdict.
    """

    def __init__(self, bench: Workbench, goal: Goal, standing: Standing) -> None:
        self._bench, self._goal, self._standing = bench, goal, standing
        self._turns: dict[Place, int] = {}
        self.concerned: frozenset[Place] = frozenset()
        self.decided: frozenset[Place] = frozenset()

    def prove(self) -> Verdict:
        """Take the spatial mapping of the lowest bound one turn further.

        It is closed, or waits again with a higher bound: then nothing is left open.
        """
        standing = self._standing
        self.concerned = self.decided = frozenset()
        waiting = standing.waiting.popleft()
        if waiting.bound > standing.value:
            return Verdict(standing.best, math.inf)
        self.concerned = frozenset((waiting.place,))
        fine = self._bench.of_any_sizes(waiting.place[0], waiting.place[1])
        option = waiting.option(self._bench, self._goal)
        tiles = AnyCandidates(self._bench.costs, fine, option, self._goal)
        return self._ask(waiting, option, fine, tiles)

    def _ask(
        self, waiting: Waiting, option: SpatialOption, fine: AnyColumns, tiles: AnyCandidates
    ) -> Verdict:
        """Ask for mappings up to a value."""
        most, value = self._most(waiting, tiles), self._standing.value
        try:
            candidates = tiles.up_to(most)
        except TooManyError:
            return Verdict(self._standing.best, waiting.bound, TOO_MANY)
        if candidates is not None:
            turn = _Turn(self._bench, self._goal, self._standing, option, fine)
            self._bench.ledger.model_tiles(self.concerned)
            verdict = turn.prove(candidates, most, waiting.bound)
            if verdict is not None:
                return verdict
        if most < value:
            self._wait_on(waiting, most)
        elif candidates is not None:
            self.decided = self.concerned
        return Verdict(self._standing.best, math.inf)

    def _most(self, waiting: Waiting, tiles: AnyCandidates) -> float:
        """Value up to which mappings are asked for in this turn: the incumbent's at most."""
        value = self._standing.value
        turn = self._turns.get(waiting.place, 0)
        self._turns[waiting.place] = turn + 1
        if turn >= len(_SHARES) or tiles.are_few(value, FEW_CANDIDATES):
            return value
        return min(value, waiting.bound * (1 + _SHARES[turn]))

    def _wait_on(self, waiting: Waiting, bound: float) -> None:
        """Let a spatial mapping wait with a higher bound."""
        self._standing.waiting.append(replace(waiting, bound=bound))
        self._standing.sort_waiting()


TOO_MANY = "too many tiles can reach what is left open"
"""Why a spatial mapping may be left open."""


@dataclass(frozen=True)
class _Turn:
    """One model of one spatial mapping.

    Attributes
    ----------
    bench, goal, standing
        The layer, what is minimised, and where the search stands.
    option, fine
        The spatial mapping.
    """

    bench: Workbench
    goal: Goal
    standing: Standing
    option: SpatialOption
    fine: AnyColumns

    def prove(self, candidates: list[Candidate], most: float, bound: float) -> Verdict | None:
        """Find what is better than a value; ``None`` where all that is left is no better.

        ``bound`` is known of all mappings.
        """
        from zigzag_imc.solver.formulation.length_session import LengthSession

        options = self.bench.options
        problem = Problem.of(
            self.bench.costs,
            self.goal,
            [self.option.columns],
            candidates,
            most,
            options.constraints,
        )
        sizes = self.fine.cuts[0][0].lattice.sizes
        session = LengthSession(problem.with_lengths(sizes), options.seed, options.parameters)
        for _ in range(MOST_SOLVES):
            answer = session.picks(self.bench.budget)
            reach = min(most, self.standing.value) * (1 - session.resolution)
            if answer.bound >= reach:
                return None
            for pick in reversed(answer.picks):
                tiles = [candidates[number] for number in pick.tiles]
                if not self._score(tiles, dict(pick.lengths), answer.bound):
                    return Verdict(self.standing.best, bound, UNTOLD)
                if self._lengths_matter:
                    session.exclude_lengths(pick.lengths)
                else:
                    session.exclude(pick.tiles)
            if not answer.proved or self.bench.budget.is_over():
                return Verdict(self.standing.best, bound, STOPPED, stopped=True)
        return Verdict(self.standing.best, bound, UNTOLD)

    @property
    def _lengths_matter(self) -> bool:
        """Whether tiles of one candidate may differ: in latency, or in the orders allowed."""
        profile = self.bench.costs.profile
        is_energy = not self.goal.needs_latency and not profile.repeated_precharge
        return not is_energy or bool(self.bench.options.constraints)

    def _score(
        self,
        tiles: list[Candidate],
        lengths: dict[tuple[int, int], tuple[tuple[str, int], ...]],
        bound: float,
    ) -> bool:
        """Score a solution and keep the better mapping; whether all orders are told apart."""
        cut_at = {cut.place: cut for cut in itertools.chain(*self.fine.cuts)}
        cuts = [cut_at[tile.at.place] for tile in tiles]
        own = [{dim: length for dim, length in lengths[cut.place] if length > 1} for cut in cuts]
        choice = TileChoice.of_cuts(self.option.columns, cuts, own)
        found = self.bench.best_arrangement(choice, self.goal, bound)
        self.standing.offer(found.best)
        is_at = found.best is not None and found.best.value <= bound * (1 + RESOLUTION)
        return is_at or found.bound > bound

"""The proof among tiles of any sizes: one spatial mapping at a time, a little above its bound.

So many tiles may reach the incumbent, when that is far from the bound, that a model of all of them
would be too large. Far fewer reach a value just above the bound. So the spatial mapping of the
lowest bound is asked for mappings up to such a value: either there is one, which is then hard to
beat, or the value is its new bound, and it waits for its next turn with more tiles.
"""

from __future__ import annotations

import itertools
import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.solver.formulation.candidate import Candidate, TileKey
from zigzag_imc.solver.formulation.problem import NOTHING, Problem
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.any_candidates import AnyCandidates
from zigzag_imc.solver.presolve.ledger import Place
from zigzag_imc.solver.presolve.standing import SpatialOption, Standing, Waiting
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.verdict import UNTOLD, Verdict
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.solution import STOPPED
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumns

if TYPE_CHECKING:
    from zigzag_imc.solver.formulation.length_session import Lengths, LengthSession

NUMBERS = (300, 900, 1800, 2700, 4000, 6000, 9000, 14_000, 20_000)
"""About so many tiles are in the models of a spatial mapping, turn by turn."""

MOST_STEP = 0.01
"""How much further a turn asks at most where the latency counts, relative to the incumbent's value.
That there is nothing is soon proved; the best of what is far above the bound takes long to find.
So after every turn that met no mapping the next one may go twice as far."""

CORNER_CANDIDATES = 2500
"""Tiles of a model for a product from which on either factor is minimised first: both take about as
long as a few turns with so many."""

MOST_CANDIDATES = 30_000
"""Tiles of a model at most, so that it stays within a few GB: of many that are alike, all are in it
or none."""

KEPT = 3
"""Spatial mappings whose tiles are kept for their next turn."""

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
    prove_corner
        Proves what all mappings with a product up to a value need of either factor.

    Attributes
    ----------
    concerned
        The spatial mapping of the last turn, unless its bound alone has closed it.
    decided
        The same, if a model of all its tiles that can reach the incumbent gave the verdict.
    """

    def __init__(
        self,
        bench: Workbench,
        goal: Goal,
        standing: Standing,
        prove_corner: Callable[[float], None],
    ) -> None:
        self._bench, self._goal, self._standing = bench, goal, standing
        self._prove_corner = prove_corner
        self._kept: OrderedDict[Place, _Known] = OrderedDict()
        self._steps: dict[Place, float] = {}
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
        known = self._known(waiting)
        if known.tiles.least > standing.value:
            return Verdict(standing.best, math.inf)
        most = self._most(waiting, known.tiles)
        if self._wants_corner(known.tiles.count(most)):
            self._take_corner()
            standing.waiting.appendleft(waiting)
            return Verdict(standing.best, math.inf)
        if known.tiles.count(most) > MOST_CANDIDATES:
            return Verdict(standing.best, self._proved(waiting, known.tiles), TOO_MANY)
        return self._ask(waiting, known, most)

    def _wants_corner(self, tiles: int) -> bool:
        """Whether so many tiles are too many for a product of which no factor is known."""
        is_product = self._goal.objective == "edp"
        return is_product and tiles > CORNER_CANDIDATES and self._bench.corner == NOTHING

    def _take_corner(self) -> None:
        """Minimise either factor; all that is known of tiles is to be seen in its light."""
        self._prove_corner(self._standing.value)
        self._standing.offer(self._bench.scores.best_for(self._goal))
        self._kept.clear()

    def _ask(self, waiting: Waiting, known: _Known, most: float) -> Verdict:
        """Ask for mappings up to a value."""
        value = self._standing.value
        turn = _Turn(self._bench, self._goal, self._standing, known)
        self._bench.ledger.model_tiles(self.concerned)
        proved, scored = self._proved(waiting, known.tiles), len(known.scored)
        verdict = turn.prove(known.tiles.up_to(most), most, proved)
        met_none = len(known.scored) == scored
        self._steps[waiting.place] = 2 * self._step(waiting) if met_none else MOST_STEP
        if verdict is not None:
            return verdict
        if most < min(value, self._standing.value):
            self._standing.waiting.append(replace(waiting, bound=most))
            self._standing.sort_waiting()
        elif most >= value:
            self.decided = self.concerned
        return Verdict(self._standing.best, math.inf)

    def _proved(self, waiting: Waiting, tiles: AnyCandidates) -> float:
        """Objective that all mappings of a spatial mapping have at least."""
        return max(waiting.bound, tiles.least, self._bench.proved_value)

    def _most(self, waiting: Waiting, tiles: AnyCandidates) -> float:
        """Value up to which mappings are asked for in this turn: the incumbent's at most."""
        known = self._proved(waiting, tiles)
        for number in NUMBERS:
            most = tiles.value_of(number)
            if most > known * (1 + RESOLUTION):
                return min(most, self._furthest(waiting, known))
        return self._furthest(waiting, known)

    def _furthest(self, waiting: Waiting, known: float) -> float:
        """Value up to which mappings are asked for at once, above what is known."""
        value = self._standing.value
        if self._goal.objective == "energy":
            return value
        return min(value, known + self._step(waiting) * value)

    def _step(self, waiting: Waiting) -> float:
        """How much further the next turn of a spatial mapping asks at most."""
        return self._steps.get(waiting.place, MOST_STEP)

    def _known(self, waiting: Waiting) -> _Known:
        """Return all that is known of a spatial mapping; of the latest ones that is kept."""
        known = self._kept.pop(waiting.place, None)
        if known is None:
            fine = self._bench.of_any_sizes(*waiting.place)
            option = waiting.option(self._bench, self._goal, fine.classes)
            costs, value = self._bench.costs, self._standing.value
            tiles = AnyCandidates(costs, fine, option, self._goal, value, self._bench.corner)
            known = _Known(option, fine, tiles)
        self._kept[waiting.place] = known
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return known


@dataclass(frozen=True)
class _Known:
    """What is known of a spatial mapping.

    Attributes
    ----------
    option, fine, tiles
        Its classes of tiles with their bounds, all its tiles, and those that can reach what was the
        incumbent then.
    scored
        Choices of tiles all of whose loop orders have been scored.
    """

    option: SpatialOption
    fine: AnyColumns
    tiles: AnyCandidates
    scored: list[Scored] = field(default_factory=list)


@dataclass(frozen=True)
class Scored:
    """A choice of tiles all of whose loop orders have been scored.

    Attributes
    ----------
    tiles, lengths
        The tiles, and their lengths.
    """

    tiles: tuple[TileKey, ...]
    lengths: Lengths


TOO_MANY = "too many tiles can reach what is left open"
"""Why a spatial mapping may be left open."""


@dataclass(frozen=True)
class _Turn:
    """One model of one spatial mapping.

    Attributes
    ----------
    bench, goal, standing
        The layer, what is minimised, and where the search stands.
    known
        The spatial mapping. What is scored is added to it, so that no later turn meets it again.
    """

    bench: Workbench
    goal: Goal
    standing: Standing
    known: _Known

    def prove(self, candidates: list[Candidate], most: float, bound: float) -> Verdict | None:
        """Find what is better than a value; ``None`` where all that is left is no better.

        ``bound`` is known of all mappings.
        """
        from zigzag_imc.solver.formulation.length_session import LengthSession

        options = self.bench.options
        problem = Problem.of(
            self.bench.costs,
            self.goal,
            [self.known.option.columns],
            candidates,
            most,
            options.constraints,
        )
        sizes = self.known.fine.cuts[0][0].lattice.sizes
        problem = problem.with_lengths(sizes, self.known.tiles.least_costs, options.constraints)
        session = LengthSession(problem, options.seed, options.parameters)
        numbers = {tile.key: number for number, tile in enumerate(candidates)}
        for scored in self.known.scored:
            self._exclude(session, scored, numbers)
        for _ in range(MOST_SOLVES):
            reach = min(most, self.standing.value) * (1 - session.resolution)
            if bound >= reach:
                return None  # the best mapping found here is as good as any can be
            answer = session.picks(self.bench.budget, reach)
            if answer.bound >= reach:
                return None
            for pick in reversed(answer.picks):
                tiles = [candidates[number] for number in pick.tiles]
                if not self._score(tiles, dict(pick.lengths), answer.bound):
                    return Verdict(self.standing.best, bound, UNTOLD)
                scored = Scored(tuple(tile.key for tile in tiles), pick.lengths)
                self.known.scored.append(scored)
                self._exclude(session, scored, numbers)
            if not answer.proved or self.bench.budget.is_over():
                return Verdict(self.standing.best, bound, STOPPED, stopped=True)
        return Verdict(self.standing.best, bound, UNTOLD)

    @property
    def _lengths_matter(self) -> bool:
        """Whether tiles of one candidate may differ: in latency, or in the orders allowed."""
        profile = self.bench.costs.profile
        is_energy = not self.goal.needs_latency and not profile.repeated_precharge
        return not is_energy or bool(self.bench.options.constraints)

    def _exclude(
        self, session: LengthSession, scored: Scored, numbers: Mapping[TileKey, int]
    ) -> None:
        """Forbid a choice of tiles, where all of them are among the candidates."""
        if self._lengths_matter:
            session.exclude_lengths(scored.lengths)
        elif all(key in numbers for key in scored.tiles):
            session.exclude(numbers[key] for key in scored.tiles)

    def _score(
        self,
        tiles: list[Candidate],
        lengths: dict[tuple[int, int], tuple[tuple[str, int], ...]],
        bound: float,
    ) -> bool:
        """Score a solution and keep the better mapping; whether all orders are told apart."""
        cut_at = {cut.place: cut for cut in itertools.chain(*self.known.fine.cuts)}
        cuts = [cut_at[tile.at.place] for tile in tiles]
        own = [{dim: length for dim, length in lengths[cut.place] if length > 1} for cut in cuts]
        choice = TileChoice.of_cuts(self.known.option.columns, cuts, own)
        found = self.bench.best_arrangement(choice, self.goal, bound)
        self.standing.offer(found.best)
        is_at = found.best is not None and found.best.value <= bound * (1 + RESOLUTION)
        return is_at or found.bound > bound

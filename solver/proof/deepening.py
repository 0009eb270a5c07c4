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
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.solver.formulation.candidate import Candidate, TileKey
from zigzag_imc.solver.formulation.problem import NOTHING, Problem
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.any_candidates import AnyCandidates
from zigzag_imc.solver.presolve.bundles import Pieces
from zigzag_imc.solver.presolve.ledger import Place
from zigzag_imc.solver.presolve.standing import SpatialOption, Standing, Waiting
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.verdict import UNTOLD, Verdict
from zigzag_imc.solver.scoring.tile_choice import CutPlace, TileChoice
from zigzag_imc.solver.solution import STOPPED
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumns
from zigzag_imc.solver.tables.any_sizes.any_cut import AnyCut

if TYPE_CHECKING:
    from zigzag_imc.solver.formulation.length_session import Lengths, LengthSession, Pick

NUMBERS = (300, 900, 1800, 2700, 4000, 6000, 9000, 14_000, 20_000)
"""About so many tiles are in the models of a spatial mapping, turn by turn."""

MOST_STEP = 0.01
"""How much further a turn asks at most where the latency counts, relative to the incumbent's value.
That there is nothing is soon proved; the best of what is far above the bound takes long to find.
So after every turn that met no mapping the next one may go twice as far."""

CORNER_CANDIDATES = 2500
"""Tiles that can reach the incumbent's product from which on either factor is minimised first: both
take about as long as a few turns with so many."""

MOST_CANDIDATES = 30_000
"""Tiles of a model at most, so that it stays within a few GB: of many that are alike, all are in it
or none."""

FEW_TILES = 6000
"""Tiles of which a model is solved at once in some seconds: with no fewer than a quarter as many
bundles, further models of bundles would take longer."""

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
        if self._wants_corner(known.tiles):
            del known  # which would stay beside all that is worked out now
            self._take_corner()
            standing.waiting.appendleft(waiting)
            return Verdict(standing.best, math.inf)
        return self._ask(waiting, known, self._most(waiting, known.tiles))

    def _wants_corner(self, tiles: AnyCandidates) -> bool:
        """Whether there are too many tiles for a product of which no factor is known."""
        if self._goal.objective != "edp" or self._bench.corner != NOTHING:
            return False
        return tiles.count(self._standing.value) > CORNER_CANDIDATES

    def _take_corner(self) -> None:
        """Minimise either factor; all that is known of tiles is to be seen in its light."""
        self._kept.clear()
        self._prove_corner(self._standing.value)
        self._standing.offer(self._bench.scores.best_for(self._goal))

    def _ask(self, waiting: Waiting, known: _Known, most: float) -> Verdict:
        """Ask for mappings up to a value."""
        value = self._standing.value
        turn = _Turn(self._bench, self._goal, self._standing, known, most)
        self._bench.ledger.model_tiles(self.concerned)
        scored = len(known.scored)
        verdict = turn.prove(self._proved(waiting, known.tiles))
        met_none = len(known.scored) == scored
        self._steps[waiting.place] = 2 * self._step(waiting) if met_none else MOST_STEP
        if verdict is not None:
            return verdict
        if turn.reach < min(value, self._standing.value):
            self._standing.waiting.append(replace(waiting, bound=turn.reach))
            self._standing.sort_waiting()
        elif most >= value:
            self.decided = self.concerned
        return Verdict(self._standing.best, math.inf)

    def _proved(self, waiting: Waiting, tiles: AnyCandidates) -> float:
        """Objective that all mappings of a spatial mapping have at least."""
        return max(waiting.bound, tiles.least, self._bench.proved_value)

    def _most(self, waiting: Waiting, tiles: AnyCandidates) -> float:
        """Value up to which mappings are asked for in this turn: the incumbent's at most."""
        known, value = self._proved(waiting, tiles), self._standing.value
        if self._goal.needs_latency:
            next_most = min(value, known + self._step(waiting) * value)
            asks_for_all = self._goal.objective == "energy" or _is_little(tiles, next_most, value)
            return value if asks_for_all else next_most
        for number in NUMBERS:
            most = tiles.value_of(number)
            if most > known * (1 + RESOLUTION):
                return min(most, value)
        return value

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
            pieces = Pieces() if self._goal.needs_latency else None
            known = _Known(option, fine, tiles, pieces)
        self._kept[waiting.place] = known
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return known


def _is_little(tiles: AnyCandidates, next_most: float, value: float) -> bool:
    """Whether the model of a turn is nearly that of all turns together, and small."""
    number = tiles.count(value)
    return number <= min(FEW_TILES, 2 * tiles.count(next_most))


@dataclass(frozen=True)
class _Known:
    """What is known of a spatial mapping.

    Attributes
    ----------
    option, fine, tiles
        Its classes of tiles with their bounds, all its tiles, and those that can reach what was the
        incumbent then.
    pieces
        What tells bundles of tiles apart, where the latency counts; ``None`` where every tile is a
        candidate by itself.
    scored
        Choices of tiles all of whose loop orders have been scored.
    """

    option: SpatialOption
    fine: AnyColumns
    tiles: AnyCandidates
    pieces: Pieces | None
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
    most
        Value up to which mappings are asked for.
    """

    bench: Workbench
    goal: Goal
    standing: Standing
    known: _Known
    most: float

    def prove(self, bound: float) -> Verdict | None:
        """Find what is better than a value; ``None`` where all that is left is no better.

        ``bound`` is known of all mappings.
        """
        model = self._model()
        for _ in range(MOST_SOLVES):
            if model is None:
                return Verdict(self.standing.best, bound, TOO_MANY)
            reach = self.reach * (1 - model.session.resolution)
            if bound >= reach:
                return None  # the best mapping found here is as good as any can be
            answer = model.session.picks(self.bench.budget, reach, bound)
            bound = max(bound, min(answer.bound, reach))
            if answer.bound >= reach:
                return None
            for pick in reversed(answer.picks):
                if not self._score(pick, answer.bound):
                    return Verdict(self.standing.best, bound, UNTOLD)
                self.known.scored.append(model.scored(pick))
                self._exclude(model, self.known.scored[-1])
            if not answer.proved or self.bench.budget.is_over():
                return Verdict(self.standing.best, bound, STOPPED, stopped=True)
            if model.has_bundles and self._split(answer.picks):
                model = self._model()
        return Verdict(self.standing.best, bound, UNTOLD)

    @property
    def reach(self) -> float:
        """Value up to which mappings are asked for now: none that is within the gap asked for."""
        return min(self.most, self.standing.value * (1 - self.bench.options.gap))

    def _model(self) -> _Model | None:
        """Build the model of all that is left; ``None`` where there is too much."""
        from zigzag_imc.solver.formulation.length_session import LengthSession

        tiles, options = self.known.tiles, self.bench.options
        most = min(self.most, self.standing.value)
        number, pieces = tiles.count(most), self.known.pieces
        if pieces is None and number > MOST_CANDIDATES:
            return None
        candidates = tiles.up_to(most, pieces)
        if len(candidates) < number <= min(FEW_TILES, 4 * len(candidates)):
            candidates = tiles.up_to(most)
        if len(candidates) > MOST_CANDIDATES:
            return None
        problem = Problem.of(
            self.bench.costs,
            self.goal,
            [self.known.option.columns],
            candidates,
            most,
            options.constraints,
        )
        sizes = self.known.fine.cuts[0][0].lattice.sizes
        problem = problem.with_lengths(sizes, tiles.least_costs, options.constraints)
        session = LengthSession(problem, options.seed, options.parameters)
        model = _Model(session, candidates, has_bundles=len(candidates) < number)
        for scored in self.known.scored:
            self._exclude(model, scored)
        return model

    def _split(self, picks: Iterable[Pick]) -> bool:
        """Split the pieces in which tiles lie; whether any held more than one length."""
        pieces = self.known.pieces
        assert pieces is not None, "they tell bundles apart"
        is_split = False
        for place, own in itertools.chain.from_iterable(pick.lengths for pick in picks):
            is_split |= pieces.split(self._cut_at[place], dict(own))
        return is_split

    @cached_property
    def _cut_at(self) -> dict[CutPlace, AnyCut]:
        return {cut.place: cut for cut in itertools.chain(*self.known.fine.cuts)}

    @property
    def _lengths_matter(self) -> bool:
        """Whether tiles of one candidate may differ: in latency, or in the orders allowed."""
        profile = self.bench.costs.profile
        is_energy = not self.goal.needs_latency and not profile.repeated_precharge
        return not is_energy or bool(self.bench.options.constraints)

    def _exclude(self, model: _Model, scored: Scored) -> None:
        """Forbid a choice of tiles, where all of them are among the candidates."""
        if self._lengths_matter:
            model.session.exclude_lengths(scored.lengths)
        elif all(key in model.numbers for key in scored.tiles):
            model.session.exclude(model.numbers[key] for key in scored.tiles)

    def _score(self, pick: Pick, bound: float) -> bool:
        """Score a solution and keep the better mapping; whether all orders are told apart."""
        cuts = [self._cut_at[place] for place, _ in pick.lengths]
        tiles = [{dim: length for dim, length in own if length > 1} for _, own in pick.lengths]
        choice = TileChoice.of_cuts(self.known.option.columns, cuts, tiles)
        found = self.bench.best_arrangement(choice, self.goal, bound)
        self.standing.offer(found.best)
        is_at = found.best is not None and found.best.value <= bound * (1 + RESOLUTION)
        return is_at or found.bound > bound


@dataclass(frozen=True)
class _Model:
    """A model.

    Attributes
    ----------
    session, candidates
        The model, and what it chooses from.
    has_bundles
        Whether some candidates are several tiles.
    """

    session: LengthSession
    candidates: list[Candidate]
    has_bundles: bool

    @cached_property
    def numbers(self) -> dict[TileKey, int]:
        """Number of every candidate."""
        return {tile.key: number for number, tile in enumerate(self.candidates)}

    def scored(self, pick: Pick) -> Scored:
        """Return a solution as one whose loop orders have been scored."""
        return Scored(tuple(self.candidates[number].key for number in pick.tiles), pick.lengths)

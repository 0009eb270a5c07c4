"""A batch of spatial mappings, closed by one CP-SAT model.

Minimise, score exactly, exclude, repeat.

The tiles that can still be part of a better mapping go into the model, whose objective is never
more than the exact cost. Its optimum is scored exactly over all loop orders that its tiles allow,
and excluded. When the optimum reaches the best exact score, the batch is closed: every mapping left
out of the model, excluded from it or still in it costs at least as much.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.candidates import Candidate, SpatialOption, candidates_of
from zigzag_imc.solver.presolve.survey import Standing
from zigzag_imc.solver.presolve.workbench import Workbench, better
from zigzag_imc.solver.scoring.loop_orders import CutPlace, TileChoice

RESOLUTION = 1e-7
"""Relative distance of bound and value below which a mapping counts as proved optimal; up to
`COARSEST` for energy-delay products, whose factors have to be rounded more."""

MOST_TILES = 150
"""Tiles from which on a batch takes no further spatial mapping.

Spatial mappings share nothing in the model, so the time for many small models grows with their
number, that for one large model faster.
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is proved of a batch.

    No mapping of it costs less than ``bound`` or than the best one known.

    ``reason`` says why that is less than the best mapping's value, where it is: a limit or the user
    ``stopped`` the search, or the batch reached the gap asked for or has tiles of too many loop
    orders; then the next may follow.
    """

    bound: float
    reason: str | None = None
    stopped: bool = False


STOPPED = "stopped by a limit or by the user"
"""Why a search ended there."""


def at_the_gap(gap: float) -> str:
    """Say why a search ended there."""
    return f"stopped at the gap asked for ({gap:g})"


class Batch:
    """Spatial mappings in one model.

    Parameters
    ----------
    bench, goal
        The layer, and what is minimised.
    standing
        The best mapping so far, replaced when a better one is found.
    waiting
        Spatial mappings by rising bound; the first ones, with `MOST_TILES` tiles together, are
        taken away.
    """

    def __init__(
        self,
        bench: Workbench,
        goal: Goal,
        standing: Standing,
        waiting: deque[tuple[float, SpatialOption]],
    ) -> None:
        self._bench, self._goal, self._standing = bench, goal, standing
        self._options: list[tuple[float, SpatialOption]] = []
        self._excluded: list[frozenset[tuple[int, CutPlace, tuple[int, ...]]]] = []
        self._unresolved = math.inf
        self.floor = waiting[0][0]
        self._candidates: list[Candidate] = []
        while (
            waiting
            and len(self._candidates) < MOST_TILES
            and not (self._options and bench.stopping())
        ):
            self._options.append(waiting.popleft())
            self._candidates += self._tiles(len(self._options) - 1)

    def prove(self) -> Verdict:
        """Close the gap between the best mapping and the bound of the batch."""
        from zigzag_imc.solver.formulation.session import Session

        bench, standing = self._bench, self._standing
        candidates = self._candidates
        while candidates:
            session = Session(
                bench,
                self._goal,
                [option for _, option in self._options],
                candidates,
                standing.value,
            )
            for tiles in self._excluded:
                session.exclude(tiles)
            before = standing.value
            while standing.value == before:
                answer = session.minimise(bench.seconds_left(), bench.stopping)
                # What an earlier solve or the bounds of the spatial mappings have proved still
                # holds.
                self.floor = max(self.floor, answer.bound)
                if not answer.solutions and answer.proved:
                    return self._closed(math.inf)
                near = max(RESOLUTION, min(COARSEST, session.resolution))
                if answer.bound >= standing.value * (1 - near):
                    return self._closed(self.floor)
                for chosen in reversed(answer.solutions):
                    self._score([candidates[number] for number in chosen], answer.bound)
                    session.exclude(self._excluded[-1])
                if self.floor >= standing.value * (1 - near):
                    return self._closed(self.floor)
                floor = min(self.floor, self._unresolved)
                if not answer.proved or bench.stopping():
                    return Verdict(floor, STOPPED, stopped=True)
                close = (
                    standing.best is not None
                    and standing.value - floor <= bench.options.gap * standing.value
                )
                if close and standing.value * (1 - near) > floor:
                    return Verdict(floor, at_the_gap(bench.options.gap))
            candidates = [
                tile for number in range(len(self._options)) for tile in self._tiles(number)
            ]
        # Nothing left can reach the best mapping.
        return self._closed(math.inf)

    # ------------------------------------------------------------------ parts
    def _tiles(self, number: int) -> Sequence[Candidate]:
        """Tiles of a spatial mapping that can still reach the best mapping."""
        bound, option = self._options[number]
        if bound > self._standing.value:
            return ()
        return (
            candidates_of(number, option, self._bench.accelerator, self._goal, self._standing.value)
            or ()
        )

    def _score(self, tiles: list[Candidate], bound: float) -> None:
        """Score a solution of the model exactly, keep the better mapping, and exclude its tiles
        from now on.

        Solutions that the model merely met on the way to its optimum often score better than the
        optimum does.
        """
        found, resolved = self._bench.best_arrangement(self._choice(tiles), self._goal, bound)
        self._standing.best = better(found, self._standing.best)
        if resolved <= bound and (found is None or found[0] > bound * (1 + RESOLUTION)):
            self._unresolved = min(self._unresolved, bound)
        self._excluded.append(frozenset((tile.option, tile.place, tile.index) for tile in tiles))

    def _choice(self, tiles: list[Candidate]) -> TileChoice:
        """Tile choice of a solution of the model."""
        columns = self._options[tiles[0].option][1].columns
        placed: list[tuple[CutPlace, dict[str, int]]] = []
        for candidate in tiles:
            operand, last = candidate.place
            cut = next(cut for cut in columns.cuts[operand] if cut.boundaries[-1] == last)
            tile = columns.lattice.tile_at(candidate.index)
            placed.extend(((operand, a), tile) for a in cut.boundaries)
        return TileChoice.of(columns.spatial, columns.laid.temporal, placed)

    def _closed(self, bound: float) -> Verdict:
        """End of the proof, unless some tiles' loop orders were too many to tell apart."""
        value = self._standing.value
        bound = min(bound, value, self._unresolved)
        if self._unresolved < value * (1 - RESOLUTION):
            return Verdict(bound, "some tiles allow more loop orders than are told apart")
        return Verdict(bound)

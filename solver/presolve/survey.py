"""The survey of all spatial mappings: which of them can still beat the incumbent.

A quick bound of all spatial mappings orders them; the best ones are bounded precisely by dynamic
programming over chains of tiles, which also yields good mappings. Those whose bound exceeds the
incumbent are out.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.bounding import Bounding
from zigzag_imc.solver.presolve.ledger import Place
from zigzag_imc.solver.presolve.listing import Listing
from zigzag_imc.solver.presolve.promising import (
    can_win,
    choice_of,
    completed_chains,
    promising_chains,
    roomy_chains,
)
from zigzag_imc.solver.presolve.rising import Promising, Rising
from zigzag_imc.solver.presolve.standing import SpatialOption, Standing, Waiting
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.tables.chains import Chain

PATIENCE = 200
"""Chains scored without a better mapping after which the rest is left to CP-SAT."""

FIRST_LOOKS = 20
"""Spatial mappings looked at whatever the time limit, if none of them has given a mapping yet."""


IN_VAIN = 256
"""Spatial mappings looked at without a better mapping after which a survey ends that is to find a
good one, and not to bound all."""

SETTLED = 32
"""Spatial mappings looked at without a better mapping after which those before are seen again."""

FIRST_BREAK, NEXT_BREAK = 32, 4
"""Spatial mappings looked at before the first break, and how many times as many before the next."""


def survey(
    bench: Workbench,
    goal: Goal,
    standing: Standing,
    in_breaks: Callable[[], None] | None = None,
    most_in_vain: float = math.inf,
) -> float:
    """Bound spatial mappings from the most promising on.

    Those that can still beat the incumbent are added to ``standing.waiting``, good mappings become
    its ``best``. Where there are many, whoever asks may look for better mappings ``in_breaks``.
    After ``most_in_vain`` without a better mapping it ends.

    Returns
    -------
    float
        Lower bound of the objective over the spatial mappings that were not looked at; infinite
        where all were, or none of the others can beat the incumbent.
    """
    unseen = math.inf
    for part, listing in bench.all_listings():
        one = _Survey(bench, goal, standing, part, listing)
        unseen = min(unseen, one.run(in_breaks, most_in_vain))
    if not bench.complete:  # of those that are not listed, only this is known
        floor = goal.values(np.array(bench.floor.energy_pj), bench.floor.latency_cycles)
        unseen = min(unseen, float(floor) * (1 - TOLERANCE))
    return unseen


class _Survey:
    """One pass over a part of the spatial mappings, likely better ones first."""

    def __init__(
        self, bench: Workbench, goal: Goal, standing: Standing, part: int, listing: Listing
    ) -> None:
        self._bench, self._goal, self._standing = bench, goal, standing
        self._part, self._listing = part, listing
        self._bounding = Bounding(bench, goal, part)
        self._in_vain = 0  # chains scored since the last better mapping
        # Value of the incumbent when what waits was looked at.
        self._looked_at: dict[Place, float] = {}

    def run(self, in_breaks: Callable[[], None] | None, most_in_vain: float) -> float:
        """Look at one spatial mapping after the other."""
        rising = Rising(self._bench, self._goal, self._listing)
        next_break = FIRST_BREAK
        best, latest = self._standing.best, 0
        for looked in itertools.count():
            if in_breaks is not None and looked == next_break:
                next_break *= NEXT_BREAK
                in_breaks()
            if self._standing.best is not best:
                best, latest = self._standing.best, looked
            if looked - latest == SETTLED:
                self._look_again()
            if self._out_of_time(looked) or looked - latest > most_in_vain:
                break
            found = rising.next(self._standing.value)
            if found is None:
                break  # none of those that are left can be better, or there is no time
            self._look_at(found)
        self._look_again()
        least = rising.least
        return math.inf if self._standing.beats(least) else least

    def _out_of_time(self, looked: int) -> bool:
        """Whether to end here; not before there is a mapping, or little hope of one."""
        if not self._bench.budget.is_over():
            return False
        return self._part > 0 or looked >= FIRST_LOOKS or math.isfinite(self._standing.value)

    def _look_at(self, found: Promising) -> None:
        """Bound one spatial mapping precisely; keep it where it can beat the incumbent."""
        option = self._bounding.of(found, self._standing.value)
        if option is not None:
            value = self._standing.value
            self._score_first_mappings(option)
            waiting = Waiting.of(option, (found.number, self._part))
            self._standing.waiting.append(waiting)
            self._looked_at[waiting.place] = value

    def _look_again(self) -> None:
        """Look once more at what waits since there was no mapping as good as the incumbent."""
        if not self._bench.has_any_sizes:
            return
        waiting = self._standing.waiting
        for _ in range(len(waiting)):
            again = self._seen_anew(waiting.popleft())
            if not self._standing.beats(again.bound):
                waiting.append(again)

    def _seen_anew(self, waiting: Waiting) -> Waiting:
        """Return what waits, with a higher bound if a closer look tells one."""
        value, budget = self._standing.value, self._bench.budget
        if self._looked_at.pop(waiting.place, value) <= value or budget.is_over():
            return waiting
        option = self._bounding.seen_anew(waiting, value)
        if not self._standing.beats(option.bound):
            self._score_each(option, completed_chains(option))
        return replace(waiting, bound=option.bound)

    def _score_first_mappings(self, option: SpatialOption) -> None:
        """Score the loop orders of the chains on which the bounds stand."""
        if self._in_vain >= PATIENCE:
            return
        self._score_each(option, self._first_chains(option))

    def _score_each(self, option: SpatialOption, chains: Iterable[Chain]) -> None:
        """Score the loop orders of the chains that may rank before the incumbent."""
        for chain in chains:
            if can_win(self._goal, self._standing.best, option, chain):
                self._score(option, chain)

    def _first_chains(self, option: SpatialOption) -> Iterator[Chain]:
        """Yield chains worth scoring first.

        Among tiles that divide, CP-SAT looks for better ones in breaks, so no others are needed.
        """
        yield from completed_chains(option)
        yield from promising_chains(option, self._bench.accelerator)
        if self._bench.has_any_sizes:
            yield from roomy_chains(option, self._bench.accelerator)

    def _score(self, option: SpatialOption, chain: Chain) -> None:
        """Score the loop orders of one chain; count those that are no better in vain."""
        choice = choice_of(option.columns, chain)
        if choice is None:
            return
        found = self._bench.best_arrangement(choice, self._goal, option.bound).best
        is_better = self._standing.offer(found)
        self._in_vain = 0 if is_better else self._in_vain + 1

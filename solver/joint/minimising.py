"""Minimising: solve, score, exclude, until bound and incumbent meet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from zigzag_imc.core.tolerances import COARSEST, RESOLUTION
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.joint.bench import Bench, Minimum
from zigzag_imc.solver.joint.domain import COARSE, NOTHING_KNOWN, Domain, Least, domain_of
from zigzag_imc.solver.joint.model import JointModel
from zigzag_imc.solver.joint.parts.floors import MARGIN
from zigzag_imc.solver.joint.parts.parts import EVERYTHING, Part, parts_of
from zigzag_imc.solver.joint.selection import UnfinishedModelError
from zigzag_imc.solver.joint.session import JointAnswer, minimise
from zigzag_imc.solver.scoring.incumbent import Incumbent, better_of
from zigzag_imc.solver.scoring.scores import Arranged
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.solution import STOPPED, at_the_gap


def minimum(
    bench: Bench, goal: Goal, most: float = math.inf, least: Least = NOTHING_KNOWN
) -> Minimum:
    """Minimise an objective within limits, by the joint model alone.

    Parameters
    ----------
    bench
        What is searched.
    goal
        What is minimised, within which limits.
    most
        Objective above which nothing is of interest.
    least
        What is proved that every mapping needs.
    """
    return _Search(bench, goal, most, least).run()


class _Search:
    """Minimise, score, exclude, until bound and incumbent meet."""

    def __init__(
        self, bench: Bench, goal: Goal, most: float, least: Least, *, is_part: bool = False
    ) -> None:
        self._bench, self._goal, self._most, self._least = bench, goal, most, least
        # A part of the mapspace need not hold what is known of all of it.
        self._best = None if is_part else self._known()
        self._bound = 0.0
        self._unresolved = math.inf  # least bound of excluded tiles with orders not told apart

    def run(self) -> Minimum:
        """Search until there is a verdict."""
        if self._domain().ends_short and math.isinf(self._bench.options.cutoff):
            self._look_at_divisors()
        elif self._best is None and math.isinf(self._most):
            self._look_around()
        return self._search_parts()

    def _search_parts(self) -> Minimum:
        """Search one part after the other, those of the least floor first."""
        parts = parts_of(self._bench.floors, self._domain())
        self._check_parts(parts)
        proved, at_gap = math.inf, None
        for number, part in enumerate(parts):
            if part.floor > self._value * (1 + MARGIN):  # found to be of no interest since
                proved = min(proved, part.floor)
                break
            found = self._search_part(part)
            proved = min(proved, found.bound)
            if found.reason == at_the_gap(self._bench.options.gap):
                at_gap = found.reason
            elif found.reason is not None:
                later = [other.floor for other in parts[number + 1 :]]
                return self._minimum(min([proved, *later]), found.reason)
        return self._minimum(proved, at_gap)

    def _search_part(self, part: Part) -> Minimum:
        """Search a part until there is a verdict."""
        self._bound = 0.0
        try:
            model = JointModel.of(self._bench.costs, self._domain(part), self._bench.budget)
        except UnfinishedModelError as unfinished:
            return self._minimum(max(unfinished.bound, part.floor), str(unfinished))
        while True:
            answer = minimise(model, self._bench.options, self._bench.budget)
            self._check(answer, part)
            # What an earlier solve has proved of all that is not excluded still holds.
            self._bound = max(self._bound, part.floor, answer.bound)
            self._score(model, answer)
            ended = self._ended(model, answer)
            if ended is not None:
                return ended

    def _domain(self, part: Part = EVERYTHING) -> Domain:
        """What is of interest in a part as things stand."""
        least = self._least.or_more(part.least)
        return part.of(domain_of(self._goal, self._value, least, self._bench.options.space))

    # ------------------------------------------------------------------ exact scores
    def _known(self) -> Incumbent | None:
        """Best of all mappings that were looked at, if it is of interest."""
        best = self._bench.scores.best_for(self._goal)
        return best if best is not None and best.value <= self._most else None

    def _check(self, answer: JointAnswer, part: Part) -> None:
        """Trust no answer that contradicts what is known.

        The model of its part holds the incumbent, whose cost is the most of interest, until
        something is excluded. That CP-SAT does not find it back would be a fault of either.
        """
        best, is_first = self._best, self._bound == 0.0
        if best is None or not is_first or not part.holds(best.mapping.spatial):
            return
        if answer.bound > best.value * (1 + COARSEST):
            raise RuntimeError(
                f"the joint model has a bound of {answer.bound!r}, "
                f"above a mapping that costs {best.value!r}"
            )

    def _check_parts(self, parts: Sequence[Part]) -> None:
        """Trust no floors that leave the incumbent out."""
        best = self._best
        if best is not None and not any(part.holds(best.mapping.spatial) for part in parts):
            raise RuntimeError(f"floors are above a mapping that costs {best.value!r}")

    def _look_at_divisors(self) -> None:
        """Find the best mapping among tiles that divide, unless one as good is known.

        It is soon found and hardly worse than any other; above it, nothing is of interest any more.
        """
        space = replace(self._bench.options.space, tile_sizes="divisors")
        part = replace(self._bench, options=replace(self._bench.options, space=space))
        self._offer(_Search(part, self._goal, self._value, self._least, is_part=True).run().best)

    def _look_around(self) -> None:
        """Find a first mapping, above which nothing is of interest any more."""
        for widest in COARSE:
            self._look_at(self._domain().coarse(widest))

    def _look_at(self, coarse: Domain) -> None:
        """Score what a coarse model finds: nothing above it is of interest any more."""
        model = JointModel.of(self._bench.costs, coarse)
        answer = minimise(model, self._bench.options, self._bench.budget)
        for found in answer.found[-1:]:
            self._offer(self._best_order(found.choice, 0.0).best)

    def _score(self, model: JointModel, answer: JointAnswer) -> None:
        """Score the solutions of an answer, the best first, and exclude them."""
        for found in reversed(answer.found):
            scored = self._best_order(found.choice, answer.bound)
            self._offer(scored.best)
            if scored.bound <= answer.bound and not self._is_at(scored.best, answer.bound):
                self._unresolved = min(self._unresolved, answer.bound)
            model.exclude(found.rows)

    def _best_order(self, choice: TileChoice, floor: float) -> Arranged:
        """Best exact score of the loop orders of some tiles."""
        bench = self._bench
        return bench.scores.best_arrangement(choice, self._goal, floor, bench.budget)

    def _offer(self, new: Incumbent | None) -> None:
        """Keep a mapping if it is the best of interest."""
        if new is not None and new.value <= self._most:
            self._best = better_of(new, self._best)

    def _is_at(self, best: Incumbent | None, bound: float) -> bool:
        """Whether a mapping is as good as a bound."""
        return best is not None and best.value <= bound * (1 + RESOLUTION)

    # ------------------------------------------------------------------ verdicts
    @property
    def _value(self) -> float:
        """Objective of the incumbent, or above which nothing is asked for."""
        return self._most if self._best is None else self._best.value

    def _ended(self, model: JointModel, answer: JointAnswer) -> Minimum | None:
        """End where nothing that is left is better, or a limit, the user or the gap says so."""
        bound = min(self._bound, self._unresolved)
        if self._bound >= self._value * (1 - model.resolution):
            is_resolved = bound >= self._value * (1 - model.resolution)
            return self._minimum(bound, None if is_resolved else STOPPED)
        if not answer.proved or self._bench.budget.is_over():
            return self._minimum(bound, STOPPED)
        gap = self._bench.options.gap
        if self._best is not None and bound >= self._value * (1 - gap):
            return self._minimum(bound, at_the_gap(gap))
        return None

    def _minimum(self, bound: float, reason: str | None) -> Minimum:
        """Say what is proved, and why not more."""
        return Minimum(self._best, min(bound, self._value), reason)

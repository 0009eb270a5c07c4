"""Best first: the accelerator of the least bound is looked at more closely, until it is solved.

Whatever is left when the two best are solved has a bound that is no less than the value of the
second, and needs no search: a bound is never above the exact value, whose sums it replaces term by
term.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from zigzag_imc.runs.run import Flag
from zigzag_imc.sweep.endless import MOST_LOST, EndlessRun
from zigzag_imc.sweep.explore.bounds import Bounds, BoundTask
from zigzag_imc.sweep.explore.frontier import Frontier
from zigzag_imc.sweep.explore.goal import HardwareGoal
from zigzag_imc.sweep.explore.point import PEAK, PRESOLVE, Point
from zigzag_imc.sweep.problems import Problem
from zigzag_imc.sweep.record import PointRecord, failed
from zigzag_imc.sweep.store import Store
from zigzag_imc.sweep.task import Task


@dataclass
class Alike:
    """Accelerators that are alike, see `zigzag_imc.sweep.explore.relaxed`.

    Attributes
    ----------
    points
        Their points.
    is_asked
        Whether somebody is at their bounds.
    waiting
        Points that wait for these.
    """

    points: list[Point]
    is_asked: bool = False
    waiting: list[Point] = field(default_factory=list)


Groups = dict[Hashable, Alike]
"""Accelerators that are alike, by what they have in common."""


@dataclass(frozen=True, slots=True)
class _Given:
    """Something a worker is at: bounds of all that are alike, or a layer of a point."""

    kind: Hashable = None
    point: Point | None = None
    place: int | None = None


_Wanted = tuple[_Given, Task | BoundTask]
"""What is to be known next, and what a worker does for it."""


@dataclass(slots=True)
class ExploreCounts:
    """How far an exploration is.

    Attributes
    ----------
    points
        Accelerators that count.
    discarded, solved
        Those that bounds discarded, and those solved whole.
    layers
        Layers solved.
    best
        Value of the best so far.
    bound
        Least bound of those that are open.
    """

    points: int
    discarded: int = 0
    solved: int = 0
    layers: int = 0
    best: float = math.inf
    bound: float = 0.0


class BestFirst(EndlessRun):
    """Gives workers what is to be known next, and takes what they find.

    Parameters
    ----------
    alike
        All points, those that are alike together.
    goal
        What makes one better than another.
    store
        Where solved layers are kept.
    """

    def __init__(
        self,
        alike: Groups,
        goal: HardwareGoal,
        store: Store,
        workers: int,
        flag: Flag,
        progress: Callable[[ExploreCounts], None] | None = None,
    ) -> None:
        super().__init__(workers, flag)
        self.frontier = Frontier(goal)
        self.discarded: dict[int, Point] = {}
        self.unfit: list[Point] = []
        self._alike, self._goal, self._store = alike, goal, store
        self._progress = progress
        self._kinds = {point.number: kind for kind, one in alike.items() for point in one.points}
        self._points = {point.number: point for one in alike.values() for point in one.points}
        self._heap = [(one.bound(goal), -one.level, one.number) for one in self._points.values()]
        heapq.heapify(self._heap)
        self._left: dict[int, list[int]] = {}
        self._given: dict[int, _Given] = {}
        self._next: _Wanted | None = None
        self._number = 0
        self._lost: dict[_Given, int] = {}
        self.counts = ExploreCounts(len(self._points))

    # ------------------------------------------------------------------ for the workers
    @property
    def is_open(self) -> bool:
        """Whether there is anything to find out that does not wait for something else."""
        while self._next is None and self._heap:
            self._next = self._looked_at(*heapq.heappop(self._heap))
        return self._next is not None

    def take(self) -> tuple[int, Task | BoundTask]:
        """Give away what is to be known next."""
        assert self.is_open
        assert self._next is not None
        given, task = self._next
        self._next = None
        self._number += 1
        self._given[self._number] = given
        return self._number, task

    def finish(self, index: int, found: Any) -> None:
        """Take bounds, or the solution of a layer."""
        given = self._given.pop(index)
        if given.point is None:
            self._know(self._alike[given.kind], found)
        elif given.place is not None:
            self._store.keep(found)
            for _, text in found:
                self.counts.layers += 1
                self._solve(given.point, given.place, PointRecord.of_text(text))
        self._report()

    def lose(self, index: int) -> None:
        """Ask again for what a lost worker was at; not forever."""
        given = self._given.pop(index)
        self._lost[given] = self._lost.get(given, 0) + 1
        is_given_up = self._lost[given] > MOST_LOST
        if given.point is None:
            self._lose_bounds(self._alike[given.kind], is_given_up)
        elif given.place is not None and is_given_up:
            reason = "its worker process was killed again and again (out of memory?)"
            self._solve(given.point, given.place, failed(reason))
        elif given.place is not None:
            self._left[given.point.number].insert(0, given.place)
            self._push(given.point)

    # ------------------------------------------------------------------ parts
    def _push(self, point: Point) -> None:
        # Of equal bounds, the one of which more is known: it is settled soonest.
        heapq.heappush(self._heap, (point.bound(self._goal), -point.level, point.number))

    def _looked_at(self, bound: float, _: int, number: int) -> _Wanted | None:
        """Return what is to be known next of a point; ``None`` where it waits, or is out."""
        point = self._points[number]
        if point.is_solved or point.unfit is not None or number in self.discarded:
            return None
        self.counts.bound = bound
        if point.bound(self._goal) > bound:  # more is known since it was put here
            self._push(point)
            return None
        if self._is_out(point):
            self.discarded[number] = point
            self.counts.discarded += 1
            return None
        return self._bounded(point) if point.level == PEAK else self._solved(point)

    def _is_out(self, point: Point) -> bool:
        """Whether nothing more need be known of a point."""
        if point.bound(self._goal) < self.frontier.threshold:
            return False
        return not self._goal.with_front or self.frontier.dominates(point.figures())

    def _bounded(self, point: Point) -> tuple[_Given, BoundTask] | None:
        """Ask for the bounds of all that are alike, unless somebody is at them."""
        kind = self._kinds[point.number]
        alike = self._alike[kind]
        alike.waiting.append(point)
        if alike.is_asked:
            return None
        alike.is_asked = True
        groups = tuple(group for case in point.cases for group in case.groups)
        accelerators = tuple(one.accelerator for one in alike.points)
        question = point.cases[0].question
        return _Given(kind), BoundTask(groups, accelerators, question, self._goal.needs_delay)

    def _know(self, alike: Alike, bounds: Sequence[Bounds]) -> None:
        """Take the bounds of all that are alike."""
        for point, own in zip(alike.points, bounds, strict=True):
            point.raise_to(list(own), PRESOLVE)
        self._wake(alike)

    def _lose_bounds(self, alike: Alike, is_given_up: bool) -> None:
        """Ask for bounds again; or know nothing more of all that are alike but their peaks."""
        alike.is_asked = False
        if is_given_up:
            for point in alike.points:
                point.level = PRESOLVE
        self._wake(alike)

    def _wake(self, alike: Alike) -> None:
        waiting, alike.waiting = alike.waiting, []
        for point in waiting:
            self._push(point)

    def _solved(self, point: Point) -> tuple[_Given, Task] | None:
        """Ask for the solution of the next layer of a point."""
        if point.number not in self._left:
            self._left[point.number] = []
            self._recall(point)
            if point.is_solved or point.unfit is not None:
                return None
            self._left[point.number] = point.unsolved()
            self._push(point)
            return None
        left = self._left[point.number]
        if not left:
            return None  # all are being solved
        place = left.pop(0)
        if left:
            self._push(point)
        key = point.keys[place]
        known = self._known([key])
        if key in known and known[key].answers(None):  # another point has the same problem
            self._solve(point, place, known[key])
            return None
        return _Given(point=point, place=place), Task((_problem(point, place),))

    def _recall(self, point: Point) -> None:
        """Take the layers that were solved before."""
        known = self._known(point.keys)
        for place, key in enumerate(point.keys):
            if key in known and known[key].answers(None) and not point.is_solved:
                self._solve(point, place, known[key])

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, PointRecord]:
        """Return what is known of layers; explorations ask nothing of networks as wholes."""
        known = self._store.known(keys).items()
        return {key: record for key, record in known if isinstance(record, PointRecord)}

    def _solve(self, point: Point, place: int, record: PointRecord) -> None:
        """Take the solution of a layer; a point that is solved joins the others."""
        was_unfit = point.unfit is not None
        point.solve(place, record)
        if point.unfit is not None:
            if not was_unfit:
                self.unfit.append(point)
        elif point.is_solved:
            self.frontier.add(point)
            self.counts.solved += 1
            if self.discarded.pop(point.number, None) is not None:
                self.counts.discarded -= 1  # its last layers were on their way
            self.counts.best = min(self.counts.best, point.bound(self._goal))
        else:
            self._push(point)

    def _report(self) -> None:
        if self._progress is not None:
            self._progress(self.counts)


def _problem(point: Point, place: int) -> Problem:
    """Return the problem of a layer of a point."""
    problems = [one for case in point.cases for one in case.problems(point.accelerator)]
    problem = problems[place]
    assert isinstance(problem, Problem), "explorations ask nothing of networks as wholes"
    return problem


def open_points(points: Sequence[Point], run: BestFirst) -> list[Point]:
    """Return the points of which it is not known whether they are best: after Ctrl-C alone."""
    settled = {one.number for one in (*run.frontier.solved, *run.unfit)} | set(run.discarded)
    return [point for point in points if point.number not in settled]

"""Best first: the accelerator of the least bound is looked at more closely, until it is solved.

Whatever is left when the two best are solved has a bound that is no less than the value of the
second, and needs no search: a bound is never above the exact value, whose sums it replaces term by
term.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.objective import Stopped
from zigzag_imc.runs.run import INTERRUPT_GRACE_S, Flag
from zigzag_imc.sweep.explore.bounds import Bounds, BoundTask
from zigzag_imc.sweep.explore.frontier import Frontier
from zigzag_imc.sweep.explore.goal import HardwareGoal
from zigzag_imc.sweep.explore.point import ALIKE, OWN, PEAK, SAME_ARRAY, Point
from zigzag_imc.sweep.explore.relaxed import relaxed
from zigzag_imc.sweep.problems import Problem
from zigzag_imc.sweep.record import PointRecord, failed
from zigzag_imc.sweep.running import MOST_LOST
from zigzag_imc.sweep.store import Store
from zigzag_imc.sweep.task import Task

_PATIENCE_S = 0.2


@dataclass
class Alike:
    """Accelerators that are alike, see `zigzag_imc.sweep.explore.relaxed`.

    Attributes
    ----------
    points
        Their points.
    bounds
        Presolve bounds that hold for all of them; ``None`` as long as they are not known.
    waiting
        Points that wait for these; none, also while nobody has asked for them.
    """

    points: list[Point]
    bounds: Bounds | None = None
    waiting: list[Point] = field(default_factory=list)


Groups = dict[Hashable, Alike]
"""Accelerators that are alike, by what they have in common."""


@dataclass(frozen=True, slots=True)
class _Given:
    """Something a worker is at: bounds of those alike, bounds of a point, or a layer of it."""

    kind: Hashable = None
    level: int | None = None
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


class BestFirst:
    """Gives workers what is to be known next, and takes what they find.

    An `zigzag_imc.runs.workers.Assigner`.

    Parameters
    ----------
    alike
        All points, those that are alike together: first whatever their ADCs, then those with the
        same array.
    goal
        What makes one better than another.
    store
        Where solved layers are kept.
    """

    def __init__(
        self,
        alike: tuple[Groups, Groups],
        goal: HardwareGoal,
        store: Store,
        workers: int,
        flag: Flag,
        progress: Callable[[ExploreCounts], None] | None = None,
    ) -> None:
        self.workers, self.flag = workers, flag
        self.stopped: Stopped | None = None
        self.frontier = Frontier(goal)
        self.discarded: dict[int, Point] = {}
        self.unfit: list[Point] = []
        self._alike, self._goal, self._store = alike, goal, store
        self._progress = progress
        self._kinds = [
            {point.number: kind for kind, one in groups.items() for point in one.points}
            for groups in alike
        ]
        self._points = {point.number: point for one in alike[0].values() for point in one.points}
        self._heap = [(one.bound(goal), -one.level, one.number) for one in self._points.values()]
        heapq.heapify(self._heap)
        self._left: dict[int, list[int]] = {}
        self._given: dict[int, _Given] = {}
        self._next: tuple[_Given, Task | BoundTask] | None = None
        self._number = 0
        self._lost: dict[_Given, int] = {}
        self._gives_up_at = math.inf
        self.counts = ExploreCounts(len(self._points))

    # ------------------------------------------------------------------ for the workers
    @property
    def is_open(self) -> bool:
        """Whether there is anything to find out that does not wait for something else."""
        while self._next is None and self._heap:
            self._next = self._looked_at(*heapq.heappop(self._heap))
        return self._next is not None

    @property
    def is_stopped(self) -> bool:
        """Whether no more is given away."""
        return self.stopped is not None

    @property
    def gave_up(self) -> bool:
        """Whether workers that have not come back by now are left behind."""
        return time.monotonic() >= self._gives_up_at

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
        if given.level is not None:
            self._know_alike(self._alike[given.level][given.kind], given.level, found)
        elif given.point is not None and given.place is None:
            given.point.raise_to(list(found), OWN)
            self._push(given.point)
        elif given.point is not None and given.place is not None:
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
        if given.level is not None:
            alike = self._alike[given.level][given.kind]
            if is_given_up:  # nothing is known then, and every point is bounded for itself
                alike.bounds = tuple(alike.points[0].least)
            waiting, alike.waiting = alike.waiting, []
            for point in waiting:
                self._push(point)
        elif given.point is not None and given.place is None:
            given.point.level = OWN if is_given_up else SAME_ARRAY
            self._push(given.point)
        elif given.point is not None and given.place is not None:
            if is_given_up:
                reason = "its worker process was killed again and again (out of memory?)"
                self._solve(given.point, given.place, failed(reason))
            else:
                self._left[given.point.number].insert(0, given.place)
                self._push(given.point)

    def check_deadline(self) -> None:
        """Do nothing: an exploration has no deadline."""

    def patience_s(self) -> float:
        """Seconds to wait for news."""
        return _PATIENCE_S

    # ------------------------------------------------------------------ for Ctrl-C
    def stop(self, why: Stopped) -> None:
        """Ask all searches to come back."""
        self.stopped = why
        self.flag.value = True
        self._gives_up_at = time.monotonic() + INTERRUPT_GRACE_S

    def give_up(self) -> None:
        """Leave behind all workers that have not come back."""
        self._gives_up_at = 0.0

    # ------------------------------------------------------------------ parts
    def _push(self, point: Point) -> None:
        # Of equal bounds, the one of which more is known: it is settled soonest.
        heapq.heappush(self._heap, (point.bound(self._goal), -point.level, point.number))

    def _looked_at(
        self, bound: float, _: int, number: int
    ) -> tuple[_Given, Task | BoundTask] | None:
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
        if point.level in (PEAK, ALIKE):
            return self._bounded_alike(point, point.level)
        if point.level == SAME_ARRAY:
            return self._bounded(point)
        return self._solved(point)

    def _is_out(self, point: Point) -> bool:
        """Whether nothing more need be known of a point."""
        if point.bound(self._goal) < self.frontier.threshold:
            return False
        return not self._goal.with_front or self.frontier.dominates(point.figures())

    def _bounded_alike(self, point: Point, level: int) -> tuple[_Given, BoundTask] | None:
        """Ask for the bounds of all that are alike, or take them where they are known."""
        kind = self._kinds[level][point.number]
        alike = self._alike[level][kind]
        if alike.bounds is not None:
            self._raise(point, alike, level)
            return None
        alike.waiting.append(point)
        if len(alike.waiting) > 1:
            return None  # somebody is at it
        best = relaxed([one.accelerator for one in alike.points])
        return _Given(kind=kind, level=level), _bounds_of(point, best, self._goal)

    def _raise(self, point: Point, alike: Alike, level: int) -> None:
        """Take the bounds of all that are alike: those of its own, where there is one alone."""
        assert alike.bounds is not None
        array = self._alike[ALIKE][self._kinds[ALIKE][point.number]]
        if len(alike.points) == 1:
            reached = OWN
        elif level == PEAK and len(array.points) < len(alike.points):
            reached = ALIKE
        else:
            reached = SAME_ARRAY
        point.raise_to(list(alike.bounds), reached)
        self._push(point)

    def _know_alike(self, alike: Alike, level: int, bounds: Bounds) -> None:
        alike.bounds = bounds
        waiting, alike.waiting = alike.waiting, []
        for point in waiting:
            self._raise(point, alike, level)

    def _bounded(self, point: Point) -> tuple[_Given, BoundTask]:
        """Ask for the bounds of a point's own."""
        return _Given(point=point), _bounds_of(point, point.accelerator, self._goal)

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
        known = self._store.known([key])
        if key in known and known[key].answers(None):  # another point has the same problem
            self._solve(point, place, known[key])
            return None
        return _Given(point=point, place=place), Task((_problem(point, place),))

    def _recall(self, point: Point) -> None:
        """Take the layers that were solved before."""
        known = self._store.known(point.keys)
        for place, key in enumerate(point.keys):
            if key in known and known[key].answers(None) and not point.is_solved:
                self._solve(point, place, known[key])

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


def _bounds_of(point: Point, accelerator: Accelerator, goal: HardwareGoal) -> BoundTask:
    groups = tuple(group for case in point.cases for group in case.groups)
    return BoundTask(groups, accelerator, point.cases[0].question, goal.needs_delay)


def _problem(point: Point, place: int) -> Problem:
    """Return the problem of a layer of a point."""
    problems = (one for case in point.cases for one in case.problems(point.accelerator))
    return list(problems)[place]


def open_points(points: Sequence[Point], run: BestFirst) -> list[Point]:
    """Return the points of which it is not known whether they are best: after Ctrl-C alone."""
    settled = {one.number for one in (*run.frontier.solved, *run.unfit)} | set(run.discarded)
    return [point for point in points if point.number not in settled]

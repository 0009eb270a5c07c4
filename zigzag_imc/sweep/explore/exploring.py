"""A study explored: its best accelerator, proved, and what that took."""

from __future__ import annotations

import math
import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from zigzag_imc.core.arguments import callback, flag, is_number, shown, whole
from zigzag_imc.core.arguments import path as checked_path
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.space import TileSizes
from zigzag_imc.models.peak import OPERATIONS_PER_MAC
from zigzag_imc.results.records import edp_js
from zigzag_imc.runs.cores import available_cores
from zigzag_imc.runs.job import prepare
from zigzag_imc.runs.local import HereFlag, ctrl_c_stops
from zigzag_imc.runs.workers import run_in_processes, shared_flag
from zigzag_imc.solver.presolve.floor import Floor
from zigzag_imc.sweep.explore.bounds import least_of
from zigzag_imc.sweep.explore.frontier import RANKED
from zigzag_imc.sweep.explore.goal import HardwareGoal, HardwareObjective
from zigzag_imc.sweep.explore.point import NAMES, PEAK, Point
from zigzag_imc.sweep.explore.reasons import reasons
from zigzag_imc.sweep.explore.record import EXPLORATION_ID, Exploration, PointResult
from zigzag_imc.sweep.explore.relaxed import kind_of, relaxed
from zigzag_imc.sweep.explore.search import Alike, BestFirst, ExploreCounts, Groups, open_points
from zigzag_imc.sweep.left_out import LeftOut
from zigzag_imc.sweep.plan import Array, Plan
from zigzag_imc.sweep.store import Store
from zigzag_imc.sweep.study.entries import Study
from zigzag_imc.sweep.study.reading import study_asked
from zigzag_imc.sweep.sums import Sums, tops_of
from zigzag_imc.sweep.sweeping import cache_of

_NOTHING = Floor(0.0, 0.0)

ProgressCallback = Callable[[ExploreCounts], None]


def explore_study(  # noqa: PLR0913  (users name each of their choices)
    study: str | os.PathLike[str] | Study,
    *,
    objective: HardwareObjective = "edp",
    area_mm2: float | None = None,
    energy_limit_pj: float | None = None,
    front: bool = False,
    jobs: int | None = None,
    cache: str | os.PathLike[str] | None = None,
    tile_sizes: TileSizes | None = None,
    progress: ProgressCallback | None = None,
) -> Exploration:
    """Find the best accelerator of a study for all its networks, and prove it.

    Every layer is mapped for its own least energy, latency or product of both, as the objective
    asks; the networks run one after the other. Bounds discard most accelerators without a search.

    Parameters
    ----------
    study
        Path of a study file, or a study; its own objectives and its time limit do not count.
    objective
        ``energy``, ``latency`` (delay), ``edp``, ``tops_per_w`` or ``tops_per_mm2``.
    area_mm2
        Area in mm2 that an accelerator may have at most; by default, that of the study.
    energy_limit_pj
        Energy in pJ that all networks together may take at most.
    front
        Whether the accelerators that no other beats in energy, delay and area are found and proved,
        too.
    jobs
        Workers side by side; as many as there are cores by default.
    cache
        SQLite file of solved problems; by default ``points.sqlite`` beside the study file.
    tile_sizes
        ``divisors`` or ``any-outermost``, in place of what the study says.
    progress
        Called with `ExploreCounts` whenever something is found out.

    Returns
    -------
    Exploration
        The best accelerator, how it was found, and whether that is proved.

    Raises
    ------
    ZigzagImcError
        In one line: what of the study, the options or the cache is wrong.
    """
    started = time.monotonic()
    workers = available_cores() if jobs is None else whole("jobs", jobs)
    callback("progress", progress)
    most_pj = _limit("energy_limit_pj", energy_limit_pj) or math.inf
    goal = HardwareGoal(objective, most_pj, flag("front", front))
    asked = study_asked(study, tile_sizes)
    asked = _asked(asked, goal, _limit("area_mm2", area_mm2))
    if cache is None:
        kept = cache_of(study, Path.cwd())
    else:
        kept = Path(checked_path("cache", cache, "the path of a file"))
    built = _Field.of(Plan(asked))
    with Store(kept) as store:
        run = _run(built, goal, store, workers, progress)
    return _result(asked, goal, built, run, time.monotonic() - started)


def _asked(study: Study, goal: HardwareGoal, area_mm2: float | None) -> Study:
    """Return the study with what is asked of every layer; bounds and proofs know no time limit."""
    if study.is_local_anywhere:
        raise OptionError(
            "locality: an exploration bounds layers that go through all memories; expected none "
            "(a sweep knows the others)"
        )
    asked = study.replace(
        objectives=(goal.mapped_for,),
        cost_models=study.cost_models[:1],
        area_mm2=area_mm2 or study.area_mm2,
        time_limit_s=None,
    )
    return study_asked(asked, asked.tile_sizes)


def _limit(name: str, found: object) -> float | None:
    if found is None:
        return None
    if not (is_number(found) and found > 0):
        raise OptionError(f"{name}: found {shown(found)}, expected a number above 0")
    return float(found)


@dataclass
class _Field:
    """The points of a study, those that are alike together, and what is no point.

    Attributes
    ----------
    alike
        The points, those that are alike together.
    left_out
        All combinations of values, those over the area, and those that cannot be built.
    """

    alike: Groups
    left_out: LeftOut = field(default_factory=LeftOut)

    @classmethod
    def of(cls, plan: Plan) -> _Field:
        """Build the accelerators of a plan, and bound them by peak and compulsory traffic."""
        built = cls({})
        for array in plan.arrays():
            built._add(array)
        for one in built.alike.values():
            best = relaxed([point.accelerator for point in one.points])
            first = one.points[0].cases
            least = [
                least_of(group, best, case.question, "peak and compulsory traffic")
                for case in first
                for group in case.groups
            ]
            for point in one.points:
                point.raise_to(least, PEAK)
        return built

    def _add(self, array: Array) -> None:
        number, accelerator = self.left_out.arrays, array.candidate.accelerator
        self.left_out.add(array)
        if array.is_over_budget or accelerator is None:
            return
        misfit = next((case.reason for case in array.cases if case.reason is not None), None)
        if misfit is not None:
            self.left_out.refuse(misfit)
            return
        facts = array.cases[0].facts
        assert facts is not None
        layers = [group for case in array.cases for group in case.groups]
        is_free = not any(group.constraints for group in layers)
        names = () if is_free else tuple(memory.name for memory in accelerator.memories)
        kind = (kind_of(accelerator), tuple(layers), names)
        point = Point(number, accelerator, array.cases, facts, [_NOTHING] * len(layers))
        self.alike.setdefault(kind, Alike([])).points.append(point)

    @property
    def points(self) -> list[Point]:
        """All points, in the order of the study."""
        points = (point for one in self.alike.values() for point in one.points)
        return sorted(points, key=lambda point: point.number)


def _run(
    built: _Field,
    goal: HardwareGoal,
    store: Store,
    workers: int,
    progress: ProgressCallback | None,
) -> BestFirst:
    """Look at the points, in this process for one worker."""
    is_here = workers == 1 or multiprocessing.current_process().daemon
    run = BestFirst(
        built.alike,
        goal,
        store,
        1 if is_here else workers,
        HereFlag() if is_here else shared_flag(),
        progress,
    )
    with ctrl_c_stops(run):
        if not is_here:
            run_in_processes(run)
            return run
        prepare()
        while run.is_open and not run.is_stopped:
            number, task = run.take()
            run.finish(number, task.run(lambda: bool(run.flag.value)))
    return run


def _result(
    study: Study, goal: HardwareGoal, built: _Field, run: BestFirst, seconds: float
) -> Exploration:
    points, frontier, left_out = built.points, run.frontier, built.left_out
    unknown = open_points(points, run)
    first = [_solved(point, goal) for point in frontier.ranking[:RANKED]]
    best, runner_up = (*first, None, None)[:2]
    pruned = dict.fromkeys(NAMES, 0)
    for point in run.discarded.values():
        pruned[NAMES[point.level]] += 1
    front = frontier.front()
    left = [point for point in points if not point.is_solved and point.unfit is None]
    return Exploration(
        schema=EXPLORATION_ID,
        study=study.name,
        networks=tuple(case.network for case in points[0].cases) if points else (),
        objective=goal.objective,
        mapped_for=goal.mapped_for,
        cost_model=study.cost_models[0],
        tile_sizes=study.tile_sizes,
        area_mm2=study.area_mm2,
        energy_limit_pj=goal.energy_limit_pj if math.isfinite(goal.energy_limit_pj) else None,
        combinations=left_out.arrays,
        over_area=left_out.over_area,
        refused=left_out.refused,
        notes=tuple(left_out.sentences(study.area_mm2)),
        points=len(points),
        pruned=pruned,
        unfit=len(run.unfit),
        unfit_reason=run.unfit[0].unfit if run.unfit else None,
        solved=len(frontier.solved),
        layers_solved=run.counts.layers,
        open=len(unknown),
        best=best,
        runner_up=runner_up,
        proved=best is not None and not unknown and _is_proved(frontier.solved),
        why=reasons(best, runner_up),
        front=tuple(_solved(point, goal) for point in front),
        front_proved=_is_proved(frontier.solved)
        and all(frontier.dominates(point.figures()) for point in left),
        seconds=seconds,
    )


def _is_proved(solved: list[Point]) -> bool:
    """Whether every layer that was solved is proved."""
    return all(record.is_proved for point in solved for record in point.records.values())


def _solved(point: Point, goal: HardwareGoal) -> PointResult:
    """Return the record of a point that is solved."""
    counted = [(point.counts[place], record) for place, record in sorted(point.records.items())]
    sums = Sums.of(counted)
    assert sums is not None, "every layer of a solved point has a mapping"
    facts = point.facts
    delay_ns = sums.latency_cycles * facts.tclk_ns
    macs = sum(group.count * group.layer.macs for case in point.cases for group in case.groups)
    operations = OPERATIONS_PER_MAC * macs
    tops = tops_of(operations, delay_ns)
    return PointResult(
        accelerator=point.name,
        parameters=dict(point.cases[0].parameters),
        value=None if math.isinf(point.bound(goal)) else point.bound(goal),
        energy_pj=sums.energy_pj,
        delay_ns=delay_ns,
        edp_js=edp_js(sums.energy_pj * sums.latency_cycles, facts.tclk_ns),
        tops=tops,
        tops_per_w=operations / sums.energy_pj,
        tops_per_mm2=tops / facts.area_mm2,
        area_mm2=facts.area_mm2,
        array_area_mm2=facts.array_area_mm2,
        register_area_mm2=facts.register_area_mm2,
        cache_area_mm2=facts.cache_area_mm2,
        tclk_ns=facts.tclk_ns,
        utilization=sums.utilization,
        compute_cycles=sums.compute_cycles,
        stall_cycles=sums.stall_cycles,
        loading_cycles=sums.loading_cycles,
        energies_pj=sums.energies_pj,
    )

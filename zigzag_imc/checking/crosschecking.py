"""The solver against heuristic engines and ZigZag's own search, layer by layer.

A function that Python users call.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zigzag_imc.checking.crossed import Crossed, alone, as_kept
from zigzag_imc.checking.findings import Finding, finding_of, refusal, scored_by_zigzag
from zigzag_imc.checking.judge import Judge
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.arguments import flag, shown
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.objective import KeepingRule, Objective, OrderRule, Stopped
from zigzag_imc.core.precision_rules import PrecisionWish
from zigzag_imc.core.space import Space
from zigzag_imc.core.stored_operand import Storing
from zigzag_imc.library.answers import job_of
from zigzag_imc.library.assembly import versions
from zigzag_imc.library.query import Query
from zigzag_imc.library.searching import engine_of
from zigzag_imc.library.subject import Subject
from zigzag_imc.results.crosscheck import (
    CROSSCHECK_ID,
    SOLVER,
    ZIGZAG,
    CrosscheckResult,
    LayerCheck,
)
from zigzag_imc.results.records import accelerator_record
from zigzag_imc.results.result import NetworkRecord
from zigzag_imc.runs.job import Job, Searcher
from zigzag_imc.runs.local import run_jobs
from zigzag_imc.solver.engines.engine import Engine

if TYPE_CHECKING:
    from onnx import ModelProto

    from zigzag_imc.onnx_workload.network import Network
    from zigzag_imc.runs.run import ProgressCallback

HEURISTICS = ("loma", "salsa", "random")
"""Engines that a crosscheck runs by default."""


def crosscheck_network(  # noqa: PLR0913  (users name each of their choices)
    model: str | os.PathLike[str] | ModelProto | Network,
    accelerator: str | os.PathLike[str] | Accelerator,
    *,
    engines: Sequence[str | Engine] = HEURISTICS,
    zigzag: bool | None = None,
    objective: Objective = "edp",
    cost_model: str = "imc",
    batch: int | None = None,
    shapes: Mapping[str, Sequence[int]] | None = None,
    dims: Mapping[str, int] | None = None,
    precision: PrecisionWish | None = None,
    stored: Storing = "best",
    jobs: int | None = None,
    time_limit: float | None = None,
    seed: int = 0,
    space: Space | None = None,
    layers: Sequence[str] | None = None,
    locality: KeepingRule = "none",
    keep_ends: bool = False,
    inferences: int = 1,
    order: OrderRule = "graph",
    progress: ProgressCallback | None = None,
) -> CrosscheckResult:
    """Search every layer with the solver, with engines and with ZigZag, and compare.

    The other parameters are those of `map_network`.

    Parameters
    ----------
    engines
        ``exhaustive``, ``loma``, ``salsa`` or ``random``, or engines themselves; by default all but
        the exhaustive one, which leaves out layers that are too large for it.
    zigzag
        Whether ZigZag searches, too, and scores the solver's mappings; by default where it is
        installed. Its mappings are scored again by the cost model here. Its own scores are
        comparable with the solver's bound only under the profile ``zigzag``. With ``locality`` it
        takes no part.
    locality
        What stays on chip, as for `map_network`: it is chosen for the network first, and
        every layer is then searched by all methods as it finds the chip.
    time_limit
        Seconds for each search.

    Returns
    -------
    CrosscheckResult
        Its ``contradictions`` are bugs, of whatever side: a mapping that costs less than a proved
        bound, a claimed cost that is not that of the mapping, a mapping that is not legal or that
        should not exist.

    Raises
    ------
    ZigzagImcError
        When an input is wrong, or ZigZag is asked for and not installed.
    """
    query = Query(
        objective=objective,
        cost_model=cost_model,
        batch=batch,
        shapes=shapes,
        dims=dims,
        precision=precision,
        stored=stored,
        layers=layers,
        jobs=jobs,
        time_limit=time_limit,
        seed=seed,
        space=space,
        progress=progress,
    )
    keeping = replace(
        query, locality=locality, keep_ends=keep_ends, inferences=inferences, order=order
    )
    clock = Budget.of()
    searchers = _searchers(engines, _zigzag_beside(locality, zigzag))
    subject = Subject.of(model, accelerator, query)
    if locality == "none":
        crosscheck = _Crosscheck(subject, searchers, alone(subject), keeping)
        findings, stopped = crosscheck.run(clock)
        return crosscheck.result(findings, stopped, clock.elapsed_s)
    crossed, stopped = as_kept(subject, keeping, clock)
    crosscheck = _Crosscheck(subject, searchers, crossed, keeping)
    if stopped == "interrupted":
        return crosscheck.result({}, stopped, clock.elapsed_s)
    findings, stopped = crosscheck.run(clock)
    return crosscheck.result(findings, stopped, clock.elapsed_s)


def _zigzag_beside(locality: KeepingRule, zigzag: bool | None) -> bool | None:
    """Whether ZigZag takes part: where tensors stay on chip its search knows nothing of them."""
    if locality == "none":
        return zigzag
    if zigzag:
        raise OptionError(
            f"zigzag: found True with locality={locality!r}; ZigZag's search of a layer knows "
            "nothing of tensors that stay on chip, expected zigzag=False"
        )
    return False


def _searchers(engines: Sequence[str | Engine], zigzag: bool | None) -> tuple[Searcher, ...]:
    """All that search beside the solver: engines, and ZigZag where asked for or installed."""
    from zigzag_imc.zigzag_bridge import installed

    if not isinstance(engines, list | tuple):
        raise OptionError(f"engines: found {shown(engines)}, expected a list of engines")
    searchers: list[Searcher] = [engine_of(one) for one in engines]
    if zigzag is not None:
        flag("zigzag", zigzag)
    if zigzag or (zigzag is None and installed.is_installed()):
        from zigzag_imc.zigzag_bridge.search import ZigzagSearch

        installed.require()
        searchers.append(ZigzagSearch())
    if len({searcher.name for searcher in searchers}) < len(searchers):
        raise OptionError("engines: one is named twice, expected each at most once")
    return tuple(searchers)


Findings = dict[tuple[int, str], Finding]
"""What was found, by the place of the layer and the name of the method."""


@dataclass(frozen=True, slots=True)
class _Crosscheck:
    """A network on an accelerator, searched by the solver and by all others."""

    subject: Subject
    searchers: tuple[Searcher, ...]
    crossed: tuple[Crossed, ...]
    keeping: Query

    @property
    def with_zigzag(self) -> bool:
        """Whether ZigZag is one of them."""
        return any(searcher.name == ZIGZAG for searcher in self.searchers)

    def run(self, clock: Budget) -> tuple[Findings, Stopped | None]:
        """Search every layer by every method."""
        query = self.subject.query
        findings = self._refusals()
        tasks = list(self._tasks(findings))
        jobs = [job for _, job in tasks]
        outcomes, stopped = run_jobs(
            jobs, query.jobs, clock, query.progress, in_processes=self.with_zigzag
        )
        for (number, job), outcome in zip(tasks, outcomes, strict=True):
            method = SOLVER if job.engine is None else job.engine.name
            findings[number, method] = finding_of(method, outcome)
        if self.with_zigzag:
            self._score_by_zigzag(findings)
        return findings, stopped

    def result(
        self, findings: Findings, stopped: Stopped | None, seconds: float
    ) -> CrosscheckResult:
        """Compare what was found, layer by layer."""
        from zigzag_imc.zigzag_bridge import installed

        query, run_versions = self.subject.query, versions(searched=True)
        described = {one.name: one.described() for one in self.searchers}
        return CrosscheckResult(
            schema=CROSSCHECK_ID,
            network=NetworkRecord(
                name=self.subject.network.name,
                path=self.subject.path,
                notices=self.subject.network.notices,
            ),
            batch=query.batch,
            accelerator=accelerator_record(self.subject.accelerator),
            objective=query.objective,
            cost_model=query.profile.name,
            versions=run_versions,
            zigzag_version=installed.version() if self.with_zigzag else None,
            seed=query.seed,
            limits=query.limits,
            stopped=stopped,
            seconds=seconds,
            methods={SOLVER: f"ortools {run_versions.ortools}"} | described,
            locality=self.keeping.locality,
            layers=tuple(self._checks(findings)) if findings else (),
        )

    # ------------------------------------------------------------------ parts
    def _refusals(self) -> Findings:
        """Note layers that an engine does not take."""
        query = self.subject.query
        findings: Findings = {}
        for number, one in enumerate(self.crossed):
            for searcher in self.searchers:
                refused = refusal(searcher, one.group.layer, one.accelerator, query)
                if refused is not None:
                    findings[number, searcher.name] = Finding(
                        searcher.name, "UNKNOWN", note=refused
                    )
        return findings

    def _tasks(self, refused: Findings) -> Iterator[tuple[int, Job]]:
        """Yield a job for every layer and method that is not refused, the solver's first."""
        query = self.subject.query
        for number, one in enumerate(self.crossed):
            yield number, job_of(one.group, one.accelerator, query)
            for searcher in self.searchers:
                if (number, searcher.name) not in refused:
                    yield number, job_of(one.group, one.accelerator, query, searcher)

    def _score_by_zigzag(self, findings: Findings) -> None:
        """Let ZigZag's cost model score what the solver found."""
        for number, one in enumerate(self.crossed):
            found = findings[number, SOLVER]
            findings[number, SOLVER] = scored_by_zigzag(
                found, one.group.layer, one.accelerator, self.subject.query
            )

    def _checks(self, findings: Findings) -> Iterator[LayerCheck]:
        query = self.subject.query
        methods = (SOLVER, *(searcher.name for searcher in self.searchers))
        for number, one in enumerate(self.crossed):
            judge = Judge(one.group.layer, one.accelerator, query, one.group.constraints)
            check = judge.check(one.group.names, [findings[number, name] for name in methods])
            yield check.model_copy(update={"situation": one.situation})

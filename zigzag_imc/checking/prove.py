"""A second proof of what a result claims, from its contents alone.

Small mapspaces are enumerated. For the others the solver builds its model again, and is asked only
whether anything costs less, with another seed and other search parameters.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from zigzag_imc.checking.claims import Claim, claims_of
from zigzag_imc.checking.front_proofs import (
    claimed_fronts,
    front_by_enumeration,
    front_by_solver,
)
from zigzag_imc.checking.judgements import by_enumeration, by_fronts, by_solver
from zigzag_imc.checking.keeping_proofs import choice_by_search
from zigzag_imc.checking.proofs import Proof, ProofReport
from zigzag_imc.checking.questions import (
    Setting,
    is_just_below,
    is_left_open,
    without_margin,
)
from zigzag_imc.checking.verify import verify_result
from zigzag_imc.core.arguments import flag
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.objective import Stopped
from zigzag_imc.library.query import Query
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.mapspace.enumeration import LIMIT, is_small
from zigzag_imc.models.profile import profile_named
from zigzag_imc.results.reading import read_result
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.runs.job import Job, Outcome
from zigzag_imc.runs.local import run_jobs
from zigzag_imc.runs.run import Progress, ProgressCallback

SMALL = 20_000
"""Mappings up to which a mapspace is enumerated; takes some seconds."""


def prove_result(
    result: str | os.PathLike[str] | NetworkResult,
    *,
    exhaustive: bool = False,
    jobs: int | None = None,
    time_limit: float | None = None,
    total_time_limit: float | None = None,
    progress: ProgressCallback | None = None,
) -> ProofReport:
    """Check a result and prove again every optimum, bound and infeasibility that it claims.

    Layers and accelerator are rebuilt from the result. Of an energy-latency front that is said to
    be complete, it is proved again that no mapping lies below its points.

    Parameters
    ----------
    result
        A result, or the path of its file.
    exhaustive
        Enumerate mapspaces of up to 200,000 mappings instead of 20,000.
    jobs
        Claims proved side by side; as many as there are cores by default.
    time_limit
        Seconds for each claim; one that is open by then counts as not proved.
    total_time_limit
        Seconds for all claims together.
    progress
        Called with a `Progress` whenever a proof starts or ends.

    Returns
    -------
    ProofReport
        Its ``holds`` tells whether all of it holds.

    Raises
    ------
    ZigzagImcError
        When the file is not a result, or an option is out of its range.
    """
    flag("exhaustive", exhaustive)
    query = Query(
        jobs=jobs,
        time_limit=time_limit,
        total_time_limit=total_time_limit,
        progress=progress,
    )
    found = result if isinstance(result, NetworkResult) else read_result(result)
    budget = query.total_budget()
    checks = verify_result(found)
    if not checks.holds:
        return ProofReport(checks)
    work = _Work.of(found, query, LIMIT if exhaustive else SMALL)
    proofs = list(work.enumerate(query.progress))
    answers = work.solve(query, budget)
    proofs += work.judge(answers)
    place = {record.name: number for number, record in enumerate(found.layers)}
    proofs.sort(key=lambda proof: (place[proof.layer], proof.objective == "front"))
    if work.together:
        proofs.append(by_fronts(found, work.together, answers.together))
    if found.locality is not None and found.locality.bound is not None:
        proofs.append(choice_by_search(found, found.locality, work.setting, query, budget))
    return ProofReport(checks, tuple(proofs), answers.stopped)


@dataclass(frozen=True, slots=True)
class _Answers:
    """What the solver found, in the order of the questions, and what ended it early.

    Attributes
    ----------
    claims, fronts, together
        Outcomes of the questions about single layers, below fronts, and for the fronts of layers
        mapped together.
    asked
        The questions about single layers, as they were answered.
    """

    claims: list[Outcome]
    fronts: list[Outcome]
    together: list[Outcome]
    asked: list[Job]
    stopped: Stopped | None


@dataclass(frozen=True, slots=True)
class _Work:
    """What there is to prove: by enumeration, by the solver, and of all layers together."""

    setting: Setting
    small: tuple[Claim, ...]
    large: tuple[Claim, ...]
    small_fronts: tuple[LayerResult, ...]
    large_fronts: tuple[LayerResult, ...]
    together: tuple[LayerResult, ...]

    @classmethod
    def of(cls, found: NetworkResult, query: Query, limit: int) -> _Work:
        """Sort the claims of a result; mapspaces of up to ``limit`` mappings are small."""
        description = found.accelerator.description
        accelerator = accelerator_from_dict(description, "accelerator.description")
        setting = Setting(accelerator, profile_named(found.cost_model), query.time_limit)
        fits = {
            record.name: all(
                is_small(one, setting.found_by(record), setting.profile, limit, record.space())
                for one in record.layer().alternatives
            )
            for record in found.layers
        }
        claims, fronts = list(claims_of(found)), list(claimed_fronts(found))
        return cls(
            setting,
            tuple(claim for claim in claims if fits[claim.record.name]),
            tuple(claim for claim in claims if not fits[claim.record.name]),
            tuple(record for record in fronts if fits[record.name]),
            tuple(record for record in fronts if not fits[record.name]),
            tuple(record for record in found.layers if _is_of_a_whole(record)),
        )

    @property
    def enumerated(self) -> int:
        """How many proofs go through all mappings."""
        return len(self.small) + len(self.small_fronts)

    def enumerate(self, progress: ProgressCallback | None) -> Iterator[Proof]:
        """Prove claims of small mapspaces by going through all mappings."""
        total = self.enumerated + len(self.large) + len(self.large_fronts) + len(self.together)
        proofs: list[tuple[str, Callable[[], Proof]]] = [
            (claim.record.name, partial(by_enumeration, claim, self.setting))
            for claim in self.small
        ]
        proofs += [
            (record.name, partial(front_by_enumeration, record, self.setting))
            for record in self.small_fronts
        ]
        for done, (name, prove) in enumerate(proofs):
            _tell(progress, Progress(name, None, done, total))
            proof = prove()
            _tell(progress, Progress(name, "OPTIMAL", done + 1, total))
            yield proof

    def solve(self, query: Query, budget: Budget) -> _Answers:
        """Ask the solver about all other claims, and for the fronts of layers mapped together."""
        jobs = [self.setting.ask_for_cheaper(claim) for claim in self.large]
        jobs += [self.setting.ask_below_front(record) for record in self.large_fronts]
        jobs += [self.setting.ask_for_front(record) for record in self.together]
        progress = _shifted(query.progress, self.enumerated)
        outcomes, stopped = run_jobs(jobs, query.jobs, budget, progress)
        if stopped is None:
            progress = _shifted(progress, len(jobs))
            stopped = self._ask_otherwise(jobs, outcomes, replace(query, progress=progress), budget)
        if stopped is None:
            stopped = self._ask_again(jobs, outcomes, replace(query, progress=None), budget)
        claims, fronts = len(self.large), len(self.large) + len(self.large_fronts)
        return _Answers(
            outcomes[:claims], outcomes[claims:fronts], outcomes[fronts:], jobs[:claims], stopped
        )

    def judge(self, answers: _Answers) -> Iterator[Proof]:
        """Say what the solver's answers mean for the claims."""
        for claim, job, outcome in zip(self.large, answers.asked, answers.claims, strict=True):
            yield by_solver(claim, job, outcome, self.setting)
        for record, outcome in zip(self.large_fronts, answers.fronts, strict=True):
            yield front_by_solver(record, outcome, self.setting)

    def _ask_otherwise(
        self, jobs: list[Job], outcomes: list[Outcome], query: Query, budget: Budget
    ) -> Stopped | None:
        """Ask without the joint model where that left a claim open."""
        left = [
            number
            for number, (job, outcome) in enumerate(zip(jobs, outcomes, strict=True))
            if is_left_open(job, outcome)
        ]
        for number in left:
            jobs[number] = self.setting.otherwise(jobs[number])
        return _ask(jobs, left, outcomes, query, budget)

    def _ask_again(
        self, jobs: Sequence[Job], outcomes: list[Outcome], query: Query, budget: Budget
    ) -> Stopped | None:
        """Ask once more, without a margin, where a proof ended just below the claim."""
        close = [
            number
            for number, claim in enumerate(self.large)
            if is_just_below(claim, outcomes[number])
        ]
        retries = list(jobs)
        for number in close:
            retries[number] = without_margin(jobs[number], self.large[number])
        return _ask(retries, close, outcomes, query, budget)


def _ask(
    jobs: Sequence[Job],
    numbers: Sequence[int],
    outcomes: list[Outcome],
    query: Query,
    budget: Budget,
) -> Stopped | None:
    """Ask some questions once more, and keep what is answered then; both times count."""
    again = [jobs[number] for number in numbers]
    repeated, stopped = run_jobs(again, query.jobs, budget, query.progress)
    for number, outcome in zip(numbers, repeated, strict=True):
        seconds = outcomes[number].seconds + outcome.seconds
        outcomes[number] = replace(outcome, seconds=seconds)
    return stopped


def _is_of_a_whole(record: LayerResult) -> bool:
    """Whether a layer was mapped together with others, and all of them claim a bound."""
    return record.objective == "network_edp" and record.bound is not None


def _tell(progress: ProgressCallback | None, news: Progress) -> None:
    if progress is not None:
        progress(news)


def _shifted(progress: ProgressCallback | None, done: int) -> ProgressCallback | None:
    """Count the proofs by enumeration among those done."""
    if progress is None or not done:
        return progress
    return lambda news: progress(replace(news, done=news.done + done, total=news.total + done))

"""A second proof of what a result claims, from its contents alone.

Small mapspaces are enumerated. For the others the solver builds its model again, and is asked only
whether anything costs less, with another seed and other search parameters.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from zigzag_imc.checking.claims import Claim, claims_of
from zigzag_imc.checking.judgements import by_enumeration, by_fronts, by_solver
from zigzag_imc.checking.proofs import Proof, ProofReport
from zigzag_imc.checking.questions import Setting, is_just_below, without_margin
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

    Layers and accelerator are rebuilt from the result. Energy-latency fronts are checked, but not
    proved again.

    Parameters
    ----------
    result
        A result, or the path of its file.
    exhaustive
        Enumerate mapspaces of up to 200,000 mappings instead of 20,000.
    jobs
        Layers proved side by side; as many as there are cores by default.
    time_limit, total_time_limit
        Seconds for each layer, and for all; a claim that is open by then counts as not proved.
    progress
        Called whenever a proof starts or ends.

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
    proofs = dict(work.enumerate(query.progress))
    outcomes, stopped = work.solve(query, budget)
    proofs |= work.judge(outcomes)
    ordered = [proofs[record.name] for record in found.layers if record.name in proofs]
    if work.together:
        ordered.append(by_fronts(found, work.together, outcomes[len(work.large) :]))
    return ProofReport(checks, tuple(ordered), stopped)


@dataclass(frozen=True, slots=True)
class _Work:
    """What there is to prove: by enumeration, by the solver, and of all layers together."""

    setting: Setting
    small: tuple[Claim, ...]
    large: tuple[Claim, ...]
    together: tuple[LayerResult, ...]

    @classmethod
    def of(cls, found: NetworkResult, query: Query, limit: int) -> _Work:
        """Sort the claims of a result; mapspaces of up to ``limit`` mappings are small."""
        description = found.accelerator.description
        accelerator = accelerator_from_dict(description, "accelerator.description")
        setting = Setting(accelerator, profile_named(found.cost_model), query.time_limit)
        small: list[Claim] = []
        large: list[Claim] = []
        for claim in claims_of(found):
            alternatives = claim.record.layer().alternatives
            fits = all(is_small(one, accelerator, setting.profile, limit) for one in alternatives)
            (small if fits else large).append(claim)
        together = tuple(record for record in found.layers if _is_of_a_whole(record))
        return cls(setting, tuple(small), tuple(large), together)

    def enumerate(self, progress: ProgressCallback | None) -> Iterator[tuple[str, Proof]]:
        """Prove claims of small mapspaces by going through all mappings."""
        total = len(self.small) + len(self.large) + len(self.together)
        for done, claim in enumerate(self.small):
            name = claim.record.name
            _tell(progress, Progress(name, None, done, total))
            proof = by_enumeration(claim, self.setting)
            _tell(progress, Progress(name, "OPTIMAL", done + 1, total))
            yield name, proof

    def solve(self, query: Query, budget: Budget) -> tuple[list[Outcome], Stopped | None]:
        """Ask the solver about all other claims, and for the fronts of layers mapped together."""
        jobs = [self.setting.ask_for_cheaper(claim) for claim in self.large]
        jobs += [self.setting.ask_for_front(record) for record in self.together]
        progress = _shifted(query.progress, len(self.small))
        outcomes, stopped = run_jobs(jobs, query.jobs, budget, progress)
        if stopped is None:
            stopped = self._ask_again(jobs, outcomes, query, budget)
        return outcomes, stopped

    def judge(self, outcomes: Sequence[Outcome]) -> dict[str, Proof]:
        """Say what the solver's answers mean for the claims."""
        return {
            claim.record.name: by_solver(claim, outcome, self.setting)
            for claim, outcome in zip(self.large, outcomes, strict=False)
        }

    def _ask_again(
        self, jobs: Sequence[Job], outcomes: list[Outcome], query: Query, budget: Budget
    ) -> Stopped | None:
        """Ask once more, without a margin, where a proof ended just below the claim."""
        close = [
            number
            for number, claim in enumerate(self.large)
            if is_just_below(claim, outcomes[number])
        ]
        retries = [without_margin(jobs[number], self.large[number]) for number in close]
        repeated, stopped = run_jobs(retries, query.jobs, budget)
        for number, outcome in zip(close, repeated, strict=True):
            outcomes[number] = outcome
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

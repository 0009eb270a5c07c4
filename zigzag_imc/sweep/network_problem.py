"""A network on one accelerator with what stays on chip between its layers: one point of a sweep."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass

from zigzag_imc.core.budget import Budget
from zigzag_imc.core.constraints import texts_of
from zigzag_imc.core.objective import Stopped
from zigzag_imc.library.answers import map_kept
from zigzag_imc.library.subject import Subject
from zigzag_imc.runs.job import Job, Outcome, run_job
from zigzag_imc.sweep.fingerprint import model_fingerprint
from zigzag_imc.sweep.kept_record import KeptRecord
from zigzag_imc.sweep.problems import Question, as_text, shape_text


@dataclass(frozen=True, slots=True)
class NetworkProblem:
    """A network to be mapped onto an accelerator, its layers together.

    Attributes
    ----------
    key
        Tells equal problems; see `network_key`.
    subject
        The network on its accelerator, and what is asked.
    """

    key: bytes
    subject: Subject

    def solve(self, should_stop: Callable[[], bool]) -> KeptRecord:
        """Map it, all in this process."""

        def one_by_one(jobs: Sequence[Job]) -> tuple[list[Outcome], Stopped | None]:
            outcomes = [run_job(job, should_stop) for job in jobs]
            return outcomes, "interrupted" if should_stop() else None

        start = time.monotonic()
        found = map_kept(self.subject, Budget.of(None, should_stop), one_by_one)
        seconds = time.monotonic() - start
        query = self.subject.query
        return KeptRecord.of(found, self.subject.accelerator, seconds, query.time_limit)


def network_key(digest: str, subject: Subject, question: Question) -> bytes:
    """Return the SHA-256 of all that decides the answer, the names of layers and tensors included.

    What stays depends on which steps read and write which tensors; the record says it by their
    names.
    """
    network = subject.network
    flow = network.steps_and_tensors
    space = question.space()
    decisive = [
        "network",
        model_fingerprint(),
        digest,
        [[layer.name, shape_text(layer)] for layer in network.layers],
        [astuple(step) for step in flow.steps],
        sorted(flow.elements.items()),
        flow.outputs,
        list(_constraints(subject)),
        question.objective,
        question.cost_model,
        space.tile_sizes,
        space.diagonals,
        question.ties,
        question.locality,
        question.keep_ends,
    ]
    return hashlib.sha256(as_text(decisive).encode()).digest()


def _constraints(subject: Subject) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the names of all layers with what their mappings have to keep."""
    for group in subject.groups:
        for name in group.names:
            yield name, tuple(texts_of(group.constraints))

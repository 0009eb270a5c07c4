"""What a study asks: networks on accelerators under questions, and the problems these are made of.

A *case* is a network on an accelerator under a question; its distinct layers are its problems.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import ZigzagImcError
from zigzag_imc.core.one_line import one_line
from zigzag_imc.models.profile import profile_named
from zigzag_imc.onnx_workload.network import LayerGroup
from zigzag_imc.sweep.facts import HardwareFacts
from zigzag_imc.sweep.hardware import Candidate, Candidates, Parameters
from zigzag_imc.sweep.network_problem import NetworkProblem, network_key
from zigzag_imc.sweep.problems import Problem, Question, hardware_digest, problem_key
from zigzag_imc.sweep.study.entries import AcceleratorsEntry, Study
from zigzag_imc.sweep.task import AnyProblem
from zigzag_imc.sweep.workloads import Workload


@dataclass(frozen=True, slots=True)
class Case:
    """A network on an accelerator under a question.

    Attributes
    ----------
    label, accelerator, parameters
        What the accelerators of its entry are called, the name of this one, and what tells it
        from the others.
    network
        Name of the network.
    question
        What is asked of every layer.
    digest
        Tells the hardware; empty where it cannot be built.
    facts
        Its clock and area; ``None`` where it cannot be built.
    groups, keys
        The distinct layers, and the keys of their problems; of one problem where the question is
        about the network as a whole.
    workload
        The network as it was read; ``None`` where there is nothing to solve.
    reason
        Why there is nothing to solve; ``None`` where there is.
    """

    label: str
    accelerator: str
    parameters: Parameters
    network: str
    question: Question
    digest: str = ""
    facts: HardwareFacts | None = None
    groups: tuple[LayerGroup, ...] = ()
    keys: tuple[bytes, ...] = ()
    reason: str | None = None
    workload: Workload | None = None

    def problems(self, accelerator: Accelerator) -> Iterator[AnyProblem]:
        """Yield its problems on its accelerator."""
        if self.question.is_of_network:
            for key in self.keys:
                assert self.workload is not None
                yield NetworkProblem(key, self.workload.subject(accelerator, self.question))
            return
        for key, group in zip(self.keys, self.groups, strict=True):
            yield Problem(key, group.layer, accelerator, self.question, group.constraints)


@dataclass(frozen=True, slots=True)
class Array:
    """An accelerator of a study with all that is asked of it.

    Attributes
    ----------
    candidate
        The accelerator, or why it cannot be built.
    cases
        What is asked; none where it is over the area budget.
    is_over_budget
        Whether its area is more than the study allows.
    area_mm2
        Its area in mm2; ``None`` where it cannot be built.
    """

    candidate: Candidate
    cases: tuple[Case, ...]
    is_over_budget: bool = False
    area_mm2: float | None = None

    def problems(self) -> dict[bytes, AnyProblem]:
        """Return its problems by key, equal ones once."""
        accelerator = self.candidate.accelerator
        if accelerator is None:
            return {}
        return {
            problem.key: problem for case in self.cases for problem in case.problems(accelerator)
        }


class Plan:
    """A study with its files read.

    Raises
    ------
    ZigzagImcError
        When a network or a file of accelerators cannot be read.

    Attributes
    ----------
    study
        What is asked.
    workloads
        Its networks.
    entries
        Its accelerators.
    questions
        By the name of an entry of accelerators: each objective under each cost model, with what may
        stay on chip there.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.workloads = [Workload.of(entry, study) for entry in study.networks]
        self.entries = [Candidates(study, entry) for entry in study.accelerators]
        self.questions = {entry.label: questions_of(study, entry) for entry in study.accelerators}

    def __len__(self) -> int:
        """How many accelerators there are, whether they can be built or not."""
        return sum(map(len, self.entries))

    def arrays(self) -> Iterator[Array]:
        """Yield all accelerators with what is asked of them, in the order of the study."""
        for entry in self.entries:
            for candidate in entry:
                yield self.array(candidate)

    def array(self, candidate: Candidate) -> Array:
        """Return an accelerator with what is asked of it."""
        if candidate.accelerator is None:
            return Array(candidate, tuple(self._refused(candidate, candidate.reason)))
        most, first = self.study.area_mm2, self.study.cost_models[0]
        facts = {
            name: HardwareFacts.of(candidate.accelerator, profile_named(name))
            for name in self.study.cost_models
        }
        area_mm2 = facts[first].area_mm2
        if most is not None and area_mm2 > most:
            return Array(candidate, (), is_over_budget=True, area_mm2=area_mm2)
        digest = hardware_digest(candidate.accelerator)
        cases = (
            self._case(candidate, workload, question, digest, facts[question.cost_model])
            for workload in self.workloads
            for question in self.questions[candidate.label]
        )
        return Array(candidate, tuple(cases), area_mm2=area_mm2)

    def _case(
        self,
        candidate: Candidate,
        workload: Workload,
        question: Question,
        digest: str,
        facts: HardwareFacts,
    ) -> Case:
        assert candidate.accelerator is not None
        about = (candidate.label, candidate.name, candidate.parameters, workload.name, question)
        try:
            groups = workload.groups(candidate.accelerator)
            keys = _keys(workload, candidate.accelerator, question, digest)
        except ZigzagImcError as error:
            return Case(*about, digest, facts, reason=one_line(str(error)))
        return Case(*about, digest, facts, groups, keys, workload=workload)

    def _refused(self, candidate: Candidate, reason: str | None) -> Iterator[Case]:
        for workload in self.workloads:
            for question in self.questions[candidate.label]:
                yield Case(
                    candidate.label,
                    candidate.name,
                    candidate.parameters,
                    workload.name,
                    question,
                    reason=reason,
                )


def _keys(
    workload: Workload, accelerator: Accelerator, question: Question, digest: str
) -> tuple[bytes, ...]:
    """Return the keys of the problems of a network on an accelerator."""
    if question.is_of_network:
        return (network_key(digest, workload.subject(accelerator, question), question),)
    return tuple(
        problem_key(digest, group.layer, question, group.constraints)
        for group in workload.groups(accelerator)
    )


def questions_of(study: Study, entry: AcceleratorsEntry) -> Sequence[Question]:
    """Return what a study asks on the accelerators of an entry."""
    return [
        Question(
            objective,
            model,
            study.diagonals,
            study.tile_sizes,
            study.time_limit_s,
            study.ties,
            locality,
            study.keep_ends and locality != "none",
        )
        for model in study.cost_models
        for objective in study.objectives
        for locality in study.localities(entry)
    ]

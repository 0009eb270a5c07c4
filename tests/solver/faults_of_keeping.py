"""Faults of the choice of what is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from zigzag_imc.solver.network import keeping
from zigzag_imc.solver.network.keeping_problem import KeepingProblem, Stage

Plant = Callable[[pytest.MonkeyPatch], None]


def _changed(patch: pytest.MonkeyPatch, change: Callable[[KeepingProblem], KeepingProblem]) -> None:
    """Let the model be built of another problem than the one that is asked."""
    build = keeping._Model.__post_init__

    def wrong(self: keeping._Model) -> None:
        self.problem = change(self.problem)
        build(self)

    patch.setattr(keeping._Model, "__post_init__", wrong)


def short_lives(patch: pytest.MonkeyPatch) -> None:
    """A tensor leaves its room before the last step that reads it."""
    _changed(
        patch,
        lambda problem: replace(
            problem,
            tensors=tuple(
                replace(one, steps=(one.steps[0], max(one.steps[0], one.steps[1] - 1)))
                for one in problem.tensors
            ),
        ),
    )


def free_partial_sums(patch: pytest.MonkeyPatch) -> None:
    """Partial sums take no more room than their tensor at rest."""
    _changed(patch, _without_extra)


def _without_extra(problem: KeepingProblem) -> KeepingProblem:
    stages = tuple(
        Stage(stage.step, tuple(replace(one, extra_bits={}) for one in stage.options))
        for stage in problem.stages
    )
    return replace(problem, stages=stages)


def loads_by_operators(patch: pytest.MonkeyPatch) -> None:
    """An operator's result is kept although what it reads is not."""
    _changed(
        patch,
        lambda problem: replace(
            problem, tensors=tuple(replace(one, needs=()) for one in problem.tensors)
        ),
    )


def settled_tensors_leave(patch: pytest.MonkeyPatch) -> None:
    """A tensor that is kept for sure may go all the same."""
    _changed(
        patch,
        lambda problem: replace(
            problem, tensors=tuple(replace(one, is_settled=False) for one in problem.tensors)
        ),
    )


def bounds_in_any_room(patch: pytest.MonkeyPatch) -> None:
    """What is known of one room counts for all."""
    patch.setattr(keeping._Model, "_ranges", lambda self, fact: [])


def bounds_forgotten(patch: pytest.MonkeyPatch) -> None:
    """What is known of one room is forgotten."""
    patch.setattr(keeping._Model, "_more", lambda self, beyond: iter(()))


def cells_for_all(patch: pytest.MonkeyPatch) -> None:
    """Every layer has all cells for its weights, whatever the others have."""
    _changed(
        patch,
        lambda problem: (
            problem
            if problem.cells is None
            else replace(problem, cells=replace(problem.cells, reserved=-100))
        ),
    )


def least_shares_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Weights stay in fewer cells than there are weights."""
    _changed(patch, _without_least)


def _without_least(problem: KeepingProblem) -> KeepingProblem:
    stages = tuple(
        one if one.least_slots is None else replace(one, least_slots=0) for one in problem.stages
    )
    return replace(problem, stages=stages)


FAULTS: tuple[Plant, ...] = (
    short_lives,
    free_partial_sums,
    loads_by_operators,
    settled_tensors_leave,
    bounds_in_any_room,
    bounds_forgotten,
    cells_for_all,
    least_shares_forgotten,
)

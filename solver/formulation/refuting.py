"""Refuting: whether CP-SAT says that a small model has no solution."""

from __future__ import annotations

from collections.abc import Sequence

from ortools.sat.python import cp_model

_LEAST_SECONDS = 0.01
"""Time limit of a solve at least: CP-SAT takes none for no limit."""

_PARAMETERS = (
    ("num_workers", 1),
    ("cp_model_presolve", False),  # propagation alone decides all but a few of these models
    ("symmetry_level", 0),
    ("linearization_level", 0),
)


def is_refuted(
    model: cp_model.CpModel,
    seed: int = 0,
    parameters: Sequence[tuple[str, int]] = (),
    most_seconds: float | None = None,
) -> bool:
    """Whether CP-SAT proves that a model has no solution; not where it had no time to."""
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = seed
    solver.parameters.catch_sigint_signal = False  # the caller decides what Ctrl-C does
    for name, value in (*parameters, *_PARAMETERS):
        setattr(solver.parameters, name, value)
    if most_seconds is not None:
        solver.parameters.max_time_in_seconds = max(_LEAST_SECONDS, most_seconds)
    status = solver.solve(model)
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(f"CP-SAT rejects the model: {model.validate()}")
    return bool(status == cp_model.INFEASIBLE)

"""The smallest models of the joint formulation, and what they allow."""

from __future__ import annotations

from collections.abc import Iterator

from ortools.sat.python import cp_model

from zigzag_imc.solver.joint.selection import Selection, Sheet


def solved(sheet: Sheet) -> cp_model.CpSolver | None:
    """Solve a model; ``None`` where it allows nothing."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(sheet.model)
    return solver if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None


def allowed(sheet: Sheet, *selections: Selection) -> list[tuple[int, ...]]:
    """Every combination of rows of some selections that a model allows."""
    return sorted(set(_each(sheet, selections)))


def _each(sheet: Sheet, selections: tuple[Selection, ...]) -> Iterator[tuple[int, ...]]:
    """Solve again and again, without what was found before."""
    while (solver := solved(sheet)) is not None:
        rows = tuple(each.row(solver.value) for each in selections)
        yield rows
        chosen = zip(selections, rows, strict=True)
        sheet.model.add_bool_or([~each.literals[row] for each, row in chosen])


def least(sheet: Sheet, amount: cp_model.LinearExprT) -> int | None:
    """Least value of an amount that a model allows; ``None`` where it allows nothing."""
    sheet.model.minimize(amount)
    solver = solved(sheet)
    return None if solver is None else round(solver.objective_value)

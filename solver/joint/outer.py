"""Amounts that depend on two selections, as a matrix."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model

from zigzag_imc.solver.joint.distinct import distinct_rows
from zigzag_imc.solver.joint.selection import Selection, Sheet

Matrix = npt.NDArray[np.int64]


def outer_amount(
    sheet: Sheet, name: str, pair: tuple[Selection, Selection], matrix: Matrix, most: int
) -> cp_model.LinearExprT:
    """Return an amount that is at least ``matrix[row of the first, row of the second]``.

    Where the amount is above ``most``, the pair is forbidden. Rows that are alike in the matrix
    count as one.
    """
    first, by_first = _alike(sheet, name, pair[0], matrix)
    second, by_second = _alike(sheet, name, pair[1], by_first.T)
    matrix = by_second.T
    if len(first) == 1:
        return sheet.amount(second, matrix[0])
    if len(second) == 1:
        return sheet.amount(first, matrix[:, 0])
    amount = sheet.model.new_int_var(int(matrix.min()), min(int(matrix.max()), most), name)
    if len(second) > len(first):
        first, second, matrix = second, first, matrix.T
    for column, literal in enumerate(second.literals):
        bound = sheet.amount(first, matrix[:, column])
        sheet.model.add(amount >= bound).only_enforce_if(literal)
    return amount


def _alike(
    sheet: Sheet, name: str, selection: Selection, matrix: Matrix
) -> tuple[Selection, Matrix]:
    """Join rows of a selection that are alike in a matrix."""
    first, place = distinct_rows(matrix)
    rows = matrix[first]
    if len(rows) == len(selection):
        return selection, matrix
    if len(rows) == 1:
        return sheet.choose(name, {"alike": np.zeros(1)}), rows
    alike = sheet.derive(name, selection, {"alike": place.astype(np.float64)})
    return alike, rows[alike.column("alike").astype(np.int64)]

"""Selections: variables with an explicit domain, whose values may be vectors.

A selection chooses one *row* of a small table, such as a tile size with what follows from it. The
product of two selections is a third one over the distinct products, tied to both by the rows that
go together. So no logarithm, no division and no large product reaches CP-SAT, and whatever does not
fit is no row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model
from ortools.sat.python.cp_model_helper import Literal

from zigzag_imc.core.budget import Budget
from zigzag_imc.solver.joint.alike_rows import Kinds, Products
from zigzag_imc.solver.joint.allowed_rows import Literals, add_allowed_rows
from zigzag_imc.solver.joint.distinct import distinct_rows
from zigzag_imc.solver.solution import STOPPED

Column = npt.NDArray[Any]
"""A quantity, with one entry per row."""

Columns = Mapping[str, Column]
"""Quantities by name."""

_DIGITS = 12
"""Significant digits by which rows are told apart; averages are computed in floating point."""


@dataclass(frozen=True, eq=False)
class Selection:
    """One of some rows.

    Attributes
    ----------
    literals
        A literal per row: whether it is chosen.
    columns
        What follows from the row.
    """

    literals: Literals
    columns: Columns

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def row(self, value: Callable[[Literal], int]) -> int:
        """Return the row that a solution chooses, by the values of its literals."""
        return next(row for row, literal in enumerate(self.literals) if value(literal))

    def column(self, name: str) -> Column:
        """Return a quantity; one where the rows do not have it."""
        return self.columns[name] if name in self.columns else np.ones(len(self))


class UnfinishedModelError(Exception):
    """A model was not built to its end: the time was over, or it would be too large.

    Parameters
    ----------
    reason
        Why.
    bound
        What is known all the same: no mapping of interest has less of what is minimised.
    """

    def __init__(self, reason: str, bound: float = 0.0) -> None:
        super().__init__(reason)
        self.bound = bound


class Sheet:
    """A CP-SAT model whose variables are selections.

    Parameters
    ----------
    budget
        How long building may take; as long as it takes if left out.

    Attributes
    ----------
    model
        The model.
    """

    def __init__(self, budget: Budget | None = None) -> None:
        self.model = cp_model.CpModel()
        self._budget = budget

    def go_on(self) -> None:
        """Raise `UnfinishedModelError` when the time is over; whatever takes long asks."""
        if self._budget is not None and self._budget.is_over():
            raise UnfinishedModelError(STOPPED)

    # ------------------------------------------------------------------ new ones
    def choose(self, name: str, columns: Columns) -> Selection:
        """Choose freely among some rows."""
        rows = len(next(iter(columns.values())))
        if not rows:
            self.forbid()
            columns = {key: np.ones(1) for key in columns}
        return Selection(self._one_of(name, max(1, rows)), columns)

    def _one_of(self, name: str, rows: int) -> Literals:
        """Create a literal per row, of which one is true."""
        model = self.model
        if rows == 1:
            return [model.new_constant(1)]
        if rows == 2:
            second = model.new_bool_var(name)
            return [~second, second]
        literals = [model.new_bool_var(name) for _ in range(rows)]
        model.add_exactly_one(literals)
        return literals

    def derive(
        self,
        name: str,
        base: Selection,
        columns: Columns,
        kept: npt.NDArray[np.bool_] | None = None,
    ) -> Selection:
        """Tie a selection to another one, with the distinct rows of some columns of it."""
        places = np.arange(len(base)) if kept is None else np.flatnonzero(kept)
        distinct, row_of = distinct_columns(
            {key: column[places] for key, column in columns.items()}
        )
        derived = self.choose(name, distinct)
        if len(base) > 1 and len(places):
            pairs = np.column_stack([places, row_of])
            self.allow([base, derived], pairs)
        return derived

    def combine(
        self,
        name: str,
        first: Selection,
        second: Selection,
        keep: Callable[[Columns], npt.NDArray[np.bool_]] | None = None,
        derive: Callable[[Columns], Columns] | None = None,
    ) -> Selection:
        """Multiply two selections column by column.

        Parameters
        ----------
        keep
            Which products are allowed; all of them if left out.
        derive
            What to keep of the products; all of it if left out.
        """
        products = multiplied(first, second)
        kept = np.ones(len(first) * len(second), dtype=bool) if keep is None else keep(products)
        places = np.flatnonzero(kept)
        left = {key: column[places] for key, column in products.items()}
        return self.join(name, (first, second), places, left if derive is None else derive(left))

    def join(
        self,
        name: str,
        pair: tuple[Selection, Selection],
        places: npt.NDArray[np.int64],
        columns: Columns,
    ) -> Selection:
        """Tie a selection to two others, with the distinct rows of what follows from both.

        Parameters
        ----------
        places
            Which pairs of rows are allowed: their places in a matrix of all, the first in rows.
        columns
            What follows from these pairs.
        """
        first, second = pair
        distinct, row_of = distinct_columns(columns)
        product = self.choose(name, distinct)
        if len(places):
            rows = np.column_stack([places // len(second), places % len(second), row_of])
            self.allow([first, second, product], rows)
        return product

    def chain(
        self, name: str, factors: Sequence[Selection], products: Sequence[Products]
    ) -> Selection:
        """Tie a selection to some factors that are multiplied one after the other.

        ``products``: that of the product so far and each next factor, without alike rows.
        """
        product, *others = factors
        for other, own in zip(others, products, strict=True):
            first = self._kinds(name, product, own.first)
            second = self._kinds(name, other, own.second)
            product = self.choose(name, {"row": np.arange(1.0 + own.pairs[:, 2].max())})
            self.allow([first, second, product], own.pairs)
        return product

    def _kinds(self, name: str, selection: Selection, kinds: Kinds) -> Selection:
        """Join the rows of a selection that are of one kind; none of kind -1 is allowed."""
        if np.array_equal(kinds, np.arange(len(selection))):
            return selection
        return self.derive(name, selection, {"kind": kinds * 1.0}, kinds >= 0)

    def product(
        self,
        name: str,
        factors: Sequence[Selection],
        keep: Callable[[Columns], npt.NDArray[np.bool_]] | None = None,
    ) -> Selection:
        """Multiply several selections, one after the other."""
        if not factors:
            return self.choose(name, {"one": np.ones(1)})
        first, *others = factors
        if keep is not None and not np.all(kept := keep(first.columns)):
            first = self.derive(name, first, first.columns, kept)
        return reduce(lambda one, other: self.combine(name, one, other, keep), others, first)

    # ------------------------------------------------------------------ constraints
    def allow(self, selections: Sequence[Selection], rows: npt.NDArray[np.int64]) -> None:
        """Allow only some combinations of rows."""
        free = [place for place, each in enumerate(selections) if len(each) > 1]
        if not free:
            return
        add_allowed_rows(
            self.model,
            [selections[place].literals for place in free],
            np.unique(rows[:, free], axis=0),
        )

    def keep(self, selection: Selection, kept: npt.NDArray[np.bool_]) -> None:
        """Allow only some rows of a selection."""
        if not np.any(kept):
            self.forbid()
        elif not np.all(kept):
            self.allow([selection], np.flatnonzero(kept)[:, None])

    def forbid(self) -> None:
        """Allow nothing at all: a model with an empty domain."""
        self.model.add_bool_or([])

    # ------------------------------------------------------------------ reading
    def amount(self, selection: Selection, values: npt.NDArray[np.int64]) -> cp_model.LinearExpr:
        """The value of the chosen row, of one whole number each."""
        least = int(values.min())
        rows = np.flatnonzero(values > least)
        literals = [selection.literals[row] for row in rows.tolist()]
        return cp_model.LinearExpr.weighted_sum(literals, (values[rows] - least).tolist()) + least

    def any_of(self, selection: Selection, holds: npt.NDArray[np.bool_]) -> cp_model.IntVar:
        """Literal: whether a condition holds of the chosen row."""
        literal = self.model.new_bool_var("")
        chosen = [lit for lit, true in zip(selection.literals, holds, strict=True) if true]
        self.model.add(cp_model.LinearExpr.sum(chosen) == literal)
        return literal


class Scratch(Sheet):
    """Selections without constraints, for reading quantities off their rows."""

    def _one_of(self, name: str, rows: int) -> Literals:
        """No literal: nothing is solved."""
        return ()

    def allow(self, selections: Sequence[Selection], rows: npt.NDArray[np.int64]) -> None:
        """Leave everything allowed."""

    def chain(
        self, name: str, factors: Sequence[Selection], products: Sequence[Products]
    ) -> Selection:
        """No row at all: whoever asks knows what follows from them."""
        return Selection((), {})


def multiplied(first: Selection, second: Selection) -> dict[str, Column]:
    """Multiply two selections column by column, for all pairs of rows."""
    names = dict.fromkeys((*first.columns, *second.columns))
    return {key: np.multiply.outer(first.column(key), second.column(key)).ravel() for key in names}


def holds_of(
    condition: Callable[[Columns], npt.NDArray[np.bool_]], columns: Columns
) -> npt.NDArray[np.bool_]:
    """Ask of which rows a condition holds, of those that are alike once."""
    distinct, row_of = distinct_columns(columns)
    return condition(distinct)[row_of]


def distinct_columns(columns: Columns) -> tuple[dict[str, Column], npt.NDArray[np.intp]]:
    """Distinct rows, and which of them each row is."""
    table = np.column_stack([np.asarray(column, dtype=np.float64) for column in columns.values()])
    first, row_of = distinct_rows(_rounded(table))
    found = {key: table[first, place] for place, key in enumerate(columns)}
    return found, row_of


def _rounded(table: Column) -> Column:
    """Round to significant digits."""
    mantissas, exponents = np.frexp(table)
    rounded: Column = np.ldexp(np.round(mantissas, _DIGITS), exponents)
    return rounded

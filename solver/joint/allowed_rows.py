"""Allowed rows: which rows of several selections go together, as clauses.

With a literal per row of every selection, of two selections a row needs a partner:

``chosen[i] => some chosen[j] that goes with i``      and the other way round

Of more than two, every combination ``t`` is a literal of its own, or that of a row that is in no
other one:

``t => chosen[i]``  for every row ``i`` in it,   ``chosen[i] => some t that i is in``

So CP-SAT has no table to expand, and whatever it fixes it fixes in these literals alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model

Literals = Sequence[cp_model.LiteralT]
"""A literal per row of a selection."""

Rows = npt.NDArray[Any]
"""Row numbers: a column per selection, a line per allowed combination."""


def add_allowed_rows(model: cp_model.CpModel, selections: Sequence[Literals], rows: Rows) -> None:
    """Allow only some combinations of rows, each listed once, of selections with a choice."""
    if len(selections) == 1:
        _allow_alone(model, selections[0], rows[:, 0])
    elif len(selections) == 2:
        _allow_pairs(model, selections, rows)
    else:
        _allow_many(model, selections, rows)


def _allow_alone(model: cp_model.CpModel, selection: Literals, rows: Rows) -> None:
    """Allow some rows of one selection."""
    allowed = set(rows.tolist())
    others = [~literal for row, literal in enumerate(selection) if row not in allowed]
    model.add_bool_and(others)


def _allow_pairs(model: cp_model.CpModel, selections: Sequence[Literals], rows: Rows) -> None:
    """Let every row of two selections have a partner that goes with it."""
    for own, other in ((0, 1), (1, 0)):
        partners = rows[:, other]
        for literal, places in zip(
            selections[own], _places_of(rows[:, own], len(selections[own])), strict=True
        ):
            beside = [selections[other][row] for row in partners[places].tolist()]
            model.add_bool_or([~literal, *beside])


def _allow_many(model: cp_model.CpModel, selections: Sequence[Literals], rows: Rows) -> None:
    """Let one combination hold, and every row be in it that is chosen."""
    combinations = _combinations(model, selections, rows)
    for column, selection in enumerate(selections):
        for literal, places in zip(
            selection, _places_of(rows[:, column], len(selection)), strict=True
        ):
            inside = [combinations[place] for place in places.tolist()]
            if len(inside) == 1 and inside[0] is literal:
                continue  # the literal of the combination itself
            model.add_bool_or([~literal, *inside])
            model.add_bool_and([~each for each in inside]).only_enforce_if(~literal)


def _combinations(
    model: cp_model.CpModel, selections: Sequence[Literals], rows: Rows
) -> list[cp_model.LiteralT]:
    """Return the literal of every combination: of a row that is in no other one, or a new one."""
    found: list[cp_model.LiteralT | None] = [None] * len(rows)
    for column, selection in reversed(list(enumerate(selections))):
        own = rows[:, column]
        is_alone = np.bincount(own, minlength=len(selection))[own] == 1
        for place in np.flatnonzero(is_alone).tolist():
            if found[place] is None:
                found[place] = selection[own[place]]
    return [model.new_bool_var("") if each is None else each for each in found]


def _places_of(column: Rows, count: int) -> Iterator[Rows]:
    """Yield for every row of a selection where it is in a column of combinations."""
    order = np.argsort(column, kind="stable")
    ends = np.cumsum(np.bincount(column, minlength=count))[:-1]
    yield from np.split(order, ends)

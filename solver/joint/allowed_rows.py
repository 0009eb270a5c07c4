"""Allowed rows: which rows of several selections go together, as clauses.

With a literal per row of every selection, of two selections a row needs a partner:

``chosen[i] => some chosen[j] that goes with i``      and the other way round

Of more than two, every combination ``t`` is a literal of its own, or that of a row that is in no
other one:

``t => chosen[i]``  for every row ``i`` in it,   ``chosen[i] => some t that i is in``

Where the third row follows from the first two, and is one of few, no new literal is needed:

``chosen[i] and chosen[j] => chosen[k]``,    and any two of them as above

So CP-SAT has no table to expand, and whatever it fixes it fixes in these literals alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model
from ortools.sat.python.cp_model_helper import Literal

Literals = Sequence[Literal]
"""A literal per row of a selection."""

Rows = npt.NDArray[Any]
"""Row numbers: a column per selection, a line per allowed combination."""


def add_allowed_rows(model: cp_model.CpModel, selections: Sequence[Literals], rows: Rows) -> None:
    """Allow only some combinations of rows, each listed once, of selections with a choice."""
    if len(selections) == 1:
        _allow_alone(model, selections[0], rows[:, 0])
    elif len(selections) == 2:
        _allow_pairs(model, selections, rows)
    elif len(selections) == 3 and _follows(rows, len(selections[2])):
        _allow_products(model, selections, rows)
    else:
        _allow_many(model, selections, rows)


def _allow_alone(model: cp_model.CpModel, selection: Literals, rows: Rows) -> None:
    """Allow some rows of one selection."""
    allowed = set(rows.tolist())
    others = [~literal for row, literal in enumerate(selection) if row not in allowed]
    model.add_bool_and(others)


def _allow_pairs(model: cp_model.CpModel, selections: Sequence[Literals], rows: Rows) -> None:
    """Let every row of two selections have a partner that goes with it."""
    first, second = selections
    of_first = np.bincount(rows[:, 0], minlength=len(first))
    if of_first.max(initial=0) <= 1:  # the second follows from the first
        _allow_alone(model, first, rows[:, 0])
        _add_unions(model, second, rows[:, 1], [first[row] for row in rows[:, 0].tolist()])
        return
    _add_partners(model, selections, rows)


def _add_partners(model: cp_model.CpModel, selections: Sequence[Literals], rows: Rows) -> None:
    """Let no row of two selections be chosen without one that goes with it."""
    for own, other in ((0, 1), (1, 0)):
        partners = [selections[other][row] for row in rows[:, other].tolist()]
        beside = _by_row(rows[:, own], len(selections[own]), partners)
        for literal, partners_of in zip(selections[own], beside, strict=True):
            model.add_bool_or([~literal, *partners_of])


def _follows(rows: Rows, count: int) -> bool:
    """Whether the third of three rows follows from the first two, and is one of few."""
    pairs = np.unique(rows[:, :2], axis=0)
    return len(pairs) == len(rows) >= 2 * count


def _allow_products(model: cp_model.CpModel, selections: Sequence[Literals], rows: Rows) -> None:
    """Let the third row be the one that follows from the first two."""
    for combination in rows.tolist():
        _add_product(model, [own[row] for own, row in zip(selections, combination, strict=True)])
    for two in itertools.combinations(range(3), 2):
        _add_partners(model, [selections[own] for own in two], np.unique(rows[:, two], axis=0))


def _add_product(model: cp_model.CpModel, combination: Literals) -> None:
    """Let the third row be chosen where the first two are."""
    first, second, product = combination
    model.add_bool_or([~first, ~second, product])


def _allow_many(model: cp_model.CpModel, selections: Sequence[Literals], rows: Rows) -> None:
    """Let one combination hold, and every row be in it that is chosen."""
    combinations = _combinations(model, selections, rows)
    for column, selection in enumerate(selections):
        _add_unions(model, selection, rows[:, column], combinations)


def _add_unions(
    model: cp_model.CpModel, selection: Literals, column: Rows, members: Literals
) -> None:
    """Let every row be chosen where one of its members is true, and only there."""
    for literal, own in zip(selection, _by_row(column, len(selection), members), strict=True):
        if len(own) == 1 and own[0] is literal:
            continue  # its only member is the row itself
        model.add_bool_or([~literal, *own])
        model.add_bool_and([~member for member in own]).only_enforce_if(~literal)


def _combinations(
    model: cp_model.CpModel, selections: Sequence[Literals], rows: Rows
) -> list[Literal]:
    """Return the literal of every combination: of a row that is in no other one, or a new one."""
    found: list[Literal | None] = [None] * len(rows)
    for column, selection in reversed(list(enumerate(selections))):
        own = rows[:, column]
        is_alone = np.bincount(own, minlength=len(selection))[own] == 1
        for place in np.flatnonzero(is_alone).tolist():
            if found[place] is None:
                found[place] = selection[own[place]]
    return [model.new_bool_var("") if each is None else each for each in found]


def _by_row(column: Rows, count: int, members: Literals) -> Iterator[list[Literal]]:
    """Yield for every row of a selection the members at its places in a column."""
    ordered = [members[place] for place in np.argsort(column, kind="stable").tolist()]
    ends = np.cumsum(np.bincount(column, minlength=count)).tolist()
    for start, end in itertools.pairwise([0, *ends]):
        yield ordered[start:end]

"""Lines and planes below an amount of a candidate that is several lengths.

The amount is known at some of the lengths. It is at no length below the lower hull of these points,
and each edge of that is a linear bound.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Plane
from zigzag_imc.solver.formulation.variables import total


class Line(NamedTuple):
    """A line between two lengths, which an amount is not below.

    Attributes
    ----------
    first, least
        The shorter length, and the amount there.
    run, rise
        How much longer the other one is, and how much more the amount is there.
    """

    first: int
    least: int
    run: int
    rise: int


def lines_below(lengths: Iterable[int], amounts: Sequence[int]) -> Iterator[Line]:
    """Yield the edges of the lower hull of some points, by rising length."""
    hull: list[tuple[int, int]] = []
    for point in zip(map(int, lengths), amounts, strict=True):
        while len(hull) > 1 and not _is_below(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    if len(hull) == 1:
        yield Line(*hull[0], run=1, rise=0)
    for one, other in itertools.pairwise(hull):
        yield Line(*one, run=other[0] - one[0], rise=other[1] - one[1])


def add_above(
    model: cp_model.CpModel,
    amount: cp_model.LinearExprT,
    length: cp_model.IntVar,
    line: Line,
    when: Sequence[cp_model.BoolVarT],
) -> None:
    """Keep an amount above a line: ``run * amount >= run * least + rise * (length - first)``."""
    along = line.run * line.least + line.rise * (length - line.first)
    model.add(line.run * amount >= along).only_enforce_if(when)


def height(plane: Plane, lengths: Mapping[str, cp_model.IntVar]) -> cp_model.LinearExpr:
    """Return the amount on a plane, at some lengths."""
    rises = (rise * (lengths[dim] - origin) for dim, (origin, rise) in plane.slopes.items())
    return plane.origin + total(rises)


def _is_below(one: tuple[int, int], middle: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether a point is below the line between two others."""
    rise, run = other[1] - one[1], other[0] - one[0]
    return (middle[1] - one[1]) * run < rise * (middle[0] - one[0])

"""Chain: of the tiles of any two cuts, one divides the other.

Each cut has the exponent of every (dimension, prime) in its tile; cuts of one operand are in order,
and for two cuts of different operands a Boolean says which is the inner one.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Axis, Candidate
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.formulation.variables import Variables
from zigzag_imc.solver.scoring.tile_choice import CutPlace

Exponents = dict[Axis, cp_model.IntVar]
"""Exponent of every (dimension, prime) in the tile at one cut."""


class Nested(NamedTuple):
    """Two cuts, the tile of one of which is inside that of the other.

    Attributes
    ----------
    inner, outer
        The cuts.
    when
        Literal: so it is; ``None`` where it always is.
    """

    inner: CutPlace
    outer: CutPlace
    when: cp_model.BoolVarT | None


class Chain(NamedTuple):
    """What other constraints need to know of the chain.

    Attributes
    ----------
    exponents
        Exponents of the tile at every cut.
    nested
        Every two cuts, either way round where both may be.
    """

    exponents: dict[CutPlace, Exponents]
    nested: list[Nested]


def add_chain(problem: Problem, model: cp_model.CpModel, variables: Variables) -> Chain:
    """Order the cuts by divisibility of their tiles.

    ``inner divides outer`` where, for every axis, ``exponent[inner] <= exponent[outer]``.
    """
    exponents = {place: _exponents(problem, model, variables, place) for place in problem.by_place}
    nested: list[Nested] = []
    for first, second in itertools.combinations(exponents, 2):
        if _of_one_operand(first, second):  # the lower boundary is inside
            nested.append(Nested(first, second, None))
        else:
            swapped = model.new_bool_var(f"inner{second}{first}")
            nested.append(Nested(first, second, swapped.negated()))
            nested.append(Nested(second, first, swapped))
    for inner, outer, when in nested:
        _add_divides(model, exponents[inner], exponents[outer], when)
    return Chain(exponents, nested)


def _of_one_operand(first: CutPlace, second: CutPlace) -> bool:
    """Whether two cuts are cuts of the same operand."""
    return first[0] == second[0]


def _exponents(
    problem: Problem, model: cp_model.CpModel, variables: Variables, place: CutPlace
) -> Exponents:
    """Exponent of every prime in the tile at a cut; primes that no candidate has are left out."""
    group = problem.by_place[place]
    exponents: Exponents = {}
    for axis in _axes_of(group):
        most, amount = _exponent(variables, group, axis)
        exponents[axis] = model.new_int_var(0, most, f"exponent{place}{axis}")
        model.add(exponents[axis] == amount)
    return exponents


def _axes_of(group: TileGroup) -> list[Axis]:
    """Axes along which any of some candidates is longer than one."""
    axes: set[Axis] = set()
    return sorted(axes.union(*group.each(lambda tile: tile.at.powers)))


def _exponent(
    variables: Variables, group: TileGroup, axis: Axis
) -> tuple[int, cp_model.LinearExpr]:
    """Largest exponent along an axis, and that of the chosen candidate."""

    def power(tile: Candidate) -> int:
        return tile.at.powers[axis]

    longer = group.where(lambda tile: axis in tile.at.powers)
    return max(longer.each(power)), variables.over_tiles(longer, power)


def _add_divides(
    model: cp_model.CpModel, inner: Exponents, outer: Exponents, when: cp_model.BoolVarT | None
) -> None:
    """Require ``inner`` to divide ``outer``, if ``when`` holds."""
    for axis, exponent in inner.items():
        divides = model.add(exponent <= outer[axis]) if axis in outer else model.add(exponent == 0)
        if when is not None:
            divides.only_enforce_if(when)

"""Chain: of the tiles of any two cuts, one divides the other.

Each cut has the exponent of every (dimension, prime) in its tile; cuts of one operand are in order,
and for two cuts of different operands a Boolean says which is the inner one.
"""

from __future__ import annotations

import itertools

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.problem import Axis, Problem
from zigzag_imc.solver.formulation.variables import Variables
from zigzag_imc.solver.scoring.tile_choice import CutPlace

Exponents = dict[Axis, cp_model.IntVar]
"""Exponent of every (dimension, prime) in the tile at one cut."""


def add_chain(problem: Problem, model: cp_model.CpModel, variables: Variables) -> None:
    """Order the cuts by divisibility of their tiles.

    ``inner divides outer`` where, for every axis, ``exponent[inner] <= exponent[outer]``.
    """
    exponents = {place: _exponents(problem, model, variables, place) for place in problem.by_place}
    for first, second in itertools.combinations(exponents, 2):
        if first[0] == second[0]:  # the same operand: the lower boundary is inside
            _add_divides(model, exponents[first], exponents[second], None)
        else:
            swapped = model.new_bool_var(f"inner{second}{first}")
            _add_divides(model, exponents[first], exponents[second], swapped.negated())
            _add_divides(model, exponents[second], exponents[first], swapped)


def _exponents(
    problem: Problem, model: cp_model.CpModel, variables: Variables, place: CutPlace
) -> Exponents:
    """Exponent of every prime in the tile at a cut; primes that no candidate has are left out."""
    powers: dict[Axis, dict[int, int]] = {}
    for number in problem.by_place[place]:
        for axis, power in problem.candidates[number].at.powers.items():
            powers.setdefault(axis, {})[number] = power
    exponents: Exponents = {}
    for axis, by_number in sorted(powers.items()):
        exponent = model.new_int_var(0, max(by_number.values()), f"exponent{place}{axis}")
        model.add(exponent == variables.over_tiles(by_number.keys(), by_number.values()))
        exponents[axis] = exponent
    return exponents


def _add_divides(
    model: cp_model.CpModel, inner: Exponents, outer: Exponents, when: cp_model.BoolVarT | None
) -> None:
    """Require ``inner`` to divide ``outer``, if ``when`` holds."""
    for axis, exponent in inner.items():
        divides = model.add(exponent <= outer[axis]) if axis in outer else model.add(exponent == 0)
        if when is not None:
            divides.only_enforce_if(when)

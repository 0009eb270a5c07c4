"""The tiles of all cuts form a chain: of any two, one divides the other.

Each cut has the exponent of every (dimension, prime) in its tile; cuts of one operand are in order,
and for two cuts of different operands a Boolean says which is the inner one.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

    from zigzag_imc.solver.formulation.model import Problem, Variables
    from zigzag_imc.solver.scoring.loop_orders import CutPlace

Exponents = dict[tuple[str, int], "cp_model.IntVar"]


def add_chain(problem: Problem, model: cp_model.CpModel, variables: Variables) -> None:
    """Order the cuts by divisibility of their tiles."""
    exponents = {
        place: _exponents(problem, model, variables, place) for place in variables.by_place
    }
    for first, second in itertools.combinations(exponents, 2):
        if first[0] == second[0]:
            inner, outer = sorted((first, second))
            _add_divides(model, exponents[inner], exponents[outer], None)
        else:
            swapped = model.new_bool_var(f"inner{second}{first}")
            _add_divides(model, exponents[first], exponents[second], swapped.negated())
            _add_divides(model, exponents[second], exponents[first], swapped)


def _exponents(
    problem: Problem, model: cp_model.CpModel, variables: Variables, place: CutPlace
) -> Exponents:
    """Exponent of every prime in the tile at a cut; primes that no candidate has are left out."""
    terms: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for number in variables.by_place[place]:
        for axis, power in problem.candidates[number].powers.items():
            terms.setdefault(axis, []).append((number, power))
    exponents = {}
    for axis, pairs in sorted(terms.items()):
        most = max(power for _, power in pairs)
        exponent = model.new_int_var(0, most, f"exponent{place}{axis}")
        model.add(exponent == sum(power * variables.tiles[number] for number, power in pairs))
        exponents[axis] = exponent
    return exponents


def _add_divides(
    model: cp_model.CpModel, inner: Exponents, outer: Exponents, when: cp_model.BoolVarT | None
) -> None:
    """Require ``inner`` to divide ``outer``, if ``when`` holds."""
    for axis, exponent in inner.items():
        constraint = (
            model.add(exponent <= outer[axis]) if axis in outer else model.add(exponent == 0)
        )
        if when is not None:
            constraint.only_enforce_if(when)

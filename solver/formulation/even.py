"""Even allocation: cuts that constraints want at one place of the loop order.

Tiles are written out: a cut could as well lie anywhere below its tile where only loops that are
irrelevant to its operand lie between. So two cuts can lie at one place exactly where the larger
tile has nothing beyond the smaller one but loops that are irrelevant to its own operand:

``exponent[inner, d, q] = exponent[outer, d, q]`` for all ``d`` relevant to the operand of ``outer``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Axis
from zigzag_imc.solver.formulation.chain import Chain, Nested
from zigzag_imc.solver.formulation.length_chain import Lengths
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.scoring.tile_choice import CutPlace


def add_even(problem: Problem, model: cp_model.CpModel, chain: Chain) -> None:
    """Let the tiles at cuts that belong together differ in irrelevant loops alone."""
    if not problem.even:
        return
    for nested in chain.nested:
        if any({nested.inner, nested.outer} <= together for together in problem.even):
            _add_even(problem, model, chain, nested)


def _add_even(problem: Problem, model: cp_model.CpModel, chain: Chain, nested: Nested) -> None:
    """Let two tiles have equal exponents along all dimensions relevant to the outer one."""
    inner, outer = chain.exponents[nested.inner], chain.exponents[nested.outer]
    for axis in {**inner, **outer}:
        if not _matters(problem, nested, axis):
            continue
        equal = model.add(_exponent(inner, axis) == _exponent(outer, axis))
        if nested.when is not None:
            equal.only_enforce_if(nested.when)


def _matters(problem: Problem, nested: Nested, axis: Axis) -> bool:
    """Whether loops along an axis are relevant to the operand of the outer cut."""
    return axis[0] in problem.relevant[nested.outer[0]]


def _exponent(exponents: dict[Axis, cp_model.IntVar], axis: Axis) -> cp_model.LinearExpr:
    """Exponent along an axis; zero where no candidate is longer than one there."""
    return cp_model.LinearExpr.sum([exponents[axis]] if axis in exponents else [])


def add_even_lengths(
    problem: Problem,
    model: cp_model.CpModel,
    lengths: Mapping[CutPlace, Lengths],
    nested: Sequence[Nested],
) -> None:
    """The same of tiles of any lengths: equal ones along what is relevant to the outer tile."""
    for pair in nested:
        if not any({pair.inner, pair.outer} <= together for together in problem.even):
            continue
        for dim, length in lengths[pair.outer].items():
            if dim in problem.relevant[pair.outer[0]]:
                equal = model.add(lengths[pair.inner][dim] == length)
                if pair.when is not None:
                    equal.only_enforce_if(pair.when)

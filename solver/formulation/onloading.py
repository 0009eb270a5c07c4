"""Onloading: the first loads of both inputs, as far as they do not overlap."""

from __future__ import annotations

from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.core.layer import INPUTS, WEIGHTS
from zigzag_imc.solver.formulation.links import Links
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.variables import total


@dataclass(frozen=True, slots=True)
class _Parts:
    """Onloading of one input.

    Attributes
    ----------
    shared
        Cycles on links that load both inputs.
    private
        Cycles that may overlap with the other input.
    """

    shared: cp_model.LinearExpr
    private: cp_model.LinearExpr

    @classmethod
    def of(cls, problem: Problem, links: Links, operand: int) -> _Parts:
        """Sum the links of one input by kind; hidden ones count for nothing."""

        def of_kind(kind: str) -> cp_model.LinearExpr:
            own = (place for place in links if place[0] == operand)
            return total(links[place] for place in own if problem.link_kinds.get(place) == kind)

        return cls(shared=of_kind("shared"), private=of_kind("private"))


def add_onloading(
    problem: Problem, model: cp_model.CpModel, onload: cp_model.IntVar, links: Links
) -> None:
    """Bound the onloading of both inputs from below.

    With shared parts ``A``, ``B`` and private parts ``X``, ``Y`` of the two inputs, the better of
    the two orders takes ``max(A + X, B + Y, A + B + min(X, Y))``. The minimum is a choice: a
    Boolean says whose private part counts.
    """
    weights, inputs = (_Parts.of(problem, links, operand) for operand in (WEIGHTS, INPUTS))
    for own in (weights, inputs):
        model.add(onload >= own.shared + own.private)
    weights_less = model.new_bool_var("less_private")
    for own, chosen in ((weights, weights_less), (inputs, weights_less.negated())):
        both = weights.shared + inputs.shared + own.private
        model.add(onload >= both).only_enforce_if(chosen)

"""Onloading: the first loads of both inputs, as far as they do not overlap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.core.layer import INPUTS, WEIGHTS
from zigzag_imc.solver.formulation.links import Links
from zigzag_imc.solver.formulation.variables import total
from zigzag_imc.solver.scoring.tile_choice import CutPlace

LinkKinds = Mapping[CutPlace, str]
"""How the onloading over each input cut combines with the rest: see `Problem.link_kinds`."""


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
    def of(cls, kinds: LinkKinds, links: Links, operand: int) -> _Parts:
        """Sum the links of one input by kind; hidden ones count for nothing."""
        own = {place: link for place, link in links.items() if place[0] == operand}
        return cls(
            shared=_sum_of_kind(kinds, own, "shared"),
            private=_sum_of_kind(kinds, own, "private"),
        )

    @property
    def alone(self) -> cp_model.LinearExpr:
        """Cycles of the whole onloading of the input."""
        return self.shared + self.private


def add_onloading(
    kinds: LinkKinds, model: cp_model.CpModel, onload: cp_model.IntVar, links: Links
) -> None:
    """Bound the onloading of both inputs from below.

    With shared parts ``A``, ``B`` and private parts ``X``, ``Y`` of the two inputs, the better of
    the two orders takes ``max(A + X, B + Y, A + B + min(X, Y))``. The minimum is a choice: a
    Boolean says whose private part counts.
    """
    weights = _Parts.of(kinds, links, WEIGHTS)
    inputs = _Parts.of(kinds, links, INPUTS)
    model.add(onload >= weights.alone)
    model.add(onload >= inputs.alone)
    shared = weights.shared + inputs.shared
    weights_less = model.new_bool_var("less_private")
    model.add(onload >= shared + weights.private).only_enforce_if(weights_less)
    model.add(onload >= shared + inputs.private).only_enforce_if(weights_less.negated())


def _sum_of_kind(kinds: LinkKinds, links: Links, kind: str) -> cp_model.LinearExpr:
    """Exposed cycles of the links that combine with the rest in one manner."""
    return total(link for place, link in links.items() if kinds.get(place) == kind)

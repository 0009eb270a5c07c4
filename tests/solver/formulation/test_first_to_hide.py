"""First to hide: weights that no loop indexes, of five cycles of a port of eight bits."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from ortools.sat.python import cp_model

from tests.solver.tiny_problems import INPUTS_CUT, PORT, WEIGHTS_CUT, columns, least, problem, tile
from zigzag_imc.solver.formulation.candidate import Room
from zigzag_imc.solver.formulation.first_to_hide import add_first_to_hide
from zigzag_imc.solver.formulation.on_port import on_port
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.variables import Variables

ELSEWHERE = Room(memory=1, bits=0)
"""The port is that of the memory above."""


def most_exposed(taken: int, sizes: str = "XC") -> int:
    """Cycles of the weights that may be exposed beside inputs that take some bits per cycle."""
    weights = tile(WEIGHTS_CUT, once={PORT: 5.0}, room=ELSEWHERE)
    inputs = tile(INPUTS_CUT, once={PORT: 1.0}, taken={PORT: taken}, room=ELSEWHERE)
    laid = SimpleNamespace(operands=[SimpleNamespace(whole=(1, 1))] * 3)
    posed = replace(
        problem(weights, inputs, spatial=columns(laid=laid), in_rounds=True),
        relevant=(frozenset("K"), frozenset("C"), frozenset("K")),
        sizes=dict.fromkeys(sizes, 2),
        element_bits=(8, 8, 8),
    )
    model = cp_model.CpModel()
    variables = Variables.create(posed, model)
    model.add_bool_and(variables.tiles)
    links = {place: model.new_int_var(0, 5, "") for place in (WEIGHTS_CUT, INPUTS_CUT)}
    port = on_port(posed, model, variables, PORT, links)
    add_first_to_hide(model, port)
    found = least(model, -port.exposed[WEIGHTS_CUT])
    assert found is not None
    return round(-found)


@pytest.mark.parametrize(("taken", "expected"), [(0, 4), (4, 4), (8, 5), (16, 5)])
def test_one_activation_hides_but_for_the_share_of_periodic_loads(
    taken: int, expected: int
) -> None:
    assert most_exposed(taken) == expected


@pytest.mark.parametrize("sizes", ["KC", "X"])
def test_other_loads_may_be_hidden_before(sizes: str) -> None:
    """A loop indexes the weights, or none indexes the inputs either."""
    assert most_exposed(0, sizes) == 5


@pytest.mark.parametrize(("first_bits", "expected"), [(32, 4), (40, 5)])
def test_the_first_part_never_hides(
    monkeypatch: pytest.MonkeyPatch, first_bits: int, expected: int
) -> None:
    monkeypatch.setattr(Problem, "first_bits", lambda *_: first_bits)
    assert most_exposed(0) == expected

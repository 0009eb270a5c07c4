"""Capacity where a candidate is several tiles: what they take depends on their lengths."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ortools.sat.python import cp_model

from tests.solver.tiny_problems import INPUTS_CUT, OUTPUTS_CUT, least, problem, tile
from zigzag_imc.solver.formulation import capacity
from zigzag_imc.solver.formulation.candidate import ByLength, Candidate, Plane, Points, Room
from zigzag_imc.solver.formulation.capacity import add_capacities
from zigzag_imc.solver.formulation.variables import Variables

LENGTHS = {"K": [2, 3], "C": [4, 5]}
BY_LENGTH = {"K": Points((2, 3), (8.0, 12.0)), "C": Points((4, 5), (8.0, 10.0))}
"""Bits of tiles of two or three steps of K, times four or five of C, at least."""

TOUCHING = Plane(15, {"K": (3, 5), "C": (5, 3)})
"""What they take is above ``15 + 5 (K - 3) + 3 (C - 5)``: as much where both are longest."""


def bundle(by_length: ByLength = BY_LENGTH, planes: tuple[Plane, ...] = (TOUCHING,)) -> Candidate:
    """Return a candidate of four tiles, the least of eight bits."""
    found = tile(OUTPUTS_CUT, room=Room(0, bits=8, bits_by=by_length, bits_planes=planes))
    return replace(found, at=replace(found.at, lengths=LENGTHS))


def most_steps(size_bits: int, outputs: Candidate) -> float:
    """Most steps of K and C together beside inputs of one bit."""
    posed = problem(tile(INPUTS_CUT, room=Room(0, bits=1)), outputs, size_bits=size_bits)
    model = cp_model.CpModel()
    lengths = {dim: model.new_int_var(own[0], own[-1], dim) for dim, own in LENGTHS.items()}
    variables = replace(Variables.create(posed, model), lengths={OUTPUTS_CUT: lengths})
    model.add_bool_and(variables.tiles)
    add_capacities(posed, model, variables)
    found = least(model, -sum(lengths.values()))
    assert found is not None
    return -found


@pytest.mark.parametrize(("size_bits", "steps"), [(9, 6), (10, 6), (11, 7), (13, 7), (16, 8)])
def test_no_more_steps_than_a_memory_holds(size_bits: int, steps: int) -> None:
    """Of 2 x 4, 2 x 5, 3 x 4 and 3 x 5 bits, beside one."""
    assert most_steps(size_bits, bundle()) == steps


def test_without_planes_both_may_be_longest() -> None:
    """Ten bits for C and twelve for K, each for itself."""
    assert most_steps(13, bundle(planes=())) == 8
    assert most_steps(13, bundle()) == 7


def test_the_least_of_a_bundle_would_let_all_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: a bundle takes what its least tile does."""
    monkeypatch.setattr(capacity, "_more", lambda *_: 0)
    assert most_steps(9, bundle()) == 8

"""Room for second tiles of any lengths: two tiles of four bits in one memory, inputs inside."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from ortools.sat.python import cp_model

from tests.solver.tiny_problems import INPUTS_CUT, OUTPUTS_CUT, least, problem, tile
from zigzag_imc.solver.formulation import parts
from zigzag_imc.solver.formulation.candidate import Candidate, Room
from zigzag_imc.solver.formulation.length_room import SecondTiles
from zigzag_imc.solver.formulation.option_tiles import OptionTiles
from zigzag_imc.solver.formulation.parts import Parts
from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.formulation.variables import Variables

SIZES = {"K": 2, "C": 2}


def tile_of(place: tuple[int, int], lengths: dict[str, int], least_need: int) -> Candidate:
    """Return a candidate of some lengths that needs four bits."""
    plain = {INPUTS_CUT: "C", OUTPUTS_CUT: "K"}[place]
    need_of_step = Fraction(4, lengths[plain])
    room = Room(0, bits=4, need=4, least_need=least_need, need_of_step=need_of_step)
    found = tile(place, room=room)
    steps = {dim: [length] for dim, length in lengths.items()}
    return replace(found, at=replace(found.at, lengths=steps))


def may_be_buffered(size_bits: int, outputs: dict[str, int], inputs_first: bool = False) -> bool:
    """Whether a memory may have room for second inputs of one step of C beside some outputs."""
    tiles = (tile_of(INPUTS_CUT, {"K": 2, "C": 1}, 4), tile_of(OUTPUTS_CUT, outputs, 2))
    return may_be(size_bits, tiles, SIZES, inputs_first)


def may_be(
    size_bits: int,
    tiles: tuple[Candidate, Candidate],
    sizes: dict[str, int],
    inputs_first: bool = False,
) -> bool:
    """Whether a memory may have room for second inputs beside outputs around them."""
    order = (1, 2, 0) if inputs_first else (2, 1, 0)
    posed = replace(problem(*tiles, size_bits=size_bits), sizes=sizes, room_order=order)
    model = cp_model.CpModel()
    variables = Variables.create(posed, model)
    lengths = {
        one.at.place: {dim: model.new_constant(own[0]) for dim, own in one.at.lengths.items()}
        for one in tiles
    }
    variables = replace(variables, lengths=lengths, inside={(INPUTS_CUT, OUTPUTS_CUT): ()})
    model.add_bool_and(variables.tiles)
    option = OptionTiles({one.at.place: TileGroup({n: one}) for n, one in enumerate(tiles)})
    literal = SecondTiles(posed, model, variables, option).buffered(INPUTS_CUT)
    return least(model, -literal) == -1


@pytest.mark.parametrize(("size_bits", "expected"), [(11, False), (12, True)])
def test_outputs_need_all_of_their_tile_where_another_loop_lies_below(
    size_bits: int, expected: bool
) -> None:
    buffered = may_be_buffered(size_bits, {"K": 2, "C": 2}, inputs_first=True)
    assert buffered == expected


@pytest.mark.parametrize(("size_bits", "expected"), [(9, False), (10, True)])
def test_outputs_may_need_a_step_where_no_other_loop_lies_below(
    size_bits: int, expected: bool
) -> None:
    buffered = may_be_buffered(size_bits, {"K": 2, "C": 1}, inputs_first=True)
    assert buffered == expected


@pytest.mark.parametrize(("size_bits", "expected"), [(12, False), (15, False), (16, True)])
def test_what_outputs_take_before_is_no_longer_left(size_bits: int, expected: bool) -> None:
    assert may_be_buffered(size_bits, {"K": 2, "C": 2}) == expected


def may_be_beside_large_outputs(size_bits: int, all_steps: int = 16, steps_inside: int = 2) -> bool:
    """Whether second inputs of three bits may fit beside outputs of eight, or of some of them.

    Outputs take room first: if they need three bits, a second tile of them is there as well.

    Parameters
    ----------
    size_bits
        Size of the memory.
    all_steps, steps_inside
        Steps of all output channels, of which the tile has eight, and of those inside the inputs.
    """
    inputs = replace(tile_of(INPUTS_CUT, {"K": steps_inside, "C": 1}, 3), room=Room(0, 3, 3, 3))
    outputs = tile_of(OUTPUTS_CUT, {"K": 8, "C": 2}, 3)
    room = Room(0, bits=8, need=8, least_need=3, need_of_step=Fraction(1))
    return may_be(size_bits, (inputs, replace(outputs, room=room)), {"K": all_steps, "C": 2})


@pytest.mark.parametrize(("size_bits", "expected"), [(9, False), (10, True), (11, False)])
def test_outputs_need_half_of_their_tile_or_all(size_bits: int, expected: bool) -> None:
    """Four bits leave no second tile of outputs room in ten, and inputs have one; five need not."""
    assert may_be_beside_large_outputs(size_bits) == expected


@pytest.mark.parametrize(("steps_inside", "expected"), [(2, True), (8, False)])
def test_outputs_may_need_five_eighths_where_a_loop_is_left(
    steps_inside: int, expected: bool
) -> None:
    """All eight steps of the outputs, five by five: the last three are short. Not inside inputs."""
    assert may_be_beside_large_outputs(11, 8, steps_inside) == expected


def test_outputs_of_all_steps_that_need_half_at_most_are_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A planted fault: no tile is all of a dimension."""
    monkeypatch.setattr(Parts, "all_of", lambda *_: [])
    assert not may_be_beside_large_outputs(11, 8)


def test_outputs_that_never_need_half_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: where outputs do not need all of their tile, they need the least."""
    monkeypatch.setattr(parts, "half_of", lambda tile: tile.room.least_need)
    assert not may_be_beside_large_outputs(10)


def test_outputs_taken_for_whole_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: whatever lies inside, no loop below outputs indexes them alone."""
    monkeypatch.setattr(SecondTiles, "_inside", lambda *_: iter([(INPUTS_CUT, [])]))
    assert not may_be_buffered(10, {"K": 2, "C": 1}, inputs_first=True)

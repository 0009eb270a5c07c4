"""Groups of candidates keep the order in which the model has them."""

from __future__ import annotations

from tests.solver.tiny_problems import INPUTS_CUT, OUTPUTS_CUT, WEIGHTS_CUT, problem, tile
from zigzag_imc.solver.formulation.candidate import Room
from zigzag_imc.solver.formulation.tile_group import TileGroup

UPPER_WEIGHTS_CUT = (0, 2)
LEFT = problem(
    tile(OUTPUTS_CUT, room=Room(0, 1)),
    tile(WEIGHTS_CUT, room=Room(0, 2)),
    tile(UPPER_WEIGHTS_CUT, room=Room(1, 3)),
    tile(OUTPUTS_CUT, (1, 0), room=Room(0, 4)),
)


def numbers(group: TileGroup) -> list[int]:
    """Return the numbers of a group, in its order."""
    return list(group.numbers)


def test_cuts_are_in_order_and_tiles_as_they_came() -> None:
    assert [(place, numbers(group)) for place, group in LEFT.by_place.items()] == [
        (WEIGHTS_CUT, [1]),
        (UPPER_WEIGHTS_CUT, [2]),
        (OUTPUTS_CUT, [0, 3]),
    ]


def test_memories_have_the_tiles_that_take_room_there() -> None:
    assert [numbers(LEFT.in_memory(memory)) for memory in (0, 1, 2)] == [[0, 1, 3], [2], []]


def test_a_joined_group_is_one_after_the_other() -> None:
    groups = [LEFT.by_place[OUTPUTS_CUT], LEFT.by_place[WEIGHTS_CUT]]
    joined = TileGroup.joined(groups)
    assert numbers(joined) == [0, 3, 1]
    assert joined.each(lambda held: held.room.bits) == [1, 4, 2]


def test_cuts_around_a_cut() -> None:
    """Beside the outputs, the lower weights lie in memory 0; they are below the upper weights."""
    (tiles,) = LEFT.by_option
    assert list(tiles.of_others(2).at) == [WEIGHTS_CUT, UPPER_WEIGHTS_CUT]
    assert list(tiles.beside(OUTPUTS_CUT).at) == [WEIGHTS_CUT]
    assert numbers(tiles.below(UPPER_WEIGHTS_CUT).topmost) == [1]
    assert numbers(tiles.below(WEIGHTS_CUT).topmost) == []
    assert numbers(tiles.below((2, 2)).topmost) == [0, 3]
    assert INPUTS_CUT not in tiles.at

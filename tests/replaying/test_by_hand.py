"""The smallest mappings, one thing at a time, against cycles that were counted by hand."""

from __future__ import annotations

import pytest

from tests.replaying.machines import LARGE, cells, machine, memory, port, top, top_of_activations
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import IMC, ZIGZAG
from zigzag_imc.replaying.play import Replay, play

BYTES = Precision(O=8, O_final=8)


def product(rows: int = 1, out: int = 1, inner: int = 1) -> Layer:
    """Matrix product of bytes."""
    return matmul_layer("by hand", rows=rows, out_channels=out, in_channels=inner, precision=BYTES)


def played(
    layer: Layer,
    accelerator: Accelerator,
    loops: str,
    cuts: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]],
    rows: int = 1,
) -> Replay:
    """Play loops such as ``D2 K3``, innermost first, with ``C`` along some rows."""
    spatial = SpatialMapping.of({"D2": {"C": rows}})
    temporal = tuple((loop[0], int(loop[1:])) for loop in loops.split())
    mapping = LayerMapping(spatial, TemporalMapping(temporal, cuts))
    check_mapping(layer, accelerator, mapping, IMC)
    return play(layer, accelerator, mapping, keep=True)


def parts(replay: Replay) -> tuple[int, int, int, int]:
    """Onloading, computing, stall and offloading."""
    return replay.onloading, replay.compute, replay.stall, replay.offloading


def test_nothing_stalls_where_every_port_keeps_up() -> None:
    """The weight is written in cycle 0, then a step a cycle; every output leaves in its step."""
    replay = played(product(rows=4), machine(cells(), top()), "D4", ((1,), (), ()))
    assert parts(replay) == (1, 4, 0, 0)
    assert replay.cycles == 5
    assert replay.waits == ()


def test_a_port_of_half_the_width_halves_the_speed() -> None:
    """Inputs take two cycles each, 0-2, 2-4 …, and a step may begin in the second of them."""
    replay = played(product(rows=4), machine(cells(), top(inputs=4)), "D4", ((1,), (), ()))
    assert parts(replay) == (1, 4, 3, 0)
    assert [(wait.begin, wait.cycles) for wait in replay.waits] == [(2, 1), (4, 1), (6, 1)]
    assert {(w.blame.operand, w.blame.port, w.blame.why) for w in replay.waits} == {
        ("I", "I_tl", "transfer")
    }


def test_outputs_that_leave_slowly_hold_the_last_step_no_longer() -> None:
    """Outputs take two cycles each: a step ends when the first word of its own can leave."""
    replay = played(product(rows=4), machine(cells(), top(outputs=4)), "D4", ((1,), (), ()))
    assert parts(replay) == (1, 4, 3, 1)


def test_a_port_for_two_serves_one_after_the_other() -> None:
    """One byte in and one out a step, through a port of one byte a cycle.

    The first input came before the first step, in cycle 0; each later step takes two cycles.
    """
    shared = memory(
        "top", LARGE, "W I O", port(8, "W tl"), port(8, "I tl", "O fl"), port(8, "O tl")
    )
    replay = played(product(rows=4), machine(cells(), shared), "D4", ((1,), (), ()))
    assert parts(replay) == (1, 4, 3, 0)
    assert {(w.blame.operand, w.blame.why) for w in replay.waits} == {("O", "port")}


def test_partial_sums_go_up_and_come_back() -> None:
    """Two outputs in turn share a register of one, and all weights are in their cells.

    Steps 0 and 1 take a cycle each. In step 2, from cycle 2 on, the second output leaves while the
    first one comes back, and only in cycle 3 can it be read, added to, and written: a cycle more.
    So does step 3, from cycle 4 to 6. Its output leaves in cycle 6.
    """
    register = memory(
        "register", 8, "O", *(port(8, f"O {way}") for way in ("fl", "tl", "th", "fh"))
    )
    accelerator = machine(cells(depth=4), register, top_of_activations())
    replay = played(product(out=2, inner=2), accelerator, "K2 C2", ((), (), (0,)))
    moved = [t for t in replay.transfers or () if t.way.operand == "O" and t.way.boundary]
    assert [t.visit for t in moved if t.way.is_up] == [0, 1, 2, 3]
    assert [t.visit for t in moved if not t.way.is_up] == [2, 3]
    assert parts(replay) == (0, 4, 2, 1)
    assert [(wait.begin, wait.cycles) for wait in replay.waits] == [(3, 1), (5, 1)]


def test_rows_are_written_while_nothing_is_computed() -> None:
    """Four rows a weight tile, two tiles, four steps each; one write of rows lies in between."""
    layer = product(rows=4, out=2, inner=4)
    replay = played(
        layer, machine(cells(), top(inputs=32, weights=32), rows=4), "D4 K2", ((1,), (), ()), 4
    )
    assert parts(replay) == (4, 8, 4, 0)
    assert [(w.blame.port, w.cycles) for w in replay.waits] == [("rows", 4)]


def test_a_second_weight_in_the_cells_is_written_ahead_only_while_the_array_rests() -> None:
    """The array never rests here: room for the next weights does not hide writing them."""
    layer = product(rows=4, out=4, inner=4)
    accelerator = machine(cells(depth=2), top(inputs=32, weights=32), rows=4)
    replay = played(layer, accelerator, "D4 K2 K2", ((1,), (), ()), 4)
    assert parts(replay) == (4, 16, 12, 0)


def test_without_rows_the_next_weights_are_written_behind_computing() -> None:
    """Whole columns at once, as the reference has it, and room for two: nothing stalls."""
    layer = product(rows=4, out=2, inner=4)
    accelerator = machine(cells(depth=2), top(inputs=32, weights=32), rows=4)
    mapping = LayerMapping(
        SpatialMapping.of({"D2": {"C": 4}}),
        TemporalMapping((("D", 4), ("K", 2)), ((1,), (), ())),
    )
    assert parts(play(layer, accelerator, mapping, ZIGZAG)) == (1, 8, 0, 0)


@pytest.mark.parametrize(("room", "stalls"), [(16, [3, 8]), (32, [3])])
def test_room_for_the_next_tile_hides_its_transfer(room: int, stalls: list[int]) -> None:
    """Tiles of two inputs, used twice, four steps of a cycle; an input takes two cycles to come.

    The first one comes until cycle 2 and the second until 4, a cycle late. With room for two tiles,
    both of the next one are there after eight cycles, in time. With room for one, they can come
    only when the first ones are read for the last time, in cycles 5 and 6: until 7, in time for the
    fifth step, and until 9, a cycle late.
    """
    buffer = memory("buffer", room, "I", port(8, "I fh"), port(8, "I tl"))
    accelerator = machine(cells(depth=2), buffer, top_of_activations(inputs=4))
    replay = played(product(rows=4, out=2), accelerator, "D2 K2 D2", ((), (2,), ()))
    assert replay.onloading == 2
    assert [(wait.begin, wait.cycles) for wait in replay.waits] == [(begin, 1) for begin in stalls]


def test_the_last_tile_may_be_short() -> None:
    """Five inputs in tiles of two: two, two, one; five steps, not six."""
    buffer = memory("buffer", 16, "I", port(8, "I fh"), port(8, "I tl"))
    accelerator = machine(cells(), buffer, top())
    mapping = LayerMapping(
        SpatialMapping(()), TemporalMapping((("D", 2), ("D", 3)), ((2,), (1,), ()))
    )
    replay = play(product(rows=5), accelerator, mapping, keep=True)
    assert replay.steps == replay.compute == 5
    loads = [t for t in replay.transfers or () if t.way.operand == "I" and t.way.boundary]
    assert [load.visit for load in loads] == [0, 0, 1, 1, 2]
    assert loads[0].way.carried[0] == [16, 16, 8]

"""Last tiles that are short: mappings of a slightly larger layer, played on a smaller one."""

from __future__ import annotations

import math

import pytest

from tests.replaying.drawing import to_play
from tests.solver.small_cases import Case, told
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.replaying.play import Replay, play


def shortened(drawn: Case, mapping: LayerMapping) -> Layer | None:
    """Take one index from every dimension of several loops that is not unrolled.

    The loops stay as they are: the outermost one of each such dimension ends with a shorter tile.
    """
    loops = mapping.temporal.loops
    several = {dim for dim, _ in loops if sum(of == dim for of, _ in loops) > 1}
    taken = several - mapping.spatial.factors.keys()
    layer = drawn.layer
    return (
        layer.replace(
            loop_dims=tuple((dim, size - (dim in taken)) for dim, size in layer.loop_dims)
        )
        if taken
        else None
    )


def moved_bits(replay: Replay, operand: str) -> int:
    """Bits of an operand that pass the lower port of its highest boundary, on their way down."""
    tiles = {
        (t.way, t.visit)
        for t in replay.transfers or ()
        if t.way.operand == operand and t.way.boundary and not t.way.is_up
    }
    top = max((way.boundary for way, _ in tiles), default=0)
    return sum(way.carried[1][visit] for way, visit in tiles if way.boundary == top)


@pytest.mark.parametrize("kind", ["small", "stalling", "corner"])
def test_a_shorter_last_tile_takes_and_moves_no_more(kind: str) -> None:
    played = 0
    for drawn, mapping in to_play(kind, range(60), "imc", 6):
        layer = shortened(drawn, mapping)
        if layer is None:
            continue
        full = play(drawn.layer, drawn.accelerator, mapping, keep=True)
        short = play(layer, drawn.accelerator, mapping, keep=True)
        factors = mapping.spatial.factors
        steps = math.prod(-(-size // factors.get(dim, 1)) for dim, size in layer.loop_dims)
        assert short.steps == steps < full.steps
        assert short.cycles <= full.cycles, (told(drawn), mapping)
        for operand in "WI":
            assert moved_bits(short, operand) <= moved_bits(full, operand)
        played += 1
    assert played > 10

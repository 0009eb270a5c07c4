"""Hiding of what is loaded once against a schedule of its cycles one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigzag_imc.core.layer_building import conv_layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.profile import PROFILES
from zigzag_imc.models.timing.loading import Load, hide_loads

CYCLES = 24
"""Cycles that periodic loads leave of the port."""

LOADS = st.lists(
    st.builds(
        Load,
        busy=st.integers(4, 30),
        first=st.integers(1, 4),
        place=st.just(0),
        rounds=st.sampled_from((1, 2, 3, 4)),
        is_unloaded=st.booleans(),
    ),
    min_size=1,
    max_size=4,
).map(lambda loads: [load._replace(place=place) for place, load in enumerate(loads)])


def allowed(load: Load) -> range:
    """Cycles in which a tile may move: those of the first round, or of the last."""
    one = CYCLES // load.rounds
    return range(CYCLES - one, CYCLES) if load.is_unloaded else range(one)


def scheduled(loads: list[Load]) -> int:
    """Cycles moved at most, each in a cycle of its own."""
    left = {load.place: load.busy - load.first for load in loads}
    moved = 0
    # Loads take the earliest cycles, unloads the latest: so neither is in the way of the other
    # before it has to be. What has most rounds goes first: its cycles lie within those of others.
    free = set(range(CYCLES))
    for load in sorted(loads, key=lambda load: -load.rounds):
        cycles = sorted(free & set(allowed(load)), reverse=load.is_unloaded)
        taken = cycles[: left[load.place]]
        free -= set(taken)
        moved += len(taken)
    return moved


@given(LOADS)
def test_as_much_hides_as_a_schedule_moves(loads: list[Load]) -> None:
    """No tile below its first part, none beyond its own round, and no more than the port moves."""
    exposed = [float(load.busy) for load in loads]
    hide_loads(list(loads), float(CYCLES), exposed)
    hidden = [load.busy - cycles for load, cycles in zip(loads, exposed, strict=True)]
    for load, cycles in zip(loads, hidden, strict=True):
        assert 0 <= cycles <= min(load.busy - load.first, CYCLES // load.rounds)
    assert sum(hidden) == scheduled(loads)


def test_several_tiles_share_a_round() -> None:
    """Of 24 cycles, two tiles with four rounds have 6 together; the third has the rest."""
    loads = [Load(20, 1, 0), Load(5, 1, 1, 4), Load(9, 1, 2, 4)]
    exposed = [20.0, 5.0, 9.0]
    hide_loads(loads, 24.0, exposed)
    assert exposed == [20 - 18, 5.0, 9 - 6]


@pytest.mark.parametrize(("late_loads", "rounds"), [(False, 4), (True, 1)])
def test_inputs_under_an_outer_loop_over_channels(late_loads: bool, rounds: int) -> None:
    """Inputs take 1000 cycles of the DRAM and all are wanted in the first of four rounds of K.

    Four loads of 64 x 16 weights of 8 bits, on average over 2000 computing cycles, take 17 of its
    64 bits in every cycle. Of the 2372 cycles of computing and stalls, a share of 47 / 64 is left.
    What is exposed goes on to the register, which takes a cycle; beside it, the first weights come.
    """
    layer = conv_layer(
        "pointwise", out_channels=64, in_channels=64, output_size=(25, 5), filter_size=1
    )
    mapping = LayerMapping(
        SpatialMapping.of({"D1": {"K": 16}, "D2": {"C": 64}}),
        TemporalMapping((("OY", 25), ("OX", 5), ("K", 4)), ((2,), (0, 3), (0, 3))),
    )
    profile = replace(PROFILES["imc"], late_loads=late_loads)
    cost = CostModel(layer, load_accelerator("aimc"), profile).evaluate(mapping)
    spare = 2372 * 47 / 64 / rounds
    weights = 64 * 16 * 8 / 64
    assert cost.onloading_cycles == max(weights, 1000 - spare + 1)

"""Replays beside the latency model: how far apart they are, and where they agree.

The bounds are those of docs/replay.md with some room; they say that neither of the two has changed
its mind, and that they mean the same hardware.
"""

from __future__ import annotations

import statistics
from dataclasses import replace

import pytest

from tests.replaying.drawing import to_play
from tests.solver.small_cases import told
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import IMC
from zigzag_imc.replaying.play import play

SEEDS = range(60)


@pytest.mark.parametrize("kind", ["small", "stalling", "corner", "bits"])
def test_half_of_all_mappings_agree_within_a_fifth(kind: str) -> None:
    """The middle is the same; nine of ten lie between three fifths and five thirds."""
    ratios = sorted(
        play(drawn.layer, drawn.accelerator, mapping, IMC).cycles
        / CostModel(drawn.layer, drawn.accelerator, IMC).evaluate(mapping).latency_cycles
        for drawn, mapping in to_play(kind, SEEDS, "imc", 4)
    )
    low, _, high = statistics.quantiles(ratios, n=4)
    assert statistics.median(ratios) == pytest.approx(1.0, abs=0.08)
    assert low > 0.8
    assert high < 1.2
    twentieth = len(ratios) // 20
    assert ratios[twentieth] > 3 / 5
    assert ratios[-1 - twentieth] < 5 / 3


def test_where_no_port_stalls_the_array_rarely_waits() -> None:
    """Where the model says that every port keeps up, most mappings never wait at all."""
    waits = []
    for drawn, mapping in to_play("small", range(0, 150, 3), "imc", 4):
        cost = CostModel(drawn.layer, drawn.accelerator, IMC).evaluate(mapping)
        if all(stall.cycles <= 0 for stall in cost.port_stalls):
            replay = play(drawn.layer, drawn.accelerator, mapping, IMC)
            waits.append(replay.stall / replay.compute)
            assert waits[-1] < 0.5, (told(drawn), mapping)
    assert len(waits) > 12
    assert sum(wait == 0 for wait in waits) >= 0.7 * len(waits)


def on_a_preset(
    name: str, layer: Layer, spatial: SpatialMapping, temporal: TemporalMapping
) -> tuple[int, float]:
    """Cycles of the replay and of the model on a preset."""
    accelerator, mapping = load_accelerator(name), LayerMapping(spatial, temporal)
    check_mapping(layer, accelerator, mapping, IMC)
    cost = CostModel(layer, accelerator, IMC).evaluate(mapping)
    return play(layer, accelerator, mapping).cycles, cost.latency_cycles


def test_a_depthwise_layer_takes_exactly_as_long() -> None:
    """64 channels one after the other, nine rows reloaded for each: 8000 steps of eight cycles."""
    layer = conv_layer(
        "depthwise",
        groups=64,
        out_channels=1,
        in_channels=1,
        output_size=(25, 5),
        filter_size=(3, 3),
    )
    replay, model = on_a_preset(
        "dimc",
        layer,
        SpatialMapping.of({"D2": {"FX": 3, "FY": 3}}),
        TemporalMapping((("OX", 5), ("OY", 25), ("G", 64)), ((2,), (0, 3), (0, 3))),
    )
    assert replay == model


def test_a_tile_that_is_loaded_once_hides_only_while_it_is_first_used() -> None:
    """Inputs of 8 cycles each, wanted in steps of 4.

    All of them are wanted in the first of four rounds over the output channels, so that round takes
    1000 cycles, not 500. In the model, as much of them is exposed; in the three rounds after it,
    they rest.
    """
    layer = conv_layer(
        "pointwise", out_channels=64, in_channels=64, output_size=(25, 5), filter_size=1
    )
    loops = (("OY", 25), ("OX", 5), ("K", 4))
    replay, model = on_a_preset(
        "aimc",
        layer,
        SpatialMapping.of({"D1": {"K": 16}, "D2": {"C": 64}}),
        TemporalMapping(loops, ((2,), (0, 3), (0, 3))),
    )
    assert replay == 3017
    assert model == pytest.approx(replay, rel=0.03)


@pytest.mark.parametrize("preset", ["aimc", "dimc"])
@pytest.mark.parametrize(
    ("loops", "cuts"),
    [
        ((("OY", 16), ("OX", 16), ("K", 4)), ((2,), (0, 3), (0, 3))),  # inputs in rounds of K
        ((("OY", 16), ("OX", 16), ("K", 2), ("C", 2)), ((2,), (0, 4), (0, 4))),  # outputs, of C
        ((("OY", 16), ("OX", 16), ("C", 2), ("K", 2)), ((2,), (0, 4), (0, 4))),  # inputs, of K
    ],
)
def test_what_is_loaded_once_takes_as_long_in_rounds(
    preset: str, loops: tuple[tuple[str, int], ...], cuts: tuple[tuple[int, ...], ...]
) -> None:
    """Within a fiftieth; with loads and unloads at any time, the model says no more."""
    sizes, lanes = dict(loops), 64
    layer = conv_layer(
        "pointwise",
        out_channels=16 * sizes["K"],
        in_channels=lanes * sizes.get("C", 1),
        output_size=(16, 16),
        filter_size=1,
    )
    spatial = SpatialMapping.of({"D1": {"K": 16}, "D2": {"C": lanes}})
    temporal = TemporalMapping(loops, (cuts[0], cuts[1], cuts[2]))
    replay, model = on_a_preset(preset, layer, spatial, temporal)
    late = replace(IMC, late_loads=True)
    reckless = CostModel(layer, load_accelerator(preset), late).evaluate(
        LayerMapping(spatial, temporal)
    )
    assert model == pytest.approx(replay, rel=0.02)
    assert reckless.latency_cycles <= model


def test_weights_and_inputs_through_one_port_come_one_after_the_other() -> None:
    """A product of one step: 80 cycles of weights, 8 of inputs, through the DRAM's only port."""
    layer = matmul_layer("fc", rows=1, out_channels=10, in_channels=64)
    replay, model = on_a_preset(
        "dimc",
        layer,
        SpatialMapping.of({"D1": {"K": 10}, "D2": {"C": 64}}),
        TemporalMapping((), ((0,), (0, 0), (0, 0))),
    )
    assert replay == 80 + 8 + 1 + 8 + 1 + 2  # and the register, the step, its output up twice
    assert model == 83

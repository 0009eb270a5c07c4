"""Pictures of crosschecks, of chips, and of what stays on chip, as they are rendered."""

from __future__ import annotations

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from tests.commands.networks import small_layer
from tests.plotting.pictures import colour_at, is_colour, pixels
from tests.plotting.written import assert_readable
from zigzag_imc.checking.crosschecking import crosscheck_network
from zigzag_imc.library.mapping import map_network
from zigzag_imc.models.hardware.chips import chip_named, chip_names
from zigzag_imc.onnx_workload import Network
from zigzag_imc.plotting.crosscheck import plot_crosscheck
from zigzag_imc.plotting.kept import plot_kept
from zigzag_imc.plotting.style import PALETTE
from zigzag_imc.plotting.validation import BARS, plot_validation
from zigzag_imc.results.locality import LocalityRecord, MemoryTimelineRecord, StepRecord
from zigzag_imc.results.validation import UNLIKE, validation_record

NETWORK = Network("mine", (small_layer(),))


def figure_of(axes: Axes) -> Figure:
    """Return the figure that axes lie in."""
    figure = axes.get_figure(root=True)
    assert isinstance(figure, Figure)
    return figure


# ------------------------------------------------------------------ what stays on chip
def kept(*used_kilobytes: float) -> Axes:
    """Draw a memory of 4 KB, with what is kept in it at every step."""
    memory = MemoryTimelineRecord(
        memory="sram",
        size_bits=4 * 8192,
        used_bits=tuple(round(8192 * used) for used in used_kilobytes),
    )
    steps = tuple(
        StepRecord(name=f"layer{number}", kind="layer", reads=(), writes=())
        for number in range(len(used_kilobytes))
    )
    locality = LocalityRecord(
        rule="best",
        steps=steps,
        elements={},
        outputs=(),
        tensors=(),
        memories=(memory,),
        status="OPTIMAL",
    )
    result = map_network(NETWORK, "aimc", jobs=1)
    return plot_kept(result.model_copy(update={"locality": locality}))


def test_bars_of_what_stays_are_as_high_as_it_is_large() -> None:
    axes = kept(1.0, 2.0, 0.0, 4.0)
    figure = figure_of(axes)
    assert_readable(figure)
    white = to_rgb("white")
    assert colour_at(axes, 0.3, 0.9) == colour_at(axes, 1.3, 1.9) == colour_at(axes, 3.3, 3.8)
    assert colour_at(axes, 0.3, 0.9) != white
    assert colour_at(axes, 0.3, 1.15) == colour_at(axes, 1.3, 2.15) == white
    assert colour_at(axes, 2.3, 0.15) == white


# ------------------------------------------------------------------ crosschecks
def test_points_of_a_crosscheck_stand_at_their_ratios() -> None:
    result = crosscheck_network(
        NETWORK, "aimc", engines=["random"], zigzag=False, objective="energy", jobs=1
    )
    axes = plot_crosscheck(result)
    assert_readable(figure_of(axes))
    (layer,) = result.layers
    step = 0.6 / len(layer.methods)
    for number, found in enumerate(layer.methods):
        assert found.above_bound is not None
        height = (number - (len(layer.methods) - 1) / 2) * step
        assert colour_at(axes, 1 + found.above_bound, height) == pytest.approx(
            to_rgb(PALETTE[number]), abs=0.02
        )


# ------------------------------------------------------------------ published chips
def test_bars_of_chips_reach_from_one_to_their_ratios() -> None:
    """Bars are as high as their numbers; a pale one means no comparison."""
    validation = validation_record(map(chip_named, chip_names()))
    axes = plot_validation(validation)
    assert_readable(figure_of(axes))
    width = 0.8 / len(BARS)
    ratio, place = max(
        (one.ratio, index + (number - 1) * width)
        for index, chip in enumerate(validation.chips)
        for number, one in ((n, chip.figures.get(name)) for n, name in enumerate(BARS))
        if one is not None and not one.means.startswith(UNLIKE)
    )
    assert ratio > 1.1
    inside = colour_at(axes, place, 1 + 0.5 * (ratio - 1))
    assert any(inside == pytest.approx(to_rgb(colour), abs=0.02) for colour in PALETTE[:3])
    assert colour_at(axes, place, ratio * 1.06) == to_rgb("white")
    picture = pixels(figure_of(axes))
    assert all(is_colour(picture, colour).sum() > 200 for colour in PALETTE[: len(BARS)])

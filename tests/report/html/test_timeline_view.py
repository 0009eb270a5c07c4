"""Timelines: what they show is what was recorded, cycle by cycle."""

from __future__ import annotations

import pytest

from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.library.inputs import accelerator_of
from zigzag_imc.replaying.play import Replay, play
from zigzag_imc.report.html.timeline_view import BINS, FULL, Timeline, timeline_of

LOOPS = (("D", 8), ("C", 2), ("K", 2))
LAYER = matmul_layer("product", rows=8, out_channels=32, in_channels=256)
MAPPING = LayerMapping(
    SpatialMapping.of({"D1": {"K": 16}, "D2": {"C": 128}}),
    TemporalMapping(LOOPS, ((1,), (0, 3), (0, 3))),
)


def played(first: int | None = None) -> tuple[Replay, Timeline]:
    """Play a product of 32 steps, or the first steps of it."""
    replay = play(LAYER, accelerator_of("dimc"), MAPPING, keep=True, first_steps=first)
    return replay, timeline_of(replay, LOOPS)


@pytest.mark.parametrize("first", [None, 11])
def test_shares_are_those_of_the_recording(first: int | None) -> None:
    replay, timeline = played(first)
    assert replay.recording is not None
    assert timeline.is_cut == (first is not None)
    array, *ports = timeline.tracks
    assert array.busy == pytest.approx(replay.compute / timeline.cycles)
    assert array.busy + array.waits == pytest.approx(1), "it computes, or it waits"
    for track in ports:
        busy = waits = 0
        quarters = [0] * 4
        for span in replay.recording.spans:
            if f"{span.port.memory} {span.port.name}" == track.name:
                inside = [cycle for cycle in range(span.begin, span.end) if cycle < timeline.cycles]
                busy += len(inside)
                for cycle in inside:  # parts of cycles at the ends of quarters are told apart below
                    quarters[4 * cycle // timeline.cycles] += 1
        for wait in replay.waits:
            if f"{wait.blame.memory} {wait.blame.port}" == track.name:
                waits += wait.cycles
        assert track.busy == pytest.approx(busy / timeline.cycles)
        assert track.waits == pytest.approx(waits / timeline.cycles)
        for share, counted in zip(track.quarters, quarters, strict=True):
            assert share == pytest.approx(4 * counted / timeline.cycles, abs=4 / timeline.cycles)
    assert [track.busy for track in ports] == sorted((one.busy for one in ports), reverse=True)
    assert any(track.waits for track in ports)


def test_what_is_drawn_are_the_shares_of_parts_rounded_up() -> None:
    _, timeline = played()
    for track in timeline.tracks:
        for levels, share in ((track.drawn.up, track.busy), (track.drawn.down, track.waits)):
            assert bool(levels) == bool(share)
            if levels:
                assert len(levels) == BINS
                assert all(0 <= level <= FULL for level in levels)
                assert 0 <= sum(levels) / BINS / FULL - share < 1 / FULL
    chart = timeline.chart("ports")
    assert chart.end == timeline.cycles
    assert [track.name for track in chart.tracks] == [track.name for track in timeline.tracks]


def test_what_repeats_is_said() -> None:
    replay, timeline = played()
    steady = timeline.steady
    assert steady is not None
    assert replay.recording is not None
    starts = replay.recording.steps
    for step in range(steady.since, len(starts) - steady.steps):
        assert starts[step + steady.steps] - starts[step] == steady.cycles
    assert len(starts) - steady.since >= 3 * steady.steps

"""What holds of every replay, whatever the latency model says."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import replace

import pytest

from tests.replaying.drawing import DRAWS, to_play
from tests.solver.small_cases import Case, told
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.flows import FlowModel
from zigzag_imc.models.movement.traffic import FlowOrder
from zigzag_imc.replaying.play import Replay, play

SEEDS = range(18)
PLAYED = [
    (kind, profile)
    for kind in DRAWS
    for profile in ("imc", "zigzag", "zigzag-imc")
    if (kind, profile) not in {("stalling", "zigzag-imc"), ("bits", "zigzag")}
]


Played = list[tuple[Case, LayerMapping, Replay]]


def replays(kind: str, profile: str, count: int = 4) -> Played:
    """Play a few mappings."""
    return [
        (drawn, mapping, play(drawn.layer, drawn.accelerator, mapping, drawn.profile, keep=True))
        for drawn, mapping in to_play(kind, SEEDS, profile, count)
    ]


@pytest.fixture(scope="module", params=PLAYED, ids="-".join)
def played(request: pytest.FixtureRequest) -> Played:
    """Return replays of a kind of case under a profile, once for all laws."""
    return replays(*request.param)


def test_every_cycle_is_accounted_for(played: Played) -> None:
    assert played
    for drawn, mapping, replay in played:
        parts = replay.onloading + replay.compute + replay.stall + replay.offloading
        assert replay.cycles == parts, (told(drawn), mapping)
        assert min(replay.onloading, replay.offloading) >= 0
        assert all(port.busy <= replay.cycles for port in replay.ports)
        ends = [(wait.begin, wait.begin + wait.cycles) for wait in replay.waits]
        assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(ends))


def test_nothing_moves_before_it_is_there_and_has_room(played: Played) -> None:
    """Every transfer begins after what brought its data has ended."""
    for drawn, mapping, replay in played:
        for moved in replay.transfers or ():
            where = told(drawn), mapping, moved
            assert moved.first >= max(moved.asked, moved.roomy), where
            assert moved.end >= moved.first + moved.own, where
            if moved.source is not None and moved.way.boundary:
                assert moved.asked >= moved.source.end, where
            if moved.freed_by is not None:  # overwritten at the earliest in the cycle of reading
                assert moved.roomy >= moved.freed_by.end - 1, where


def test_every_tile_arrives_before_it_is_used(played: Played) -> None:
    """What moves on from a memory below the highest one was brought there before."""
    for drawn, mapping, replay in played:
        for moved in replay.transfers or ():
            operand, boundary = moved.way.operand, moved.way.boundary
            from_top = boundary == len(drawn.seen.levels[operand]) - 1
            if operand == "O" or from_top:
                continue
            assert moved.source is not None
            source = moved.source.way
            assert (source.operand, source.boundary) == (operand, boundary + 1)
            assert moved.first >= moved.source.end, (told(drawn), mapping)


def divides(drawn: Case, mapping: LayerMapping) -> bool:
    """Whether every unrolling divides its loop, so that no lane is ever empty."""
    factors = mapping.spatial.factors
    return all(size % factors.get(dim, 1) == 0 for dim, size in drawn.layer.loop_dims)


@pytest.mark.parametrize("kind", ["small", "stalling", "corner"])
def test_bits_through_every_port_are_those_that_energy_counts(kind: str) -> None:
    """Where no lane is empty: as many transfers of as many bits over every boundary."""
    checked = 0
    for drawn, mapping, replay in replays(kind, "imc", 8):
        if not divides(drawn, mapping):
            continue
        accelerator = drawn.seen
        model = CostModel(drawn.layer, accelerator, drawn.profile)
        laid, flow_model = (
            model.spread(mapping.spatial),
            FlowModel(drawn.layer, accelerator, drawn.profile),
        )
        flows = flow_model.flows(flow_model.plan(laid), mapping.temporal)
        order = FlowOrder.of(accelerator)
        moved: Counter[tuple[str, int, bool]] = Counter()
        for way, visit in {(t.way, t.visit) for t in replay.transfers or ()}:
            moved[way.operand, way.boundary, way.is_up] += way.carried[0][visit]
        for operand, of in zip(OPERANDS, laid.operands, strict=True):
            for boundary in range(len(accelerator.levels[operand])):
                for is_up in (False, True) if operand == "O" else (False,):
                    flow = order.place(operand, boundary, operand == "O" and not is_up)
                    expected = flows.bits[flow] * flows.carried[flow] * of.fan_whole[boundary]
                    place = operand, boundary, is_up
                    assert moved[place] == expected, (told(drawn), mapping, place)
                    checked += 1
    assert checked > 200


def widened(accelerator: Accelerator, factor: int) -> Accelerator:
    """Give every port so many times the width."""
    return accelerator.replace(
        memories=tuple(
            replace(
                memory,
                ports=tuple(
                    replace(port, bandwidth_max=port.bandwidth_max * factor)
                    for port in memory.ports
                ),
            )
            for memory in accelerator.memories
        )
    )


@pytest.mark.parametrize("kind", ["small", "stalling", "corner"])
def test_ports_of_twice_the_width_are_never_slower(kind: str) -> None:
    for drawn, mapping, replay in replays(kind, "imc"):
        wider = play(drawn.layer, widened(drawn.accelerator, 2), mapping, drawn.profile)
        assert wider.cycles <= replay.cycles, (told(drawn), mapping)


@pytest.mark.parametrize("kind", ["small", "stalling", "corner"])
def test_ports_of_any_width_leave_only_computing_and_rows(kind: str) -> None:
    """Then every transfer takes a cycle."""
    for drawn, mapping, replay in replays(kind, "zigzag"):
        wide = play(drawn.layer, widened(drawn.accelerator, 10**6), mapping, drawn.profile)
        assert wide.compute == replay.compute
        assert all(moved.own <= 1 for moved in wide.transfers or ())


@pytest.mark.parametrize(("kind", "profile"), [("stalling", "imc"), ("corner", "zigzag")])
def test_the_first_steps_begin_when_they_do_in_the_whole(kind: str, profile: str) -> None:
    """What is wanted sooner is served first: later steps change nothing of when these begin."""
    rng = random.Random(5)
    compared = 0
    for drawn, mapping, whole in replays(kind, profile, 2):
        assert whole.recording is not None
        assert not whole.is_cut
        first = rng.randint(1, whole.steps)
        part = play(
            drawn.layer, drawn.accelerator, mapping, drawn.profile, keep=True, first_steps=first
        )
        assert part.recording is not None
        assert (part.steps, part.of_steps) == (first, whole.steps)
        assert part.recording.steps == whole.recording.steps[:first], told(drawn)
        last = part.cycles - part.offloading
        assert part.waits == tuple(wait for wait in whole.waits if wait.begin < last)
        compared += part.is_cut
    assert compared > 5

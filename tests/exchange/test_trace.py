"""Traces in the format that Perfetto opens, against the replay that they show."""

from __future__ import annotations

import itertools
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.exchange.trace_format import problems_of
from tests.replaying.drawing import to_play
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.exchange.trace import ARRAY, BUFFERS, PORTS, Trace, trace_of
from zigzag_imc.replaying.play import Replay, play

Events = list[dict[str, Any]]
CLOCK_NS = 2.5

Played = list[tuple[Accelerator, Replay]]


@pytest.fixture(scope="module")
def replays() -> Played:
    """Return replays with waits, with steps apart, with outputs that come back."""
    played = [
        (drawn.accelerator, play(drawn.layer, drawn.accelerator, mapping, drawn.profile, keep=True))
        for kind, profile in (("small", "imc"), ("stalling", "imc"), ("corner", "zigzag"))
        for drawn, mapping in to_play(kind, range(8), profile, 2)
    ]
    assert len(played) >= 20
    assert any(replay.waits for _, replay in played)
    return played


def traced(accelerator: Accelerator, replay: Replay, most: int = 10**6) -> tuple[Trace, Events]:
    """Return a trace and its events, but for names of tracks."""
    trace = trace_of(replay, accelerator, "title", CLOCK_NS, most)
    events = json.loads(trace.text)["traceEvents"]
    return trace, [event for event in events if event["ph"] != "M"]


def slices(events: Events, pid: int) -> Events:
    """Return the slices of a group of tracks."""
    return [event for event in events if event["ph"] == "X" and event["pid"] == pid]


def cycles(events: Iterable[dict[str, Any]]) -> int:
    """Return how long events are together."""
    return sum(event["dur"] for event in events)


def test_traces_keep_strictly_to_the_format(replays: Played) -> None:
    for accelerator, replay in replays:
        for most in (10**6, 9):
            trace = trace_of(replay, accelerator, "title", CLOCK_NS, most)
            assert problems_of(trace.text) == []
            contents = json.loads(trace.text)
            assert contents["otherData"]["clock_period_ns"] == CLOCK_NS
            ends = [event["ts"] + event.get("dur", 0) for event in contents["traceEvents"]]
            assert max(ends) <= trace.until
    counted = [event for event in traced(*replays[0])[1] if event["ph"] == "C"]
    assert {event["pid"] for event in counted} == {BUFFERS}


def _first(events: Events, phase: str) -> dict[str, Any]:
    return next(event for event in events if event["ph"] == phase)


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda events: _first(events, "X").pop("dur"), "other keys"),
        (lambda events: _first(events, "X").update(dur=0), "does not last"),
        (lambda events: _first(events, "X").update(dur=10**9), "overlap"),
        (lambda events: _first(events, "X").update(ph="B"), "no phase"),
        (lambda events: _first(events, "X").update(pid="1"), "no whole number"),
        (lambda events: _first(events, "X").update(tid=77), "has 0 names"),
        (lambda events: _first(events, "C").update(args={"bits": "8"}), "numbers alone"),
        (lambda events: _first(events, "C").update(tid=99), "several counters"),
        (lambda events: events.append(events[-1]), "at a time|overlap"),
        (lambda events: events.append(events.pop(0)), "behind what it names"),
        (lambda events: events.insert(0, events[0]), "has 2 names"),
        (lambda events: events.pop(0), "has 0 names"),
        (lambda events: events.sort(key=lambda event: event["ts"], reverse=True), "runs back"),
        (lambda events: _first(events, "M").update(name="title"), "do not know"),
    ],
)
def test_the_checker_sees_what_does_not(
    replays: Played, break_it: Callable[[Events], object], said: str
) -> None:
    accelerator, replay = replays[0]
    contents = json.loads(trace_of(replay, accelerator, "title", CLOCK_NS).text)
    break_it(contents["traceEvents"])
    assert re.search(said, "; ".join(problems_of(json.dumps(contents))))


def test_the_tracks_add_up_to_the_replay(replays: Played) -> None:
    for accelerator, replay in replays:
        trace, events = traced(accelerator, replay)
        assert (trace.is_cut, trace.until, trace.events) == (False, replay.cycles, len(events))
        array = slices(events, ARRAY)
        computing = [event for event in array if "steps" in event["args"]]
        assert cycles(computing) == replay.compute
        assert sum(event["args"]["steps"] for event in computing) == replay.steps
        assert cycles(array) == replay.cycles  # it computes, or waits, or begins or ends
        assert cycles(slices(events, PORTS)) == sum(port.busy for port in replay.ports)


def test_no_memory_holds_more_than_it_has_room_for(replays: Played) -> None:
    for accelerator, replay in replays:
        sizes = {memory.name: memory.size_bits for memory in accelerator.memories}
        held: dict[str, dict[str, int]] = defaultdict(dict)
        of_buffers = [event for event in traced(accelerator, replay)[1] if event["pid"] == BUFFERS]
        for _, together in itertools.groupby(of_buffers, key=lambda event: event["ts"]):
            for event in together:
                memory, operand = event["name"].split(": ")
                held[memory][operand] = event["args"]["bits"]
            for memory, operands in held.items():
                assert min(operands.values()) >= 0
                assert sum(operands.values()) <= sizes[memory]


@pytest.mark.parametrize("most", [1, 7, 20])
def test_a_trace_that_is_cut_shows_the_beginning(replays: Played, most: int) -> None:
    accelerator, replay = max(replays, key=lambda played: played[1].cycles)
    _, whole = traced(accelerator, replay)
    trace, shown = traced(accelerator, replay, most)
    assert trace.is_cut
    assert trace.events == len(shown) <= most < len(whole)
    assert len(shown) == sum(event["ts"] < trace.until for event in whole)
    for event, full in zip(shown, whole, strict=False):
        assert event == full or (
            event == full | {"dur": event["dur"]} and event["ts"] + event["dur"] == trace.until
        )
    assert trace.until == whole[most]["ts"] < replay.cycles


def test_names_of_any_letters_stay_text(replays: Played) -> None:
    title = 'a "quoted" </script> name\n\u2028'
    accelerator, replay = replays[0]
    assert title in json.loads(trace_of(replay, accelerator, title, 1.0).text)["otherData"]["title"]

"""A replay as a trace that Perfetto and Chrome's ``about:tracing`` open.

In the `Trace Event Format
<https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU>`_: slices (phase
``X``) with a begin ``ts`` and a duration ``dur``, counters (``C``), and names of tracks (``M``).
Its times are microseconds; one of them stands for a clock cycle here, so all of them are whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.replaying.play import Replay
from zigzag_imc.replaying.recording import Recording, Span

Event = dict[str, Any]

MOST_EVENTS = 100_000
"""Events of a trace if nobody asks for more: some 12 MB."""

ARRAY, PORTS, BUFFERS = 1, 2, 3
"""Groups of tracks, which the format calls processes."""

_GROUPS = {ARRAY: "array", PORTS: "ports", BUFFERS: "buffers (bits held)"}
_COMPUTE, _STALLS = 1, 2
_WHY = {
    "transfer": "the transfer takes that long",
    "port": "the port serves others first",
    "room": "the memory is full",
}


@dataclass(frozen=True, slots=True)
class Trace:
    """A trace, and how much of a replay it shows.

    Attributes
    ----------
    text
        The file.
    events
        Slices and values of counters in it.
    until, cycles
        Cycle up to which everything is shown, and cycles of the whole replay.
    """

    text: str
    events: int
    until: int
    cycles: int

    @property
    def is_cut(self) -> bool:
        """Whether the end of the replay is missing."""
        return self.until < self.cycles


def trace_of(
    played: Replay, accelerator: Accelerator, title: str, clock_ns: float, most: int = MOST_EVENTS
) -> Trace:
    """Return the trace of a replay that kept all that happened.

    Parameters
    ----------
    title
        What is played.
    clock_ns
        Clock period, said in the file.
    most
        Events at most; the earliest are kept.
    """
    recording = played.recording
    assert recording is not None
    names = _port_tracks(recording)
    events = [
        *_steps(played, recording),
        *_waits(played),
        *_transfers(recording, names),
        *_buffers(recording, accelerator),
    ]
    events.sort(key=lambda event: (event["ts"], event["pid"], event["tid"]))
    shown, until = events[:most], played.cycles
    if len(events) > most:
        until = events[most]["ts"]  # what begins then is missing in part, so all of it is left out
        shown = [_ended(event, until) for event in shown if event["ts"] < until]
    head = [*_groups(title), *_tracks(names)]
    contents = {
        "traceEvents": head + shown,
        "displayTimeUnit": "ms",
        "otherData": {
            "title": title,
            "unit": "1 us stands for 1 clock cycle",
            "clock_period_ns": clock_ns,
            "cycles": played.cycles,
            "shown_until_cycle": until,
        },
    }
    return Trace(_text(contents), len(shown), until, played.cycles)


def _text(contents: dict[str, Any]) -> str:
    """Return JSON with an event a line."""
    events = ",\n".join(json.dumps(event) for event in contents["traceEvents"])
    rest = json.dumps({key: value for key, value in contents.items() if key != "traceEvents"})
    return f'{{"traceEvents": [\n{events}\n], {rest[1:]}\n'


def _ended(event: Event, until: int) -> Event:
    """Return an event that does not go beyond where the trace is cut."""
    if "dur" in event and event["ts"] + event["dur"] > until:
        return event | {"dur": until - event["ts"]}
    return event


# ------------------------------------------------------------------ names of tracks
def _groups(title: str) -> Iterator[Event]:
    for pid, name in _GROUPS.items():
        yield _named("process_name", pid, 0, f"{name}, {title}")
        yield _named("process_sort_index", pid, 0, pid, key="sort_index")


def _tracks(names: dict[tuple[str, str], int]) -> Iterator[Event]:
    yield _named("thread_name", ARRAY, _COMPUTE, "computing")
    yield _named("thread_name", ARRAY, _STALLS, "waiting")
    for (memory, port), tid in names.items():
        yield _named("thread_name", PORTS, tid, f"{memory} {port}")


def _named(what: str, pid: int, tid: int, value: str | int, key: str = "name") -> Event:
    return {"ph": "M", "name": what, "pid": pid, "tid": tid, "ts": 0, "args": {key: value}}


def _port_tracks(recording: Recording) -> dict[tuple[str, str], int]:
    """Number the ports, in the order of their names."""
    ports = sorted({(span.port.memory, span.port.name) for span in recording.spans})
    return {port: number for number, port in enumerate(ports, start=1)}


# ------------------------------------------------------------------ events
def _slice(pid: int, tid: int, name: str, begin: int, end: int, args: dict[str, Any]) -> Event:
    head = {"ph": "X", "name": name, "pid": pid, "tid": tid}
    return head | {"ts": begin, "dur": end - begin, "args": args}


def _steps(played: Replay, recording: Recording) -> Iterator[Event]:
    """Yield the steps of the array; those that follow each other at once are one slice."""
    rate = played.compute // played.steps
    first = 0
    for step in range(1, played.steps + 1):
        begin = recording.steps[first]
        end = begin + (step - first) * rate
        if step < played.steps and recording.steps[step] == end:
            continue
        name = f"step {first}" if step == first + 1 else f"steps {first} to {step - 1}"
        yield _slice(ARRAY, _COMPUTE, name, begin, end, {"first": first, "steps": step - first})
        first = step


def _waits(played: Replay) -> Iterator[Event]:
    """Yield what the array waits for, and what comes before its first step and after its last."""
    if played.onloading:
        yield _slice(ARRAY, _STALLS, "onloading", 0, played.onloading, {})
    for wait in played.waits:
        blamed = wait.blame
        direction = "up" if blamed.is_up else "down"
        yield _slice(
            ARRAY,
            _STALLS,
            f"{blamed.operand} {direction}: {blamed.memory} {blamed.port}",
            wait.begin,
            wait.begin + wait.cycles,
            {"because": _WHY[blamed.why]},
        )
    if played.offloading:
        begin = played.cycles - played.offloading
        yield _slice(ARRAY, _STALLS, "offloading", begin, played.cycles, {})


def _transfers(recording: Recording, names: dict[tuple[str, str], int]) -> Iterator[Event]:
    """Yield what the ports move; words of one tile that follow each other at once are a slice."""
    for span in _joined(sorted(recording.spans, key=_by_track)):
        way = span.way
        direction = "up" if way.is_up else "down"
        yield _slice(
            PORTS,
            names[span.port.memory, span.port.name],
            f"{way.operand} {direction}, tile {span.visit}",
            span.begin,
            span.end,
            {"operand": way.operand, "between": _ends(span), "tile": span.visit},
        )


def _by_track(span: Span) -> tuple[str, str, int]:
    return span.port.memory, span.port.name, span.begin


def _ends(span: Span) -> str:
    """Return the memories between which a span moves words, the lower one first."""
    way = span.way
    return f"{way.lower.memory if way.lower else 'array'} and {way.upper.memory}"


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Join spans of the same tile that touch."""
    last: Span | None = None
    for span in spans:
        if last is not None and _continues(last, span):
            last = last._replace(end=span.end)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def _continues(last: Span, span: Span) -> bool:
    same_tile = (last.port, last.way, last.visit) == (span.port, span.way, span.visit)
    return same_tile and last.end == span.begin


def _buffers(recording: Recording, accelerator: Accelerator) -> Iterator[Event]:
    """Yield what every operand holds of a memory, a counter each."""
    tracks = _buffer_tracks(accelerator)
    for change in recording.held():
        name, tid = tracks[change.operand, change.level]
        yield {
            "ph": "C",
            "name": name,
            "pid": BUFFERS,
            "tid": tid,
            "ts": change.cycle,
            "args": {"bits": change.bits},
        }


def _buffer_tracks(accelerator: Accelerator) -> dict[tuple[str, int], tuple[str, int]]:
    """Return name and number of the counter of every operand in every one of its memories."""
    places: Sequence[tuple[str, int, int]] = [
        (operand, level, memory)
        for operand, memories in accelerator.levels.items()
        for level, memory in enumerate(memories)
    ]
    ordered = sorted(places, key=lambda place: (place[2], place[0]))
    return {
        (operand, level): (f"{accelerator.memories[memory].name}: {operand}", number)
        for number, (operand, level, memory) in enumerate(ordered, start=1)
    }

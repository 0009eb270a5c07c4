"""The Trace Event Format, as strictly as viewers may take it."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

Event = dict[str, Any]
Track = tuple[int, int]

KEYS = {
    "X": {"ph", "name", "pid", "tid", "ts", "dur", "args"},
    "C": {"ph", "name", "pid", "tid", "ts", "args"},
    "M": {"ph", "name", "pid", "tid", "ts", "args"},
}
"""Keys of complete events, of values of counters and of metadata; each has all of them."""

METADATA = {
    "process_name": ("name", str),
    "process_sort_index": ("sort_index", int),
    "thread_name": ("name", str),
    "thread_sort_index": ("sort_index", int),
}
"""What metadata says: the one argument, and its type."""


def problems_of(text: str) -> list[str]:
    """Return all that is wrong with a trace; nothing where a viewer has no reason to complain."""
    contents = json.loads(text, parse_constant=_no_constant)
    if not isinstance(contents, dict) or not isinstance(contents.get("traceEvents"), list):
        return ["it is no object with a list of events"]
    found = []
    if contents.get("displayTimeUnit") not in ("ms", "ns"):
        found.append("its unit of time is neither ms nor ns")
    events = contents["traceEvents"]
    for event in events:
        found += [f"{event}: {problem}" for problem in _shape(event)]
    if found:
        return found  # what follows reads keys that may not be there
    return [*_names(events), *_order(events), *_tracks(events), *_counters(events)]


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _shape(event: Any) -> Iterator[str]:
    """Yield what is wrong with one event, by itself."""
    if not isinstance(event, dict) or event.get("ph") not in KEYS:
        yield "it has no phase that is used here"
        return
    if event.keys() != KEYS[event["ph"]]:
        yield f"it has other keys than {sorted(KEYS[event['ph']])}"
        return
    for key in ("pid", "tid", "ts"):
        if type(event[key]) is not int or event[key] < 0:
            yield f"{key} is no whole number from 0 on"
    if not isinstance(event["name"], str) or not event["name"]:
        yield "it has no name"
    if not isinstance(event["args"], dict):
        yield "its arguments are no object"
        return
    yield from {"X": _slice, "C": _value, "M": _metadata}[event["ph"]](event)


def _slice(event: Event) -> Iterator[str]:
    if type(event["dur"]) is not int or event["dur"] <= 0:
        yield "it does not last"


def _value(event: Event) -> Iterator[str]:
    if not event["args"] or any(type(value) is not int for value in event["args"].values()):
        yield "a counter has numbers alone"


def _metadata(event: Event) -> Iterator[str]:
    key, kind = METADATA.get(event["name"], ("", type(None)))
    if list(event["args"]) != [key] or type(event["args"][key]) is not kind:
        yield "metadata that viewers do not know"


def _names(events: list[Event]) -> Iterator[str]:
    """Yield processes and tracks without a name, with several, or with that of another."""
    said = [event for event in events if event["ph"] == "M"]
    processes = Counter(event["pid"] for event in said if event["name"] == "process_name")
    threads = Counter(
        (event["pid"], event["tid"]) for event in said if event["name"] == "thread_name"
    )
    for pid in {event["pid"] for event in events}:
        if processes[pid] != 1:
            yield f"process {pid} has {processes[pid]} names"
    for track in {(event["pid"], event["tid"]) for event in events if event["ph"] == "X"}:
        if threads[track] != 1:
            yield f"track {track} has {threads[track]} names"
    labels = Counter(
        (event["pid"], event["args"]["name"]) for event in said if event["name"] == "thread_name"
    )
    yield from (
        f"{count} tracks are called {label}" for label, count in labels.items() if count > 1
    )


def _order(events: list[Event]) -> Iterator[str]:
    """Yield where time runs back, or a name comes after what it names."""
    phases = [event["ph"] for event in events]
    if "M" in phases[phases.count("M") :]:
        yield "metadata stands behind what it names"
    times = [event["ts"] for event in events if event["ph"] != "M"]
    if times != sorted(times):
        yield "time runs back"


def _tracks(events: list[Event]) -> Iterator[str]:
    """Yield slices of a track that overlap."""
    tracks: dict[Track, list[Event]] = defaultdict(list)
    for event in events:
        if event["ph"] == "X":
            tracks[event["pid"], event["tid"]].append(event)
    for track, slices in tracks.items():
        for one, following in itertools.pairwise(slices):
            if one["ts"] + one["dur"] > following["ts"]:
                yield f"on track {track}, {one} and {following} overlap"


def _counters(events: list[Event]) -> Iterator[str]:
    """Yield counters with two values at a time, and several of one name.

    Viewers know a counter by its process and name, whatever its track.
    """
    values: dict[tuple[int, str], list[Event]] = defaultdict(list)
    for event in events:
        if event["ph"] == "C":
            values[event["pid"], event["name"]].append(event)
    for counter, told in values.items():
        if len({event["tid"] for event in told}) > 1 or len({tuple(e["args"]) for e in told}) > 1:
            yield f"several counters are called {counter}"
        if any(one["ts"] >= following["ts"] for one, following in itertools.pairwise(told)):
            yield f"{counter} has two values at a time"

"""What the array and the ports do over time, in a replay of a layer's mapping."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.mapping import Loop
from zigzag_imc.replaying.play import Replay
from zigzag_imc.report.html.charts import Track, TrackChart

BINS, FULL = 160, 20
"""Parts into which the cycles that are shown are cut, and what one has that is all busy."""

QUARTERS = 4

Spans = Sequence[tuple[int, int]]
"""Beginnings and ends, in clock cycles."""


@dataclass(frozen=True, slots=True)
class PortTrack:
    """What the array or a port does over time.

    Attributes
    ----------
    name
        Which port; of the array, what it is.
    busy, waits
        Shares of the cycles shown in which it is busy, and in which the array waits for it.
    quarters
        Shares busy of each quarter of these cycles.
    drawn
        Both over time: busy upwards, waits downwards.
    """

    name: str
    busy: float
    waits: float
    quarters: tuple[float, ...]
    drawn: Track


@dataclass(frozen=True, slots=True)
class Steady:
    """What a replay repeats.

    Attributes
    ----------
    since
        Step from which on it does.
    steps, cycles
        One round, and how long it takes.
    computing
        Share of it in which the array computes.
    """

    since: int
    steps: int
    cycles: int
    computing: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """A replay over time.

    Attributes
    ----------
    tracks
        The array, then all ports that did something, the busiest first.
    steps, of_steps
        Steps of the array that were played, and those of the mapping.
    cycles
        Cycles that are shown, from the first transfer on.
    steady
        What repeats at the end of what was played; ``None`` where nothing does.
    """

    tracks: tuple[PortTrack, ...]
    steps: int
    of_steps: int
    cycles: int
    steady: Steady | None

    @property
    def is_cut(self) -> bool:
        """Whether only the beginning was played."""
        return self.steps < self.of_steps

    def chart(self, name: str) -> TrackChart:
        """Return all of it as a chart of some name."""
        return TrackChart(
            name,
            "What the array and the ports do over time",
            "clock cycle",
            self.cycles,
            ("busy", "waited for"),
            FULL,
            tuple(track.drawn for track in self.tracks),
        )


def timeline_of(replay: Replay, loops: Sequence[Loop]) -> Timeline:
    """Return what happened in a replay that was kept.

    Parameters
    ----------
    replay
        The replay; of one that is cut, what comes after its last step is left out.
    loops
        The temporal loops that were played, innermost first.
    """
    recording = replay.recording
    assert recording is not None
    cycles = replay.cycles - (replay.offloading if replay.is_cut else 0)
    rate = replay.compute // replay.steps
    computing = [(start, start + rate) for start in recording.steps]
    loading = [(0, replay.onloading), (replay.cycles - replay.offloading, replay.cycles)]
    waits = [(wait.begin, wait.begin + wait.cycles) for wait in replay.waits]
    array = _track("array: computes, waits", computing, [*loading, *waits], cycles)
    return Timeline(
        tracks=(array, *_ports(replay, cycles)),
        steps=replay.steps,
        of_steps=replay.of_steps,
        cycles=cycles,
        steady=_steady(recording.steps, rate, loops),
    )


def _ports(replay: Replay, cycles: int) -> list[PortTrack]:
    """Return the tracks of all ports that moved something, the busiest first."""
    assert replay.recording is not None
    busy: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for span in replay.recording.spans:
        busy.setdefault((span.port.memory, span.port.name), []).append((span.begin, span.end))
    waits: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for wait in replay.waits:
        port = wait.blame.memory, wait.blame.port
        waits.setdefault(port, []).append((wait.begin, wait.begin + wait.cycles))
    tracks = [
        _track(" ".join(port), spans, waits.get(port, ()), cycles) for port, spans in busy.items()
    ]
    return sorted(tracks, key=lambda track: (-track.busy, track.name))


def _track(name: str, busy: Spans, waits: Spans, cycles: int) -> PortTrack:
    by_bin, waiting = _shares(busy, cycles, BINS), _shares(waits, cycles, BINS)
    return PortTrack(
        name=name,
        busy=float(by_bin.mean()),
        waits=float(waiting.mean()),
        quarters=tuple(_shares(busy, cycles, QUARTERS).tolist()),
        drawn=Track(name, levels(by_bin.tolist(), FULL), levels(waiting.tolist(), FULL)),
    )


def _shares(spans: Spans, cycles: int, bins: int) -> np.ndarray:
    """Return which share of each of equally long parts of some cycles lies in spans."""
    if not spans:
        return np.zeros(bins)
    begins, ends = np.array(sorted(spans), dtype=float).T
    before = np.concatenate(([0.0], np.cumsum(ends - begins)))
    edges = np.linspace(0.0, cycles, bins + 1)
    # Spans do not overlap: all of those that began before an edge count but what lies behind it.
    begun = np.searchsorted(begins, edges, side="right")
    latest = np.where(begun > 0, ends[np.maximum(begun, 1) - 1], 0.0)
    busy = before[begun] - np.maximum(0.0, latest - edges)
    return np.diff(busy) / (cycles / bins)


def levels(shares: Sequence[float], full: int) -> tuple[int, ...]:
    """Return shares of what is full, rounded up: what is not quite nothing is seen."""
    found = np.ceil(np.clip(np.asarray(shares), 0.0, 1.0) * full - 1e-9).astype(int)
    return tuple(found.tolist()) if found.any() else ()


def _steady(starts: Sequence[int], rate: int, loops: Sequence[Loop]) -> Steady | None:
    """Return the round of inner loops that explains most of what was played.

    A round counts where the last three in a row, and all steps since some earlier one, take alike
    long; of several, that which has done so for longest.
    """
    begun = np.asarray(starts, dtype=np.int64)
    found = []
    for steps in _rounds(loops):
        if 3 * steps > len(begun):
            break
        lengths = begun[steps:] - begun[:-steps]
        differ = np.flatnonzero(lengths != lengths[-1])
        since = int(differ[-1]) + 1 if len(differ) else 0
        if len(begun) - since >= 3 * steps:
            cycles = int(lengths[-1])
            found.append(Steady(since, steps, cycles, steps * rate / cycles))
    return min(found, key=lambda one: (one.since, one.steps), default=None)


def _rounds(loops: Iterable[Loop]) -> Iterable[int]:
    """Yield the steps of the innermost loop, of the innermost two, and so on."""
    return itertools.accumulate([1, *(factor for _, factor in loops)], operator.mul)

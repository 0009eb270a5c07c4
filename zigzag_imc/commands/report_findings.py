"""What a page says of the dearest layers beside their results: searched and played for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from zigzag_imc.core.errors import OptionError
from zigzag_imc.explain.buffer_curve import BufferCurve
from zigzag_imc.explain.buffer_sizes import buffer_curve
from zigzag_imc.explain.explaining import explain_layer
from zigzag_imc.explain.records import Explanation
from zigzag_imc.library.query import Query
from zigzag_imc.library.replaying import play_layer
from zigzag_imc.report.html.findings import Findings
from zigzag_imc.report.html.layer_view import dearest_names
from zigzag_imc.report.html.timeline_view import Timeline, timeline_of
from zigzag_imc.report.terminal.progress import progress_bar
from zigzag_imc.results.result import NetworkResult
from zigzag_imc.runs.run import Progress

FIRST_STEPS = 4000
"""Steps of the array that are played of a layer: about half a second."""

MOST_STEPS = 1_000_000
"""Steps up to which a mapping is laid out at all: about a second and a half."""

_TOO_LONG = (
    f"not played, for the mapping takes more than {MOST_STEPS:,} steps of the array; replay with "
    "--most-steps plays it"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the dearest layers.

    Attributes
    ----------
    what_if, curves, replays
        How many are mapped again on changed accelerators, on many sizes of a memory, and played.
    jobs, time_limit
        Searches side by side, and seconds for each.
    quiet
        Whether to show no progress.
    """

    what_if: int
    curves: int
    replays: int
    jobs: int | None
    time_limit: float
    quiet: bool


@dataclass
class _Gathering:
    """Findings that become more, until Ctrl-C ends it."""

    result: NetworkResult
    wanted: Wanted
    told: dict[str, Explanation] = field(default_factory=dict)
    curves: dict[str, BufferCurve] = field(default_factory=dict)
    timelines: dict[str, Timeline] = field(default_factory=dict)
    unplayed: dict[str, str] = field(default_factory=dict)

    def all(self) -> bool:
        """Gather everything, and say whether it was interrupted."""
        try:
            return self._explain() or self._search_sizes() or self._play()
        except KeyboardInterrupt:  # between searches, which see to it themselves
            return True

    def _explain(self) -> bool:
        wanted = self.wanted
        for name in dearest_names(self.result, wanted.what_if):
            with progress_bar(wanted.quiet) as progress:
                self.told[name] = explain_layer(
                    self.result,
                    name,
                    jobs=wanted.jobs,
                    time_limit=wanted.time_limit,
                    progress=progress,
                )
            if self.told[name].stopped == "interrupted":
                return True
        return False

    def _search_sizes(self) -> bool:
        wanted = self.wanted
        for name in dearest_names(self.result, wanted.curves):
            with progress_bar(wanted.quiet) as progress:
                query = Query(jobs=wanted.jobs, time_limit=wanted.time_limit, progress=progress)
                curve = buffer_curve(self.result, name, query)
            if curve is not None:
                self.curves[name] = curve
                if curve.stopped == "interrupted":
                    return True
        return False

    def _play(self) -> bool:
        for name in self._played_one_by_one():
            try:
                played = play_layer(
                    self.result, name, most_steps=MOST_STEPS, keep=True, first_steps=FIRST_STEPS
                )
            except OptionError:  # too many steps even to be laid out
                self.unplayed[name] = _TOO_LONG
                continue
            loops = played.mapping.temporal.loops
            self.timelines[name] = timeline_of(played.replay, loops)
        return False

    def _played_one_by_one(self) -> Iterator[str]:
        """Yield the layers to play, and show which it is."""
        names = dearest_names(self.result, self.wanted.replays)
        with progress_bar(self.wanted.quiet) as progress:
            for done, name in enumerate(names):
                if progress is not None:
                    progress(Progress(name, None, done, len(names)))
                yield name
                if progress is not None:
                    progress(Progress(name, "played", done + 1, len(names)))


def findings_of(result: NetworkResult, wanted: Wanted) -> tuple[Findings, bool]:
    """Search and play the dearest layers, and say whether Ctrl-C ended that."""
    gathering = _Gathering(result, wanted)
    interrupted = gathering.all()
    found = Findings(
        gathering.told, gathering.timelines, gathering.curves, unplayed=gathering.unplayed
    )
    return found, interrupted

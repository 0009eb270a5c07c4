"""Searches whose outcomes are kept in a file, a line each, so that a long run can be resumed."""

from __future__ import annotations

import json
import resource
from dataclasses import asdict, dataclass, field
from pathlib import Path

from zigzag_imc import load_accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import Space
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions


def cpu_seconds() -> float:
    """Seconds of this process on a core."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True)
class Kept:
    """What is kept of a search.

    Attributes
    ----------
    status, value, gap
        As of a solution; no value where nothing was found.
    seconds
        On one core.
    spatial, loops, cuts
        The mapping.
    """

    status: str
    value: float
    gap: float
    seconds: float
    spatial: dict[str, dict[str, int]]
    loops: list[tuple[str, int]]
    cuts: list[list[int]]

    @property
    def mapping(self) -> LayerMapping:
        """The mapping as one."""
        weights, inputs, outputs = map(tuple, self.cuts)
        loops = tuple((dim, steps) for dim, steps in self.loops)
        temporal = TemporalMapping(loops, (weights, inputs, outputs))
        return LayerMapping(SpatialMapping.of(self.spatial), temporal)


@dataclass
class KeptSearches:
    """Searches under the cost model ``imc``, each made once.

    Attributes
    ----------
    limit_s
        Seconds a search.
    path
        File of what was found; kept in memory alone where left out.
    until_s
        Seconds on one core after which no search is begun any more.
    """

    limit_s: float
    path: Path | None = None
    until_s: float = float("inf")
    _known: dict[str, Kept] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path is not None and self.path.exists():
            for line in self.path.read_text().splitlines():
                key, kept = json.loads(line)
                self._known[key] = Kept(**kept)

    def search(
        self, name: str, layer: Layer, preset: str, objective: Objective, space: Space
    ) -> Kept:
        """Search a layer, or read what was found before.

        Raises
        ------
        OutOfTime
            Where there is no time left to begin a search.
        """
        key = " ".join((name, preset, objective, space.tile_sizes))
        if key not in self._known:
            if cpu_seconds() > self.until_s:
                raise OutOfTime(key)
            self._known[key] = self._searched(layer, preset, objective, space)
            if self.path is not None:
                with self.path.open("a") as lines:
                    lines.write(json.dumps([key, asdict(self._known[key])]) + "\n")
        return self._known[key]

    def _searched(self, layer: Layer, preset: str, objective: Objective, space: Space) -> Kept:
        started = cpu_seconds()
        options = SearchOptions(space=space, time_limit_s=self.limit_s)
        found = solve(layer, load_accelerator(preset), IMC, objective, options)
        if found.mapping is None or found.objective_value is None:
            raise ValueError(f"{layer.name} on {preset}: {found.status}, {found.reason}")
        spatial, temporal = found.mapping.spatial, found.mapping.temporal
        return Kept(
            status=found.status,
            value=found.objective_value,
            gap=found.gap if found.gap is not None else 1.0,
            seconds=cpu_seconds() - started,
            spatial={name: dict(dims) for name, dims in spatial.by_array_dim.items()},
            loops=list(temporal.loops),
            cuts=list(map(list, temporal.cuts)),
        )


class OutOfTime(Exception):  # noqa: N818  (not an error)
    """No time is left: run again with the same file to go on."""

"""What presolve does of every search, and what is left to CP-SAT.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/shares.py``. It searches every
distinct layer of five networks on both presets under three objectives, one after the other, and
prints the tables of docs/algorithm.md.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args
from unittest.mock import patch

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.mapspace.factors import divisors
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import PROFILES, CostProfile
from zigzag_imc.onnx_workload import load_network
from zigzag_imc.solver.formulation.session import Session
from zigzag_imc.solver.search import solve

NETWORKS = ("resnet18", "mobilenetv2", "vit_tiny", "ds_cnn", "resnet8")
ACCELERATORS = ("aimc", "dimc")


@dataclass
class Watched:
    """What one search did, as seen from outside.

    Attributes
    ----------
    objective
        What was made least.
    models
        CP-SAT models built; a batch whose incumbent was beaten builds another one.
    solves
        Calls of CP-SAT.
    spatial_mappings, tiles
        Spatial mappings and tiles in these models together.
    most_tiles
        Tiles in the largest of them.
    model_s
        Seconds in which models were built and solved.
    best_before
        Best exact objective before CP-SAT was called first; infinite where it never was.
    best
        Best exact objective so far.
    """

    objective: Objective
    models: int = 0
    solves: int = 0
    spatial_mappings: int = 0
    tiles: int = 0
    most_tiles: int = 0
    model_s: float = 0.0
    best_before: float = math.inf
    best: float = math.inf

    @property
    def improved(self) -> bool:
        """Whether a solution of CP-SAT scored better than all that was known before."""
        return self.solves > 0 and self.best < self.best_before * (1 - TOLERANCE)


@dataclass(frozen=True, slots=True)
class Search:
    """One finished search, and the size of the space it was made in.

    Attributes
    ----------
    watched
        What it did.
    seconds
        What it took.
    proved
        Whether the answer is proved.
    spatial_mappings
        Spatial mappings of the layer.
    tiles
        Tiles of all of them: divisors of what is left for time, at every memory below the top one.
    """

    watched: Watched
    seconds: float
    proved: bool
    spatial_mappings: int
    tiles: int


@contextmanager
def watching(watched: Watched) -> Iterator[None]:
    """Note what a search does with CP-SAT."""
    build, minimise, evaluate = Session.__init__, Session.minimise, CostModel.evaluate

    def timed(call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        started = time.perf_counter()
        try:
            return call(*arguments, **named)
        finally:
            watched.model_s += time.perf_counter() - started

    def watched_build(session: Session, *arguments: Any, **named: Any) -> None:
        timed(build, session, *arguments, **named)
        watched.models += 1
        watched.spatial_mappings += len(session.variables.spatial)
        watched.tiles += len(session.variables.tiles)
        watched.most_tiles = max(watched.most_tiles, len(session.variables.tiles))

    def watched_minimise(session: Session, *arguments: Any, **named: Any) -> Any:
        if not watched.solves:
            watched.best_before = watched.best
        watched.solves += 1
        return timed(minimise, session, *arguments, **named)

    def watched_evaluate(model: CostModel, mapping: LayerMapping) -> Cost:
        cost = evaluate(model, mapping)
        watched.best = min(watched.best, cost.value(watched.objective))
        return cost

    with (
        patch.object(Session, "__init__", watched_build),
        patch.object(Session, "minimise", watched_minimise),
        patch.object(CostModel, "evaluate", watched_evaluate),
    ):
        yield


def search(layer: Layer, accelerator: Accelerator, objective: Objective) -> Search:
    """Search one layer and note what CP-SAT had to do."""
    watched = Watched(objective)
    with watching(watched):
        started = time.perf_counter()
        solution = solve(layer, accelerator, PROFILES["imc"], objective)
        seconds = time.perf_counter() - started
    proved = solution.status in ("OPTIMAL", "INFEASIBLE")
    return Search(watched, seconds, proved, *space(layer, accelerator, PROFILES["imc"]))


@cache
def space(layer: Layer, accelerator: Accelerator, profile: CostProfile) -> tuple[int, int]:
    """Count spatial mappings, and the tiles of all of them at every memory below the top one."""
    spatials = SpatialSpace.of(layer, accelerator, profile)
    cuts = sum(len(levels) - 1 for levels in accelerator.levels.values())
    tiles = 0
    for spatial in spatials:
        left = spatial.temporal_sizes(layer.loop_dims)
        tiles += cuts * math.prod(len(divisors(size)) for size in left.values())
    return len(spatials), tiles


SHARES = (
    "| preset | objective | searches | with a model | improved | models | CP-SAT calls "
    "| time (s) | in CP-SAT |"
)
REMOVED = (
    "| preset | objective | spatial mappings | of them in models | tiles | of them in models "
    "| largest model |"
)


def shares(preset: str, objective: str, searches: Sequence[Search]) -> str:
    """Say in how many searches CP-SAT takes part, and for how long."""
    seen = [found.watched for found in searches]
    seconds = sum(found.seconds for found in searches)
    cells = (
        preset,
        objective,
        f"{len(searches)}",
        f"{sum(watched.models > 0 for watched in seen)}",
        f"{sum(watched.improved for watched in seen)}",
        f"{sum(watched.models for watched in seen)}",
        f"{sum(watched.solves for watched in seen)}",
        f"{seconds:.1f}",
        f"{100 * sum(watched.model_s for watched in seen) / seconds:.0f} %",
    )
    return f"| {' | '.join(cells)} |"


def removed(preset: str, objective: str, searches: Sequence[Search]) -> str:
    """Say how many spatial mappings and tiles there are, and how many come into models."""
    seen = [found.watched for found in searches]
    cells = (
        preset,
        objective,
        f"{sum(found.spatial_mappings for found in searches):,}",
        f"{sum(watched.spatial_mappings for watched in seen):,}",
        f"{sum(found.tiles for found in searches):,}",
        f"{sum(watched.tiles for watched in seen):,}",
        f"{max(watched.most_tiles for watched in seen)} tiles",
    )
    return f"| {' | '.join(cells)} |"


def table(header: str, rows: Sequence[str]) -> Iterator[str]:
    """Put rows below a header."""
    yield header
    yield "| --- | --- |" + " --: |" * (header.count("|") - 3)
    yield from rows
    yield ""


def report(networks: Sequence[str]) -> Iterator[str]:
    """Write both tables, line by line."""
    layers = [group.layer for name in networks for group in load_network(name).groups()]
    solve(layers[0], load_accelerator("aimc"), PROFILES["imc"], "edp")  # imports take time, too
    by_kind = {
        (preset, objective): [
            search(layer, load_accelerator(preset), objective) for layer in layers
        ]
        for preset in ACCELERATORS
        for objective in get_args(Objective)
    }
    everything = [found for searches in by_kind.values() for found in searches]
    kinds = [*by_kind.items(), (("both", "all"), everything)]
    proved = sum(found.proved for found in everything)
    yield f"{len(layers)} distinct layers of {', '.join(networks)}"
    yield f"{proved} of {len(everything)} searches proved"
    yield ""
    yield from table(SHARES, [shares(*kind, searches) for kind, searches in kinds])
    yield from table(REMOVED, [removed(*kind, searches) for kind, searches in kinds])


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("networks", nargs="*", default=NETWORKS, help="networks to search")
    for line in report(parser.parse_args().networks):
        print(line, flush=True)


if __name__ == "__main__":
    main()

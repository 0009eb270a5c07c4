"""Searches with a heuristic engine in the place of the solver; functions that Python users call."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.core.objective import Objective
from zigzag_imc.library.inputs import (
    accelerator_of,
    groups_of,
    layer_of,
    network_of,
    path_of,
    profile_of,
)
from zigzag_imc.library.mapping import MappingInterrupted
from zigzag_imc.library.options import MapOptions
from zigzag_imc.results.result import LayerResult, NetworkResult

if TYPE_CHECKING:
    from onnx import ModelProto

    from zigzag_imc.onnx_workload.network import Network
    from zigzag_imc.runs.run import ProgressCallback
    from zigzag_imc.solver.engines.engine import Engine


def search_network(
    model: str | os.PathLike[str] | ModelProto | Network,
    accelerator: str | os.PathLike[str] | Accelerator,
    engine: str | Engine = "loma",
    *,
    objective: Objective = "edp",
    cost_model: str = "imc",
    batch: int | None = None,
    precision: Precision = Precision(),  # noqa: B008  (frozen)
    jobs: int | None = None,
    time_limit: float | None = None,
    total_time_limit: float | None = None,
    seed: int = 0,
    layers: Sequence[str] | None = None,
    progress: ProgressCallback | None = None,
    announce: Callable[[str], None] | None = None,
) -> NetworkResult:
    """Search for mappings of all layers of a network with an engine, without a proof.

    Parameters
    ----------
    engine
        ``exhaustive``, ``loma``, ``salsa`` or ``random``, or one of `zigzag_imc.solver.engines`
        with options of its own, such as ``Loma(factors=7)``.
    model, accelerator, objective, cost_model, batch, precision, jobs, time_limit, total_time_limit,
    layers, progress
        As for `zigzag_imc.map_network`.
    seed
        Seed of what the engine draws; the same for every layer.
    announce
        Called before the search with what the engine expects of it, if anything: how many mappings
        the exhaustive engine will go through, and about how long that takes.

    Returns
    -------
    NetworkResult
        Every mapping is ``FEASIBLE``, without a bound; only the exhaustive engine's are
        ``OPTIMAL``, and only it can tell that a layer is ``INFEASIBLE``. The certificates name the
        engine.

    Raises
    ------
    ZigzagImcError
        When an input is wrong, or a layer too large for the exhaustive engine.
    MappingInterrupted
        On Ctrl-C; carries the result so far.
    """
    from zigzag_imc.library.assembly import Assembler
    from zigzag_imc.runs.job import Job
    from zigzag_imc.runs.local import run_jobs
    from zigzag_imc.solver.solution import SearchOptions

    started = time.monotonic()
    options = MapOptions(
        objective, jobs=jobs, time_limit=time_limit, total_time_limit=total_time_limit, seed=seed
    )
    searcher = _engine(engine)
    profile, hardware = profile_of(cost_model), accelerator_of(accelerator)
    network = network_of(model, batch, precision)
    groups = groups_of(network, layers)
    for group in groups:
        searcher.check(group.layer, hardware)
    if announce is not None:
        expected = searcher.forecast([group.layer for group in groups], hardware, profile)
        if expected is not None:
            announce(expected)
    search = SearchOptions(time_limit_s=time_limit, seed=seed)
    tasks = [
        Job(group.layer, hardware, profile, objective, search, engine=searcher) for group in groups
    ]
    outcomes, stopped = run_jobs(tasks, jobs, total_time_limit, progress, started)
    assembler = Assembler(hardware, profile.name, seed, searcher.described())
    results = tuple(
        assembler.layer(group.layer, group.names, outcome)
        for group, outcome in zip(groups, outcomes, strict=True)
    )
    result = assembler.result(
        results, network, options, path=path_of(model), batch=batch, searched=False,
        seconds=time.monotonic() - started, stopped=stopped,
    )  # fmt: skip
    if stopped == "interrupted":
        raise MappingInterrupted(result)
    return result


def search_layer(
    layer: Layer,
    accelerator: str | os.PathLike[str] | Accelerator,
    engine: str | Engine = "loma",
    *,
    objective: Objective = "edp",
    cost_model: str = "imc",
    time_limit: float | None = None,
    seed: int = 0,
) -> LayerResult:
    """Search for a mapping of one layer with an engine, in this process.

    Parameters are those of `search_network`; so are the errors.
    """
    from zigzag_imc.library.assembly import Assembler
    from zigzag_imc.runs.job import Job, run_job
    from zigzag_imc.solver.solution import SearchOptions

    MapOptions(objective, time_limit=time_limit, seed=seed)
    searcher = _engine(engine)
    profile, hardware = profile_of(cost_model), accelerator_of(accelerator)
    search = SearchOptions(time_limit_s=time_limit, seed=seed)
    outcome = run_job(
        Job(layer_of(layer), hardware, profile, objective, search, engine=searcher), lambda: False
    )
    return Assembler(hardware, profile.name, seed, searcher.described()).layer(
        layer, (layer.name,), outcome
    )


def _engine(engine: str | Engine) -> Engine:
    from zigzag_imc.solver.engines.catalogue import engine_named

    return engine_named(engine) if isinstance(engine, str) else engine

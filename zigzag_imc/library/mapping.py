"""Map a network, a layer, or a layer onto several accelerators; score given mappings."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.core.objective import Objective, Scope, Stopped
from zigzag_imc.library.inputs import accelerator_of as _accelerator
from zigzag_imc.library.inputs import groups_of as _groups
from zigzag_imc.library.inputs import layer_of as _layer
from zigzag_imc.library.inputs import network_of as _network
from zigzag_imc.library.inputs import path_of as _path_of
from zigzag_imc.library.inputs import profile_of as _profile
from zigzag_imc.library.options import MapOptions
from zigzag_imc.results.result import LayerResult, NetworkResult

if TYPE_CHECKING:
    from onnx import ModelProto

    from zigzag_imc.onnx_workload.network import Network
    from zigzag_imc.runs.run import ProgressCallback


class MappingInterrupted(KeyboardInterrupt):
    """Ctrl-C during `map_network`; ``result`` holds what was found until then."""

    def __init__(self, result: NetworkResult) -> None:
        super().__init__("interrupted")
        self.result = result


def map_network(
    model: str | os.PathLike[str] | ModelProto | Network,
    accelerator: str | os.PathLike[str] | Accelerator,
    *,
    objective: Objective = "edp",
    scope: Scope = "layer",
    cost_model: str = "imc",
    batch: int | None = None,
    precision: Precision = Precision(),  # noqa: B008  (frozen)
    jobs: int | None = None,
    time_limit: float | None = None,
    total_time_limit: float | None = None,
    gap: float = 0.0,
    pareto: bool = False,
    seed: int = 0,
    layers: Sequence[str] | None = None,
    progress: ProgressCallback | None = None,
) -> NetworkResult:
    """Find proven-optimal mappings of all layers of a network.

    Identical layers are searched once and counted.

    Parameters
    ----------
    model
        Path of an ONNX file, name of a shipped network, model in memory, or network that was read
        before.
    accelerator
        Path of a file in ZigZag's format, name of a preset, or accelerator.
    objective
        ``energy`` (pJ), ``latency`` (cycles) or ``edp`` (energy-delay product, pJ x cycles).
    scope
        ``layer``: every layer has its own least objective. ``network``: the objective of all layers
        together is least; this only differs for ``edp``, which is then total energy x total
        latency.
    cost_model
        ``imc``, ``zigzag`` or ``zigzag-imc``.
    batch
        Batch size of a model that leaves it open.
    precision
        Bits per element of every layer; networks that were read before keep theirs.
    jobs
        Layers searched side by side; as many as there are cores by default. The result does not
        depend on it.
    time_limit, total_time_limit
        Seconds for each distinct layer, and for all; what is not proved by then is returned with
        its gap.
    gap
        Stop at this certified relative gap.
    pareto
        Also find the energy-latency front of every layer.
    seed
        Seed of the solver.
    layers
        Names of the layers to map; all by default.
    progress
        Called with a `zigzag_imc.runs.run.Progress` whenever a search starts or ends.

    Returns
    -------
    NetworkResult
        A layer that fits nowhere is ``INFEASIBLE`` there, with the reason.

    Raises
    ------
    ZigzagImcError
        When an input is wrong.
    MappingInterrupted
        On Ctrl-C; carries the result so far.
    """
    from zigzag_imc.library.assembly import Assembler
    from zigzag_imc.runs.job import Job
    from zigzag_imc.runs.local import run_jobs
    from zigzag_imc.solver.solution import SearchOptions

    started = time.monotonic()
    options = MapOptions(objective, scope, jobs, time_limit, total_time_limit, gap, pareto, seed)
    profile, hardware = _profile(cost_model), _accelerator(accelerator)
    network = _network(model, batch, precision)
    groups = _groups(network, layers)
    search = SearchOptions(time_limit_s=time_limit, gap=gap, seed=seed)
    together = options.network_edp
    tasks = [
        Job(
            group.layer,
            hardware,
            profile,
            objective,
            search,
            optimum=not together,
            front=together or pareto,
        )
        for group in groups
    ]
    outcomes, stopped = run_jobs(tasks, jobs, total_time_limit, progress, started)
    assembler = Assembler(hardware, profile.name, seed)
    if together:
        results = assembler.network(
            [g.layer for g in groups], [g.names for g in groups], outcomes, pareto
        )
    else:
        results = tuple(
            assembler.layer(group.layer, group.names, outcome)
            for group, outcome in zip(groups, outcomes, strict=True)
        )
    result = assembler.result(
        results, network, options, path=_path_of(model), batch=batch, searched=True,
        seconds=time.monotonic() - started, stopped=stopped,
    )  # fmt: skip
    if stopped == "interrupted":
        raise MappingInterrupted(result)
    return result


def map_layer(
    layer: Layer,
    accelerator: str | os.PathLike[str] | Accelerator,
    *,
    objective: Objective = "edp",
    cost_model: str = "imc",
    time_limit: float | None = None,
    gap: float = 0.0,
    pareto: bool = False,
    seed: int = 0,
) -> LayerResult:
    """Find the proven-optimal mapping of one layer, in this process.

    Parameters are those of `map_network`; so are the errors.
    """
    from zigzag_imc.library.assembly import Assembler
    from zigzag_imc.runs.job import Job, run_job
    from zigzag_imc.solver.solution import SearchOptions

    MapOptions(objective, time_limit=time_limit, gap=gap, pareto=pareto, seed=seed)
    profile, hardware = _profile(cost_model), _accelerator(accelerator)
    search = SearchOptions(time_limit_s=time_limit, gap=gap, seed=seed)
    outcome = run_job(
        Job(_layer(layer), hardware, profile, objective, search, front=pareto), lambda: False
    )
    return Assembler(hardware, profile.name, seed).layer(layer, (layer.name,), outcome)


def map_variants(
    layer: Layer,
    accelerators: Mapping[str, Accelerator],
    *,
    objective: Objective = "edp",
    cost_model: str = "imc",
    jobs: int | None = None,
    time_limit: float | None = None,
    total_time_limit: float | None = None,
    gap: float = 0.0,
    seed: int = 0,
    progress: ProgressCallback | None = None,
) -> tuple[dict[str, LayerResult], Stopped | None]:
    """Find the proven-optimal mapping of one layer on each of several accelerators, on all cores.

    Parameters
    ----------
    layer
        What is mapped.
    accelerators
        What it is mapped onto, by names that also stand for the layer in messages of progress.
    objective, cost_model, jobs, time_limit, total_time_limit, gap, seed, progress
        As for `map_network`; the time limit is for each accelerator.

    Returns
    -------
    tuple
        The result for each accelerator, and what ended the searches early, if anything did.

    Raises
    ------
    OptionError
        When an option is out of its range.
    """
    from zigzag_imc.library.assembly import Assembler
    from zigzag_imc.runs.job import Job
    from zigzag_imc.runs.local import run_jobs
    from zigzag_imc.solver.solution import SearchOptions

    started = time.monotonic()
    MapOptions(objective, "layer", jobs, time_limit, total_time_limit, gap, seed=seed)
    profile = _profile(cost_model)
    search = SearchOptions(time_limit_s=time_limit, gap=gap, seed=seed)
    tasks = [
        Job(_layer(layer).replace(name=name), _accelerator(accelerator), profile, objective, search)
        for name, accelerator in accelerators.items()
    ]
    outcomes, stopped = run_jobs(tasks, jobs, total_time_limit, progress, started)
    found = {
        name: Assembler(accelerator, profile.name, seed).layer(layer, (layer.name,), outcome)
        for (name, accelerator), outcome in zip(accelerators.items(), outcomes, strict=True)
    }
    return found, stopped


def evaluate(
    model: str | os.PathLike[str] | ModelProto | Network,
    accelerator: str | os.PathLike[str] | Accelerator,
    mapping_file: str | os.PathLike[str] | NetworkResult,
    *,
    cost_model: str = "imc",
    objective: Objective = "edp",
    batch: int | None = None,
    precision: Precision = Precision(),  # noqa: B008  (frozen)
    layers: Sequence[str] | None = None,
) -> NetworkResult:
    """Score given mappings of a network's layers, without any search.

    Parameters
    ----------
    model, accelerator, cost_model, objective, batch, precision, layers
        As for `map_network`.
    mapping_file
        A result, its file, or a file of the same form with ``name``, ``spatial`` and ``temporal``
        per layer; a loop nest as text; a ``complete.json`` of ZigZag, or its folder of them. A
        layer without an entry takes the mapping of an identical layer.

    Returns
    -------
    NetworkResult
        Every mapping is ``FEASIBLE``, without a bound: nothing was searched.

    Raises
    ------
    ZigzagImcError
        When an input is wrong or a mapping is not legal: file, layer and reason in one line.
    """
    from zigzag_imc.library.assembly import Assembler
    from zigzag_imc.library.evaluating import evaluate_groups

    started = time.monotonic()
    options = MapOptions(objective)
    profile, hardware = _profile(cost_model), _accelerator(accelerator)
    network = _network(model, batch, precision)
    known = {layer.name: layer for layer in network.layers}
    results = evaluate_groups(
        _groups(network, layers), hardware, profile, mapping_file, objective, known
    )
    return Assembler(hardware, profile.name, options.seed).result(
        results, network, options, path=_path_of(model), batch=batch, searched=False,
        seconds=time.monotonic() - started,
    )  # fmt: skip

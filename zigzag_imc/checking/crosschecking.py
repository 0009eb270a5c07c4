"""The solver against heuristic engines and ZigZag's own search, layer by layer.

A function that Python users call.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from zigzag_imc.checking.judge import Finding, Judge
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.core.objective import Objective
from zigzag_imc.library.inputs import accelerator_of, groups_of, network_of, path_of, profile_of
from zigzag_imc.library.options import MapOptions
from zigzag_imc.results.crosscheck import CROSSCHECK_ID, SOLVER, ZIGZAG, CrosscheckResult
from zigzag_imc.results.result import NetworkRecord
from zigzag_imc.runs.job import Job, Outcome, Searcher
from zigzag_imc.solver.engines.catalogue import engine_named
from zigzag_imc.solver.engines.engine import Engine
from zigzag_imc.solver.solution import SearchOptions

if TYPE_CHECKING:
    from onnx import ModelProto

    from zigzag_imc.onnx_workload.network import Network
    from zigzag_imc.runs.run import ProgressCallback

HEURISTICS = ("loma", "salsa", "random")
"""Engines that a crosscheck runs by default."""


def crosscheck_network(
    model: str | os.PathLike[str] | ModelProto | Network,
    accelerator: str | os.PathLike[str] | Accelerator,
    *,
    engines: Sequence[str | Engine] = HEURISTICS,
    zigzag: bool | None = None,
    objective: Objective = "edp",
    cost_model: str = "imc",
    batch: int | None = None,
    precision: Precision = Precision(),  # noqa: B008  (frozen)
    jobs: int | None = None,
    time_limit: float | None = None,
    seed: int = 0,
    layers: Sequence[str] | None = None,
    progress: ProgressCallback | None = None,
) -> CrosscheckResult:
    """Search every layer with the solver, with engines and with ZigZag, and look for
    contradictions.

    Parameters
    ----------
    engines
        Names or engines; the exhaustive one leaves out layers that are too large for it.
    zigzag
        Whether ZigZag searches, too, and scores the solver's mappings; by default where it is
        installed. Its mappings are scored again by the cost model here. Its own scores are
        comparable with the solver's bound only under the profile ``zigzag``.
    time_limit
        Seconds for each search.
    model, accelerator, objective, cost_model, batch, precision, jobs, seed, layers, progress
        As for `zigzag_imc.map_network`.

    Returns
    -------
    CrosscheckResult
        Its ``contradictions`` are bugs, of whatever side: a mapping that costs less than a proved
        bound, a claimed cost that is not that of the mapping, a mapping that is not legal or that
        should not exist.

    Raises
    ------
    ZigzagImcError
        When an input is wrong, or ZigZag is asked for and not installed.
    """
    from zigzag_imc.library.assembly import versions
    from zigzag_imc.results.fields import accelerator_record
    from zigzag_imc.runs.local import run_jobs
    from zigzag_imc.zigzag_bridge import installed

    started = time.monotonic()
    options = MapOptions(objective, jobs=jobs, time_limit=time_limit, seed=seed)
    searchers: list[Searcher] = [
        engine_named(one) if isinstance(one, str) else one for one in engines
    ]
    if zigzag or (zigzag is None and installed.is_installed()):
        from zigzag_imc.zigzag_bridge.search import ZigzagSearch

        installed.require()
        searchers.append(ZigzagSearch())
    if len({searcher.name for searcher in searchers}) < len(searchers):
        raise OptionError("engines: one is named twice, expected each at most once")
    profile, hardware = profile_of(cost_model), accelerator_of(accelerator)
    network = network_of(model, batch, precision)
    groups = groups_of(network, layers)
    search = SearchOptions(time_limit_s=time_limit, seed=seed)
    tasks: list[tuple[int, Job]] = []
    findings: dict[tuple[int, str], Finding] = {}
    for number, group in enumerate(groups):
        tasks.append((number, Job(group.layer, hardware, profile, objective, search)))
        for searcher in searchers:
            refused = _refusal(searcher, group.layer, hardware)
            if refused is not None:
                findings[number, searcher.name] = Finding(searcher.name, "UNKNOWN", note=refused)
            else:
                tasks.append(
                    (
                        number,
                        Job(group.layer, hardware, profile, objective, search, engine=searcher),
                    )
                )
    with_zigzag = any(searcher.name == ZIGZAG for searcher in searchers)
    outcomes, stopped = run_jobs(
        [job for _, job in tasks], jobs, None, progress, started, in_processes=with_zigzag
    )  # fmt: skip
    for (number, job), outcome in zip(tasks, outcomes, strict=True):
        method = SOLVER if job.engine is None else job.engine.name
        findings[number, method] = _finding(method, outcome)
    if with_zigzag:
        for number, group in enumerate(groups):
            findings[number, SOLVER] = _scored_by_zigzag(
                findings[number, SOLVER], group.layer, hardware, objective
            )
    methods = (SOLVER, *(searcher.name for searcher in searchers))
    run_versions = versions(searched=True)
    return CrosscheckResult(
        schema=CROSSCHECK_ID,
        network=NetworkRecord(name=network.name, path=path_of(model)),
        batch=batch,
        accelerator=accelerator_record(hardware),
        objective=objective,
        cost_model=profile.name,
        versions=run_versions,
        zigzag_version=installed.version() if with_zigzag else None,
        seed=seed,
        limits=options.limits,
        stopped=stopped,
        seconds=time.monotonic() - started,
        methods={SOLVER: f"ortools {run_versions.ortools}"}
        | {one.name: one.described() for one in searchers},
        layers=tuple(
            Judge(group.layer, hardware, profile, objective).check(
                group.names, [findings[number, method] for method in methods]
            )
            for number, group in enumerate(groups)
        ),
    )


def _refusal(searcher: Searcher, layer: Layer, accelerator: Accelerator) -> str | None:
    """Why an engine does not take a layer, if it does not."""
    if not isinstance(searcher, Engine):
        return None
    try:
        searcher.check(layer, accelerator)
    except OptionError:
        return "the layer is too large for it"
    return None


def _finding(method: str, outcome: Outcome) -> Finding:
    """What came out of a search."""
    found = outcome.solution
    assert found is not None
    own = method == ZIGZAG  # what ZigZag claims is by its own cost model
    return Finding(
        method,
        found.status,
        found.mapping,
        value=None if own else found.objective_value,
        bound=found.bound,
        zigzag_value=found.objective_value if own else None,
        seconds=found.seconds,
        note=found.reason if found.mapping is None else None,
    )


def _scored_by_zigzag(
    finding: Finding, layer: Layer, accelerator: Accelerator, objective: Objective
) -> Finding:
    """Add what ZigZag's cost model says of the mapping of a finding."""
    from dataclasses import replace

    from zigzag_imc.zigzag_bridge.objects import accelerator_text
    from zigzag_imc.zigzag_bridge.scoring import evaluate, told, value_of

    if finding.mapping is None:
        return finding
    try:
        evaluation = evaluate(layer, accelerator_text(accelerator), finding.mapping)
    except Exception as error:  # whatever makes ZigZag give up
        return replace(finding, note=f"ZigZag cannot score its mapping: {told(error)}")
    return replace(finding, zigzag_value=value_of(evaluation, objective))

"""From a query to its answer: jobs, their run, and the results of what they found."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget, never
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Stopped
from zigzag_imc.library.assembly import Assembler
from zigzag_imc.library.inputs import accelerator_of, accelerators_of, layer_of
from zigzag_imc.library.query import Query
from zigzag_imc.library.subject import Subject
from zigzag_imc.onnx_workload.network import LayerGroup
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.runs.job import Job, Outcome, Searcher, run_job
from zigzag_imc.runs.local import run_jobs


def job_of(
    layer: Layer, accelerator: Accelerator, query: Query, engine: Searcher | None = None
) -> Job:
    """Ask for the optimum of one layer, and its front where the query wants it."""
    return Job(
        layer,
        accelerator,
        query.profile,
        query.objective,
        query.search_options,
        optimum=not query.is_network_edp,
        front=query.is_network_edp or query.pareto,
        engine=engine,
    )


def run_query(
    jobs: Sequence[Job], query: Query, budget: Budget
) -> tuple[list[Outcome], Stopped | None]:
    """Do the jobs of a query side by side, within its budget."""
    return run_jobs(jobs, query.jobs, budget, query.progress)


def map_subject(subject: Subject, budget: Budget) -> NetworkResult:
    """Map all layers that a query asks about with the solver."""
    query = subject.query
    jobs = [job_of(group.layer, subject.accelerator, query) for group in subject.groups]
    outcomes, stopped = run_query(jobs, query, budget)
    assembler = Assembler(subject.accelerator, query.cost_model, query.seed, method=query.method)
    if query.is_network_edp:
        layers = assembler.network(subject.groups, outcomes, query.pareto)
    else:
        layers = assembler.layers(subject.groups, outcomes)
    return assembler.result(subject, layers, budget.elapsed_s, searched=True, stopped=stopped)


def search_subject(subject: Subject, engine: Searcher, budget: Budget) -> NetworkResult:
    """Search all layers that a query asks about with an engine."""
    query = subject.query
    jobs = [job_of(group.layer, subject.accelerator, query, engine) for group in subject.groups]
    outcomes, stopped = run_query(jobs, query, budget)
    assembler = Assembler(
        subject.accelerator, query.cost_model, query.seed, engine=engine.described()
    )
    layers = assembler.layers(subject.groups, outcomes)
    return assembler.result(subject, layers, budget.elapsed_s, searched=False, stopped=stopped)


def map_one(
    layer: Layer,
    accelerator: str | os.PathLike[str] | Accelerator,
    query: Query,
    engine: Searcher | None = None,
) -> LayerResult:
    """Map one layer in this process, with the solver or with an engine in its place."""
    _ = query.profile
    hardware = accelerator_of(accelerator)
    outcome = run_job(job_of(layer_of(layer), hardware, query, engine), never)
    described = None if engine is None else engine.described()
    assembler = Assembler(hardware, query.cost_model, query.seed, engine=described)
    return assembler.layer(_alone(layer), outcome)


def map_onto_each(
    layer: Layer, accelerators: Mapping[str, Accelerator], query: Query
) -> tuple[dict[str, LayerResult], Stopped | None]:
    """Map one layer onto each of several accelerators; their names stand for it while they run."""
    budget = query.total_budget()
    _ = query.profile
    layer_of(layer)
    hardware = accelerators_of(accelerators)
    jobs = [job_of(layer.replace(name=name), one, query) for name, one in hardware.items()]
    outcomes, stopped = run_query(jobs, query, budget)
    found = {
        name: Assembler(one, query.cost_model, query.seed).layer(_alone(layer), outcome)
        for (name, one), outcome in zip(hardware.items(), outcomes, strict=True)
    }
    return found, stopped


def _alone(layer: Layer) -> LayerGroup:
    """Return a layer as the only one of its shape."""
    return LayerGroup(layer, (layer.name,), 1)

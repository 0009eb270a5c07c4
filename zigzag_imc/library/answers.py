"""From a query to its answer: jobs, their run, and the results of what they found."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget, never
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Stopped
from zigzag_imc.library.constraining import check_rule_names, rules_for
from zigzag_imc.library.inputs import accelerator_of, accelerators_of, layer_of
from zigzag_imc.library.query import Query
from zigzag_imc.library.subject import Subject
from zigzag_imc.onnx_workload.network import LayerGroup
from zigzag_imc.runs.job import Job, Outcome, Searcher, run_job
from zigzag_imc.runs.local import run_jobs
from zigzag_imc.solver.solution import SearchOptions

if TYPE_CHECKING:
    from zigzag_imc.library.assembly import Assembler
    from zigzag_imc.locality.search import Runner
    from zigzag_imc.results.result import LayerResult, NetworkResult


def job_of(
    group: LayerGroup, accelerator: Accelerator, query: Query, engine: Searcher | None = None
) -> Job:
    """Ask for the optimum of a group's layer, and its front where the query wants it."""
    return Job(
        group.layer,
        accelerator,
        query.profile,
        query.objective,
        _options(query, group),
        optimum=not query.is_network_edp,
        front=query.is_network_edp or query.pareto,
        engine=engine,
    )


def _options(query: Query, group: LayerGroup) -> SearchOptions:
    """Return what a search is to know, with the constraints of its layers."""
    space = replace(query.mapspace, constraints=group.constraints)
    return replace(query.search_options, space=space)


def run_query(
    jobs: Sequence[Job], query: Query, budget: Budget
) -> tuple[list[Outcome], Stopped | None]:
    """Do the jobs of a query side by side, within its budget."""
    load_assembly()
    return run_jobs(jobs, query.jobs, budget, query.progress)


def load_assembly() -> None:
    """Import, while workers search, what puts their outcomes together."""
    name = "zigzag_imc.library.assembly"
    threading.Thread(target=import_module, args=(name,), daemon=True).start()


def map_subject(subject: Subject, budget: Budget) -> NetworkResult:
    """Map all layers that a query asks about with the solver."""
    query = subject.query
    if query.locality != "none":

        def side_by_side(jobs: Sequence[Job]) -> tuple[list[Outcome], Stopped | None]:
            return run_jobs(jobs, query.jobs, budget, query.progress)

        return map_kept(subject, budget, side_by_side)
    jobs = [job_of(group, subject.accelerator, query) for group in subject.groups]
    outcomes, stopped = run_query(jobs, query, budget)
    assembler = _assembler(subject.accelerator, query)
    if query.is_network_edp:
        layers = assembler.network(subject.groups, outcomes, query.pareto)
    else:
        layers = assembler.layers(subject.groups, outcomes)
    return assembler.result(subject, layers, budget.elapsed_s, searched=True, stopped=stopped)


def map_kept(subject: Subject, budget: Budget, run: Runner) -> NetworkResult:
    """Map a network with what stays on chip between its layers; ``run`` does the searches."""
    from zigzag_imc.library.keeping import map_keeping

    return map_keeping(subject, budget, _assembler(subject.accelerator, subject.query), run)


def search_subject(subject: Subject, engine: Searcher, budget: Budget) -> NetworkResult:
    """Search all layers that a query asks about with an engine."""
    query = subject.query
    jobs = [job_of(group, subject.accelerator, query, engine) for group in subject.groups]
    outcomes, stopped = run_query(jobs, query, budget)
    assembler = _assembler(subject.accelerator, query, engine)
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
    group = _alone(layer_of(layer).storing(query.stored), query, hardware)
    outcome = run_job(job_of(group, hardware, query, engine), never)
    return _assembler(hardware, query, engine).layer(group, outcome)


def map_onto_each(
    layer: Layer, accelerators: Mapping[str, Accelerator], query: Query
) -> tuple[dict[str, LayerResult], Stopped | None]:
    """Map one layer onto each of several accelerators; their names stand for it while they run."""
    budget = query.total_budget()
    _ = query.profile
    layer_of(layer)
    hardware = accelerators_of(accelerators)
    groups = {name: _alone(layer, query, one) for name, one in hardware.items()}
    jobs = [
        job_of(replace(groups[name], layer=layer.replace(name=name)), one, query)
        for name, one in hardware.items()
    ]
    outcomes, stopped = run_query(jobs, query, budget)
    found = {
        name: _assembler(one, query).layer(groups[name], outcome)
        for (name, one), outcome in zip(hardware.items(), outcomes, strict=True)
    }
    return found, stopped


def _assembler(accelerator: Accelerator, query: Query, engine: Searcher | None = None) -> Assembler:
    """Return what puts the results of a query together."""
    from zigzag_imc.library.assembly import Assembler

    described = None if engine is None else engine.described()
    return Assembler(
        accelerator, query.cost_model, query.seed, described, query.mapspace, query.method
    )


def map_under_each(
    layer: Layer, accelerator: Accelerator, asked: Mapping[str, Constraints], query: Query
) -> tuple[dict[str, LayerResult], Stopped | None]:
    """Map one layer under each of several sets of constraints; their names stand for it."""
    budget = query.total_budget()
    groups = {
        name: LayerGroup(layer, (layer.name,), 1, constraints)
        for name, constraints in asked.items()
    }
    jobs = [
        job_of(replace(group, layer=layer.replace(name=name)), accelerator, query)
        for name, group in groups.items()
    ]
    outcomes, stopped = run_query(jobs, query, budget)
    assembler = _assembler(accelerator, query)
    found = {
        name: assembler.layer(group, outcome)
        for (name, group), outcome in zip(groups.items(), outcomes, strict=True)
    }
    return found, stopped


def _alone(layer: Layer, query: Query, accelerator: Accelerator) -> LayerGroup:
    """Return a layer as the only one of its shape, with what a query asks of it."""
    rules = rules_for(query.constraint_rules, accelerator)
    check_rule_names(rules, [layer], accelerator)
    return LayerGroup(layer, (layer.name,), 1, rules.of(layer))

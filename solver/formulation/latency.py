"""Latency: computing, the stall of the worst port, on- and offloading."""

from __future__ import annotations

import math

from ortools.sat.python import cp_model

from zigzag_imc.core.layer import OUTPUTS
from zigzag_imc.solver.formulation.hiding import Running, add_hiding
from zigzag_imc.solver.formulation.links import Links, add_links
from zigzag_imc.solver.formulation.onloading import add_onloading
from zigzag_imc.solver.formulation.port_stalls import add_port_stalls
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.variables import Variables, total


def add_latency(problem: Problem, model: cp_model.CpModel, variables: Variables) -> cp_model.IntVar:
    """Return the latency in units of the model, never more than the exact one.

    ``latency = compute + stall + onloading + offloading``, within the limit of the goal.
    """
    most = _most(problem)
    cycles = [problem.scale.latency(columns.compute_cycles) for columns in problem.spatials]
    compute = variables.over_spatials(cycles)
    stall = model.new_int_var(0, most, "stall")
    add_port_stalls(problem, model, variables, compute, stall)
    onload = model.new_int_var(0, most, "onloading")
    links = add_links(problem, model, variables)
    add_hiding(problem, model, variables, Running(compute, stall, most), links)
    add_onloading(problem.link_kinds, model, onload, links)
    latency = model.new_int_var(0, most, "latency")
    # As long as every mapping takes; where all of this comes to less, it is rounded down too far.
    model.add(latency >= problem.scale.least_latency)
    model.add(latency == compute + stall + onload + _offload(links))
    return latency


def _offload(links: Links) -> cp_model.LinearExpr:
    """Offloading: the exposed cycles of all links of the outputs."""
    return total(link for (operand, _), link in links.items() if operand == OUTPUTS)


def _most(problem: Problem) -> int:
    """Largest latency of interest, in units of the model."""
    if math.isinf(problem.goal.most_latency):
        return problem.scale.most_latency
    return min(problem.scale.most_latency, problem.scale.latency(problem.goal.most_latency))

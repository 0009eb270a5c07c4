"""Links: the exposed cycles of the on- or offloading over every cut."""

from __future__ import annotations

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.lines import add_above, lines_below
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.variables import Variables
from zigzag_imc.solver.scoring.tile_choice import CutPlace

Links = dict[CutPlace, cp_model.IntVar]
"""Exposed cycles of the on- or offloading over every cut, in latency units."""


def add_links(problem: Problem, model: cp_model.CpModel, variables: Variables) -> Links:
    """Bound what the link over every cut exposes."""
    return {place: _add_link(problem, model, variables, place) for place in problem.by_place}


def _add_link(
    problem: Problem, model: cp_model.CpModel, variables: Variables, place: CutPlace
) -> cp_model.IntVar:
    """Exposed cycles over one cut: ``surely exposed <= link <= all of them``.

    No more is exposed than there is; else the link that counts least would stand in for the others.
    """

    def whole(tile: Candidate) -> int:
        return problem.scale.latency(tile.ports.longest_once)

    def exposed(tile: Candidate) -> int:
        return problem.scale.latency(tile.ports.exposed)

    group = problem.by_place[place]
    link = model.new_int_var(0, max(group.each(whole)), f"link{place}")
    model.add(link <= variables.over_tiles(group, whole))
    model.add(link >= variables.over_tiles(group, exposed))
    for number, tile in group.by_number.items():
        for dim, points in tile.ports.exposed_by.items():
            units = list(map(problem.scale.latency, points.amounts))
            for line in lines_below(points.lengths, units):
                length = variables.lengths[place][dim]
                add_above(model, link, length, line, [variables.tiles[number]])
    return link

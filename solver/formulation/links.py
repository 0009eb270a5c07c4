"""Links: the exposed cycles of the on- or offloading over every cut.

A link exposes at least the part that is surely exposed. And a port can hide no more than the cycles
of the computation: what its links expose together is at least all their cycles less those, and less
what periodic transfers take of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.variables import Variables, total
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey

Links = dict[CutPlace, cp_model.IntVar]
"""Exposed cycles of the on- or offloading over every cut, in latency units."""

_FLOORS = 2
"""Units by which computing and stalling in the model may be below their values."""


@dataclass(frozen=True, slots=True)
class Running:
    """How long the layer runs between on- and offloading, in latency units.

    Attributes
    ----------
    compute
        Computing cycles.
    stall
        Cycles for which computing stalls.
    most
        Largest latency of interest.
    """

    compute: cp_model.LinearExpr
    stall: cp_model.IntVar
    most: int


def add_links(
    problem: Problem, model: cp_model.CpModel, variables: Variables, running: Running
) -> Links:
    """Bound what the link over every cut exposes, and what the links of every port expose."""
    links = {place: _add_link(problem, model, variables, place) for place in problem.by_place}
    for key, places in _places_by_port(problem).items():
        _add_hiding(problem, model, variables, running, _OnPort.of(problem, links, key, places))
    return links


def _add_link(
    problem: Problem, model: cp_model.CpModel, variables: Variables, place: CutPlace
) -> cp_model.IntVar:
    """Exposed cycles over one cut: ``surely exposed <= link <= all of them``.

    No more is exposed than there is; else the link that counts least would stand in for the others.
    """
    numbers = problem.by_place[place]
    ports = [problem.candidates[number].ports for number in numbers]
    whole = [problem.scale.latency(loads.longest_once) for loads in ports]
    exposed = [problem.scale.latency(loads.exposed) for loads in ports]
    link = model.new_int_var(0, max(whole), f"link{place}")
    model.add(link <= variables.over_tiles(numbers, whole))
    model.add(link >= variables.over_tiles(numbers, exposed))
    return link


@dataclass(frozen=True, slots=True)
class _OnPort:
    """The links that use one port.

    Attributes
    ----------
    key
        The port.
    numbers
        Candidates at the cuts whose links use it.
    loading
        Those of them that load it.
    exposed
        What its links expose, in latency units.
    """

    key: PortKey
    numbers: tuple[int, ...]
    loading: tuple[int, ...]
    exposed: cp_model.LinearExpr

    @classmethod
    def of(
        cls, problem: Problem, links: Links, key: PortKey, places: Iterable[CutPlace]
    ) -> _OnPort:
        """Collect them; links that are rounded down may be a unit below their value each."""
        places = list(places)
        numbers = tuple(number for place in places for number in problem.by_place[place])
        loading = tuple(n for n in numbers if key in problem.candidates[n].ports.once)
        # The floors of the computation are on the other side.
        slack = 0 if problem.scale.latency_unit == 1 else len(places) + _FLOORS
        return cls(key, numbers, loading, total(links[place] for place in places) + slack)


def _places_by_port(problem: Problem) -> dict[PortKey, dict[CutPlace, None]]:
    """Cuts whose links use each port, in order."""
    found: dict[PortKey, dict[CutPlace, None]] = {}
    for place, numbers in problem.by_place.items():
        for number in numbers:
            for key in problem.candidates[number].ports.once:
                found.setdefault(key, {})[place] = None
    return found


def _add_hiding(
    problem: Problem,
    model: cp_model.CpModel,
    variables: Variables,
    running: Running,
    port: _OnPort,
) -> None:
    """A port hides no more than there is time.

    ``all cycles of its links - exposed <= compute + stall``, and less where periodic transfers take
    a share of the port.
    """
    cycles = problem.scale.latency
    whole = [cycles(problem.candidates[n].ports.once[port.key]) for n in port.loading]
    minus_hidden = port.exposed - variables.over_tiles(port.loading, whole)
    if _periodic_load(problem, port):
        _add_hiding_beside_loads(problem, model, variables, running, port, minus_hidden)
    else:
        model.add(minus_hidden + running.compute + running.stall >= 0)


def _taken(problem: Problem, port: _OnPort) -> list[int]:
    """Bits per cycle of the port that each candidate's periodic loads take."""
    return [problem.candidates[n].ports.taken.get(port.key, 0) for n in port.numbers]


def _periodic_load(problem: Problem, port: _OnPort) -> bool:
    """Whether periodic loads may take a share of the port."""
    return any(_taken(problem, port))


def _add_hiding_beside_loads(
    problem: Problem,
    model: cp_model.CpModel,
    variables: Variables,
    running: Running,
    port: _OnPort,
    minus_hidden: cp_model.LinearExpr,
) -> None:
    """Only a port that periodic loads do not fill hides anything.

    They take their share of the computing cycles at least (stalls only make it more), and of all
    cycles of interest at most:

    ``hidden <= compute + stall - share * compute`` and ``hidden <= most - share * most``,
    or nothing is hidden at all.
    """
    bandwidth, taken = problem.bandwidth(port.key), _taken(problem, port)
    options = [problem.candidates[n].at.option for n in port.numbers]
    of_compute = [
        problem.scale.latency(bits / bandwidth * problem.spatials[option].compute_cycles)
        for bits, option in zip(taken, options, strict=True)
    ]
    of_all = [math.floor(bits / bandwidth * running.most) for bits in taken]
    room = model.new_bool_var(f"room{port.key}")
    model.add(variables.over_tiles(port.numbers, taken) < bandwidth).only_enforce_if(room)
    taken_of_compute = variables.over_tiles(port.numbers, of_compute)
    taken_of_all = variables.over_tiles(port.numbers, of_all)
    model.add(
        minus_hidden + running.compute + running.stall - taken_of_compute >= 0
    ).only_enforce_if(room)
    model.add(minus_hidden + running.most - taken_of_all >= 0).only_enforce_if(room)
    model.add(minus_hidden >= 0).only_enforce_if(room.negated())

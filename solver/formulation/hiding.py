"""Hiding: the on- and offloading that runs behind the computation.

A port can hide no more than the cycles of the computation: what its links expose together is at
least all their cycles less those, and less what periodic transfers take of them.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.links import Links
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.formulation.variables import Variables, total
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey

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


def add_hiding(
    problem: Problem,
    model: cp_model.CpModel,
    variables: Variables,
    running: Running,
    links: Links,
) -> None:
    """Bound what the links of every port hide."""
    for key, places in _places_by_port(problem).items():
        exposed = {
            place: _exposed_on(problem, model, variables, key, (place, links[place]))
            for place in places
        }
        port = _OnPort.of(problem, variables, exposed, key)
        if any(port.group.each(port.taken)):
            _add_hiding_beside_loads(problem, model, variables, running, port)
        else:
            model.add(port.minus_hidden + running.compute + running.stall >= 0)


def _places_by_port(problem: Problem) -> dict[PortKey, dict[CutPlace, None]]:
    """Cuts whose links use each port, in order."""
    found: dict[PortKey, dict[CutPlace, None]] = {}
    for place, group in problem.by_place.items():
        for key in itertools.chain(*group.each(lambda tile: tile.ports.once)):
            found.setdefault(key, {})[place] = None
    return found


def _exposed_on(
    problem: Problem,
    model: cp_model.CpModel,
    variables: Variables,
    key: PortKey,
    of: tuple[CutPlace, cp_model.IntVar],
) -> cp_model.IntVar:
    """Return what a link exposes on one of its ports: no more than it takes there.

    The link itself is as long as it is on the slower of its two ports, or as the array takes to
    write its rows. What it is longer than on this port is no time that this port hides for others.
    """
    place, link = of
    group = problem.by_place[place]

    def here(tile: Candidate) -> int:
        return problem.scale.latency(tile.ports.once.get(key, 0.0))

    def whole(tile: Candidate) -> int:
        return problem.scale.latency(tile.ports.longest_once)

    if group.each(here) == group.each(whole):
        return link
    exposed = model.new_int_var(0, max(group.each(here)), f"exposed{place}{key}")
    model.add(exposed <= link)
    model.add(exposed <= variables.over_tiles(group, here))
    return exposed


@dataclass(frozen=True, slots=True)
class _OnPort:
    """The links that use one port.

    Attributes
    ----------
    key
        The port.
    bandwidth
        Bits per cycle that it moves.
    group
        Candidates at the cuts whose links use it.
    minus_hidden
        What its links expose on it less all their cycles there, in latency units.
    """

    key: PortKey
    bandwidth: int
    group: TileGroup
    minus_hidden: cp_model.LinearExpr

    @classmethod
    def of(
        cls,
        problem: Problem,
        variables: Variables,
        exposed: Links,
        key: PortKey,
    ) -> _OnPort:
        """Collect what links expose on it; each is rounded down by up to a unit."""
        # The floors of the computation are on the other side.
        slack = 0 if problem.scale.latency_unit == 1 else len(exposed) + _FLOORS
        all_exposed = total(exposed.values()) + slack
        group = TileGroup.joined(problem.by_place[place] for place in exposed)
        loading = group.where(lambda tile: key in tile.ports.once)
        whole = variables.over_tiles(
            loading, lambda tile: problem.scale.latency(tile.ports.once[key])
        )
        return cls(key, problem.bandwidth(key), group, all_exposed - whole)

    def taken(self, tile: Candidate) -> int:
        """Bits per cycle of the port that the periodic loads of a tile take."""
        return tile.ports.taken.get(self.key, 0)

    def share(self, tile: Candidate) -> float:
        """Share of the port that the periodic loads of a tile take."""
        return self.taken(tile) / self.bandwidth


def _add_hiding_beside_loads(
    problem: Problem,
    model: cp_model.CpModel,
    variables: Variables,
    running: Running,
    port: _OnPort,
) -> None:
    """Only a port that periodic loads do not fill hides anything.

    They take their share of the computing cycles at least (stalls only make it more), and of all
    cycles of interest at most:

    ``hidden <= compute + stall - share * compute`` and ``hidden <= most - share * most``,
    or nothing is hidden at all.
    """

    def of_compute(tile: Candidate) -> int:
        compute_cycles = problem.spatials[tile.at.option].compute_cycles
        return problem.scale.latency(port.share(tile) * compute_cycles)

    def of_all(tile: Candidate) -> int:
        return math.floor(port.share(tile) * running.most)

    room = model.new_bool_var(f"room{port.key}")
    taken = variables.over_tiles(port.group, port.taken)
    model.add(taken < port.bandwidth).only_enforce_if(room)
    taken_of_compute = variables.over_tiles(port.group, of_compute)
    left_of_running = running.compute + running.stall - taken_of_compute
    model.add(port.minus_hidden + left_of_running >= 0).only_enforce_if(room)
    taken_of_all = variables.over_tiles(port.group, of_all)
    model.add(port.minus_hidden + running.most - taken_of_all >= 0).only_enforce_if(room)
    model.add(port.minus_hidden >= 0).only_enforce_if(room.negated())

"""Hiding: the on- and offloading that runs behind the computation.

A port can hide no more than the cycles of the computation: what its links expose together is at
least all their cycles less those, and less what periodic transfers take of them. What is loaded
once may have less than all of the computation (`rounds`).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.first_to_hide import add_first_to_hide
from zigzag_imc.solver.formulation.links import Links
from zigzag_imc.solver.formulation.on_port import OnPort, on_port
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.rounds import Left, add_rounds
from zigzag_imc.solver.formulation.variables import Variables
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey

MOST_SHARES = 32
"""Shares of a port that are told apart at most."""


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
        own = {place: links[place] for place in places}
        port = on_port(problem, model, variables, key, own)
        if port.is_periodic:
            left = _add_hiding_beside_loads(problem, model, running, port)
        else:
            left = Left(running.compute + running.stall)
            model.add(port.minus_hidden() + left.cycles >= 0)
        add_rounds(model, port, left)
        add_first_to_hide(model, port)


def _places_by_port(problem: Problem) -> dict[PortKey, dict[CutPlace, None]]:
    """Cuts whose links use each port, in order."""
    found: dict[PortKey, dict[CutPlace, None]] = {}
    for place, group in problem.by_place.items():
        for key in itertools.chain(*group.each(lambda tile: tile.ports.once)):
            found.setdefault(key, {})[place] = None
    return found


def _add_hiding_beside_loads(
    problem: Problem, model: cp_model.CpModel, running: Running, port: OnPort
) -> Left:
    """Only a port that periodic loads do not fill hides anything.

    They take their share of all cycles of the computation and its stalls:

    ``hidden <= left <= (1 - share) * (compute + stall)``

    That is a product, said share by share; where there are too many different ones, of some of
    them, each for all that are larger. Beside, of every share, what they take of the computing
    cycles at least (stalls only make it more), and of all cycles of interest at most.
    """

    def of_compute(tile: Candidate) -> int:
        compute_cycles = problem.spatials[tile.at.option].compute_cycles
        return problem.scale.latency(port.share(tile) * compute_cycles)

    def of_all(tile: Candidate) -> int:
        return math.floor(port.share(tile) * running.most)

    room = model.new_bool_var(f"room{port.key}")
    left = model.new_int_var(0, running.most, f"left{port.key}")
    over_tiles, cycles = port.variables.over_tiles, running.compute + running.stall
    taken = over_tiles(port.group, port.taken)
    model.add(taken < port.bandwidth).only_enforce_if(room)
    model.add(left <= 0).only_enforce_if(room.negated())
    model.add(left <= cycles)
    model.add(left <= cycles - over_tiles(port.group, of_compute)).only_enforce_if(room)
    left_of_all = running.most - over_tiles(port.group, of_all)
    model.add(left <= left_of_all).only_enforce_if(room)
    for number, bits in enumerate(_some_of(_sums_of_taken(problem, port))):
        is_less = model.new_bool_var(f"less{port.key}{number}")
        model.add(taken < bits).only_enforce_if(is_less)
        most = (port.bandwidth - bits) * cycles + port.bandwidth - 1  # `left` is a whole number
        model.add(port.bandwidth * left <= most).only_enforce_if(is_less.negated())
    model.add(port.minus_hidden() + left >= 0)
    return Left(left)


def _sums_of_taken(problem: Problem, port: OnPort) -> list[int]:
    """Bits per cycle, less than all of a port's, that periodic loads may take together."""
    sums = {0}
    for place in port.exposed:
        own = set(problem.by_place[place].each(port.taken))
        sums = {one + other for one in sums for other in own if one + other < port.bandwidth}
    return sorted(sums - {0})


def _some_of(values: Sequence[int]) -> Sequence[int]:
    """Return all values, or so many of them that a model does not get large."""
    return values if len(values) <= MOST_SHARES else values[:: -(-len(values) // MOST_SHARES)]

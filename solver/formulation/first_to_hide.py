"""First to hide: the tile of an input that no loop indexes, where tiles may have any lengths.

All loops are rounds of such a tile (`rounds`): more than any other load has, so it is given the
cycles that a port has left before all others, those of one activation:

``hidden >= min(all but the first parts, activation) * (1 - share of periodic loads)``

Without that the model would leave it exposed, where something else takes as long meanwhile, and
hide more of the others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from ortools.sat.python import cp_model

from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.on_port import OnPort
from zigzag_imc.solver.formulation.variables import total


def add_first_to_hide(model: cp_model.CpModel, port: OnPort) -> None:
    """Bound from below what an input that no loop indexes hides on a port."""
    problem = port.problem
    operand = problem.first_to_hide
    if operand is None:
        return
    own = port.of_operand(operand)
    if not own.exposed:
        return
    activation = math.ceil(problem.accelerator.array.cycles_per_activation)
    least = min(sum(_hideable(own)), activation)
    if least <= 0:
        return
    # Of what is exposed at most, a part of a unit counts as a whole one.
    scale, taken = problem.scale, port.variables.over_tiles(port.group, port.most_taken)
    whole = sum(_whole(own, place) for place in own.exposed)
    hidden = scale.latency(least)
    model.add(
        port.bandwidth * (total(own.exposed.values()) - math.ceil(whole / scale.latency_unit))
        <= hidden * (taken - port.bandwidth)
    )


def _hideable(port: OnPort) -> Iterator[float]:
    """Cycles of every load of an input on a port beyond its first part, which may hide."""
    for place in port.exposed:
        tile = _any_of(port, place)
        is_lower_port = port.key[0] == tile.room.memory
        if place[1] > 1 or not is_lower_port:
            part_bits = port.problem.first_bits(place[0])
            yield max(0.0, _whole(port, place) - ceil_div(part_bits, port.bandwidth))


def _whole(port: OnPort, place: tuple[int, int]) -> float:
    """Cycles of a load of an input on a port: the same for all tiles, which hold all of it."""
    return _any_of(port, place).ports.once.get(port.key, 0.0)


def _any_of(port: OnPort, place: tuple[int, int]) -> Candidate:
    return next(iter(port.problem.by_place[place].tiles))

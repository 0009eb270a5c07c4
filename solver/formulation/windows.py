"""Windows.

A transfer that cannot be double buffered waits for the last iteration of the loops below its cut.

Between two cuts ``y`` inside ``x`` of different operands lie the loops of ``x / y``. Where all of
them are irrelevant to the operand of ``x``, its old tile is in use until their last iteration, so
the window of a transfer over ``x`` is at most the steps of ``y``, unless its memory has room for a
second tile. This holds as long as the operand's own next lower cut is not at ``x`` too: then no
loop of its own lies directly below, and the window is the whole period.

Room for a second tile: the memory holds what every operand needs, and this one once more. An
operand needs its tile, or one step of it along relevant loops directly below its cut; never less
than its tile over all its relevant loops.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from zigzag_imc.solver.formulation.model import Problem, Variables
    from zigzag_imc.solver.presolve.candidates import Candidate
    from zigzag_imc.solver.scoring.loop_orders import CutPlace
    from zigzag_imc.solver.tables.cut import PortKey

Losses = dict["PortKey", list[cp_model.IntVar]]


def add_windows(problem: Problem, model: cp_model.CpModel, variables: Variables) -> Losses:
    """Cycles, per port and cut, by which reduced windows make a port stall longer than whole ones
    would.
    """
    of_option: dict[int, dict[CutPlace, list[int]]] = {}
    for place, numbers in variables.by_place.items():
        for number in numbers:
            of_option.setdefault(problem.candidates[number].option, {}).setdefault(
                place, []
            ).append(number)
    buffered: dict[CutPlace, cp_model.IntVar] = {}
    loss: dict[tuple[CutPlace, PortKey], cp_model.IntVar] = {}
    for by_place in of_option.values():
        for place, numbers in by_place.items():
            most_beside = _most_beside(problem, by_place, place)
            for number in numbers:
                tile = problem.candidates[number]
                if (
                    2 * tile.need + most_beside
                    <= problem.accelerator.memories[tile.memory].size_bits
                ):
                    continue  # always room for a second one
                for (key, _), terms in _waits(problem, variables, tile, by_place).items():
                    if place not in buffered:
                        buffered[place] = _buffered(problem, model, variables, place)
                    if (place, key) not in loss:
                        loss[place, key] = model.new_int_var(
                            0, problem.scale.most_latency, f"wait{place}{key}"
                        )
                    model.add(loss[place, key] >= cp_model.LinearExpr.sum(terms)).only_enforce_if(
                        [
                            variables.tiles[number],
                            buffered[place].negated(),
                            *_own_cut_elsewhere(problem, variables, tile, by_place),
                        ]
                    )
    losses: Losses = {}
    for (_, key), wait in loss.items():
        losses.setdefault(key, []).append(wait)
    return losses


def _most_beside(problem: Problem, by_place: dict[CutPlace, list[int]], place: CutPlace) -> int:
    """Most bits that the other cuts at a cut's memory need."""
    memory = problem.candidates[by_place[place][0]].memory
    return sum(
        max(problem.candidates[number].need for number in numbers)
        for other, numbers in by_place.items()
        if other != place and problem.candidates[numbers[0]].memory == memory
    )


def _waits(
    problem: Problem, variables: Variables, outer: Candidate, by_place: dict[CutPlace, list[int]]
) -> dict[tuple[PortKey, CutPlace], list[cp_model.LinearExpr]]:
    """Terms, per port and inner cut, of the cycles that the windows of ``outer`` lack.

    One per tile of the cut.
    """
    columns = problem.options[outer.option].columns
    relevant = problem.relevant[outer.place[0]]
    rate = problem.accelerator.array.cycles_per_activation
    fixed = [axis for axis, (dim, _) in enumerate(columns.lattice.axes) if dim in relevant]
    found: dict[tuple[PortKey, CutPlace], list[cp_model.LinearExpr]] = {}
    for place, numbers in by_place.items():
        if place[0] == outer.place[0]:
            continue
        for number in numbers:
            inner = problem.candidates[number]
            if inner.steps >= outer.steps or any(
                inner.index[axis] != outer.index[axis] for axis in fixed
            ):
                continue
            if any(low > high for low, high in zip(inner.index, outer.index, strict=True)):
                continue
            window = math.ceil(inner.steps * rate)
            for key, loads in outer.activities.items():
                stuck = sum(count * max(0.0, busy - window) for count, busy in loads)
                cycles = problem.scale.latency(stuck - outer.stuck.get(key, 0.0))
                if cycles > 0:
                    found.setdefault((key, place), []).append(cycles * variables.tiles[number])
    return found


def _buffered(
    problem: Problem, model: cp_model.CpModel, variables: Variables, place: CutPlace
) -> cp_model.IntVar:
    """Literal.

    The memory below a cut may have room for a second tile (it surely has none where this cannot
    hold).
    """
    memory = problem.candidates[variables.by_place[place][0]].memory
    terms = [
        (2 * candidate.need if candidate.place == place else candidate.least_need)
        * variables.tiles[number]
        for number, candidate in enumerate(problem.candidates)
        if candidate.memory == memory
    ]
    buffered = model.new_bool_var(f"buffered{place}")
    size = problem.accelerator.memories[memory].size_bits
    model.add(cp_model.LinearExpr.sum(terms) <= size).only_enforce_if(buffered)
    return buffered


def _own_cut_elsewhere(
    problem: Problem, variables: Variables, tile: Candidate, by_place: dict[CutPlace, list[int]]
) -> list[cp_model.BoolVarT]:
    """Literals that all hold unless the operand's next lower cut is at the same tile."""
    lower = [place for place in by_place if place[0] == tile.place[0] and place < tile.place]
    if not lower:
        return []
    return [
        variables.tiles[n].negated()
        for n in by_place[max(lower)]
        if problem.candidates[n].index == tile.index
    ]

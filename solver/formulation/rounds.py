"""Rounds: what is loaded once hides in the first round of the loops outside all that index it.

All of such a tile is wanted in that round, and outputs are finished in the last one. The cut of the
tile lies above all loops. Between it and a cut ``y`` of another operand inside it lie the loops of
``steps / steps(y)``; where all of them are irrelevant to the operand of the tile, they are rounds,
whatever their order is, and so the links of the operand hide in all ports no more than in one of
them:

``hidden * steps / steps(y) <= compute + stall - what periodic loads take of them``

Loops further inside may be rounds, too, in some orders; in others they are not. An exact score
tells.

Where tiles may have any lengths, ``steps(y)`` are those of the longest tile of its class: there are
no fewer rounds, and a last one that is shorter leaves no more to hide in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.on_port import OnPort
from zigzag_imc.solver.formulation.option_tiles import OptionTiles
from zigzag_imc.solver.formulation.resting import Resting

MOST_ROUNDS = 10**6
"""Rounds that count: of more, less than a millionth of the computation is left to hide in, and
their product with a latency might be too large for CP-SAT."""


@dataclass(frozen=True, slots=True)
class Left:
    """What periodic loads leave of a port while the layer runs.

    Attributes
    ----------
    cycles
        Latency units at most.
    when
        Literals under which they are left; nothing is hidden otherwise.
    """

    cycles: cp_model.LinearExpr
    when: Sequence[cp_model.IntVar] = ()


def add_rounds(model: cp_model.CpModel, port: OnPort, left: Left) -> None:
    """Bound what the links of every operand hide on a port in one of its rounds."""
    if not port.problem.in_rounds:
        return
    for operand in range(len(OPERANDS)):
        own = port.of_operand(operand)
        if own.exposed:
            _add_of_operand(model, own, left)


def _add_of_operand(model: cp_model.CpModel, port: OnPort, left: Left) -> None:
    """Bound what the links of one operand hide on a port in one of its rounds.

    Its uppermost cut lies above all loops, or the tile over none is loaded once.
    """
    minus_hidden, uppermost = port.minus_hidden(), max(port.exposed)
    tiles = port.variables.tiles
    for option in port.problem.by_option:
        if uppermost not in option.at:
            continue
        for number, tile in option.at[uppermost].by_number.items():
            if tile.at.steps < port.problem.steps_of(tile.at.option):
                continue
            for inner, rounds in _rounds_inside(port, option, tile):
                # The last of the cycles that are left may be a part of one.
                last = rounds - 1
                bound = model.add(rounds * minus_hidden + left.cycles + last >= 0)
                bound.only_enforce_if([tiles[number], tiles[inner], *left.when])


def _rounds_inside(port: OnPort, option: OptionTiles, tile: Candidate) -> Iterator[tuple[int, int]]:
    """Yield tiles at other operands' cuts above which all is rounds, with how many there are."""
    resting = Resting.of(port.problem, tile)
    for group in option.of_others(tile.at.operand).at.values():
        for number, inner in group.by_number.items():
            if resting.outlasts(inner.at):
                yield number, min(MOST_ROUNDS, tile.at.steps // inner.at.steps)

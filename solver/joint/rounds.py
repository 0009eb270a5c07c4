"""Rounds: what is loaded once hides in the first round of the loops outside all that index it.

All of such a tile is wanted in that round, and outputs are finished in the last one. Outside a cut
``y`` of another operand lie loops of ``n[y]`` steps. Where all of them are irrelevant to the
operand of the tile, they are rounds, whatever their order is, and so all that the operand hides on
a port hides in one of them:

``n[y] * sum of hidden[c] <= spare[p]``             for the cuts ``c`` of the operand at port ``p``

The cost model gives every tile no more than a share ``1 / rounds`` of the port's spare cycles, less
what is given already to tiles that move with it, so also to those of its own operand: all of them
together hide no more than that share. Spare cycles are those that periodic transfers leave
(`spare`); these go on in every round.

Loops further inside may be rounds, too, in some orders; in others they are not. An exact score
tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

import numpy as np
from ortools.sat.python import cp_model

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.formulation.rounds import MOST_ROUNDS
from zigzag_imc.solver.joint.crossing import Cut
from zigzag_imc.solver.joint.links import Links
from zigzag_imc.solver.joint.selection import Columns, Selection, Sheet
from zigzag_imc.solver.joint.spare import Spare, Spares


def add_rounds(
    sheet: Sheet, costs: CostModel, links: Links, spares: Spares, cuts: Sequence[Cut]
) -> None:
    """Bound what the first transfers of every operand hide in one of its rounds."""
    if costs.profile.late_loads:
        return
    for operand in range(len(OPERANDS)):
        by_port = [(key, own) for key, own in links.hidden_of(operand) if own]
        if not by_port:
            continue
        for cut in cuts:
            # The lowest memories: most steps are above their cuts.
            if cut.operand != operand and cut.boundary == 1:
                rounds = _rounds(sheet, costs, operand, cut)
                for key, hidden in by_port:
                    _add_port(sheet, spares[key], hidden, rounds)


def _add_port(
    sheet: Sheet, spare: Spare, hidden: Sequence[cp_model.IntVar], rounds: Selection
) -> None:
    """Bound what one operand hides on a port.

    Each amount is a whole number, and may so be nearly one too large.
    """
    hidden_sum = cp_model.LinearExpr.sum(list(hidden))
    for literal, count in zip(rounds.literals, rounds.column("rounds").tolist(), strict=True):
        if count > 1:
            several = min(int(count), MOST_ROUNDS)
            most = spare.cycles + several * len(hidden) - 1
            sheet.model.add(several * hidden_sum <= most).only_enforce_if(literal)


def _rounds(sheet: Sheet, costs: CostModel, operand: int, cut: Cut) -> Selection:
    """Rounds of an operand that are known to lie outside a cut of another one."""
    factors = list(_factors(sheet, costs, operand, cut))
    name = f"rounds {operand} {cut.place}"

    def outside(rows: Columns) -> Columns:
        is_free = rows["free"] > 0
        return {"free": rows["free"], "rounds": np.where(is_free, rows["rounds"], 1.0)}

    every = reduce(lambda one, other: sheet.combine(name, one, other, derive=outside), factors)
    return sheet.derive(name, every, {"rounds": every.column("rounds")})


def _factors(sheet: Sheet, costs: CostModel, operand: int, cut: Cut) -> Iterator[Selection]:
    """What every dimension makes of the rounds: its steps, and whether none index the operand.

    Those that index it come first: where they have steps, no others count.
    """
    relevant = costs.layer.relevant(OPERANDS[operand])
    for dim, tile in sorted(cut.tiles.items(), key=lambda each: each[0] not in relevant):
        # A first round is full, and the last of several not longer: as many as fit into all.
        rounds = tile.temporal / tile.size
        columns = (
            {"free": 1.0 * (tile.steps == 1), "rounds": np.ones(len(rounds))}
            if dim in relevant
            else {"free": np.ones(len(rounds)), "rounds": rounds}
        )
        yield sheet.derive(f"rounds {dim}", tile.chosen, columns)

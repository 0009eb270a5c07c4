"""Hiding: the on- and offloading that runs behind the computation.

A port hides its first transfers in the cycles that periodic ones leave of it (`spare`):

``sum of hidden[c] <= spare[p]``
"""

from __future__ import annotations

from collections.abc import Sequence

from ortools.sat.python import cp_model

from zigzag_imc.solver.joint.links import Links
from zigzag_imc.solver.joint.running import Running
from zigzag_imc.solver.joint.selection import Sheet
from zigzag_imc.solver.joint.spare import Spare, Spares
from zigzag_imc.solver.scoring.tile_choice import CutPlace


def add_hiding(sheet: Sheet, running: Running, links: Links, spares: Spares) -> None:
    """Bound what first transfers hide on every port."""
    for key, own in links.hidden.items():
        _add_port(sheet, running, spares[key], own)


def _add_port(
    sheet: Sheet, running: Running, spare: Spare, own: Sequence[tuple[CutPlace, cp_model.IntVar]]
) -> None:
    """Bound what first transfers hide on one port.

    Each amount is a whole number, and may so be nearly one too large. In whole cycles, only one of
    every operand is: that which takes all that is left to the operand.
    """
    hidden = cp_model.LinearExpr.sum([each for _, each in own])
    rounded = len({operand for (operand, _), _ in own}) if running.rounding == 0 else len(own)
    sheet.model.add(hidden <= spare.cycles + (rounded - 1))
    if spare.room is not None:
        sheet.model.add(hidden == 0).only_enforce_if(spare.room.negated())

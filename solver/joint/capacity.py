"""Capacity: every memory holds the tiles of all operands that it keeps.

``sum over the cuts at m of bits[c] + whole[m] <= size_bits[m]``, where ``bits[c]`` are the elements
of the tile, whole unrollings counted, times the bits of an element, and ``whole[m]`` the operands
whose top memory is ``m``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from ortools.sat.python import cp_model

from zigzag_imc.core.layer import OPERANDS, OUTPUTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.traffic import output_bits
from zigzag_imc.solver.joint.crossing import Crossings, Cut
from zigzag_imc.solver.joint.free_room import most_elements
from zigzag_imc.solver.joint.outer import outer_amount
from zigzag_imc.solver.joint.selection import Sheet
from zigzag_imc.solver.joint.tiles import add_tile
from zigzag_imc.solver.joint.unrollings import Unrolling


def add_capacities(
    sheet: Sheet, costs: CostModel, unrollings: Mapping[str, Unrolling], cuts: Sequence[Cut]
) -> None:
    """Limit what every memory holds by its size."""
    for number, memory in enumerate(costs.accelerator.memories):
        inside = [cut for cut in cuts if memory_below(costs, cut) == number]
        tops = [
            o
            for o, name in enumerate(OPERANDS)
            if costs.accelerator.levels[name][-1] == number and name not in memory.kept
        ]
        if inside or _most_bits(costs, unrollings, tops) > memory.size_bits:
            inside += [_whole(sheet, costs, unrollings, operand) for operand in tops]
            held = [_held_bits(sheet, costs, cut, memory.size_bits) for cut in inside]
            sheet.model.add(cp_model.LinearExpr.sum(held) <= memory.size_bits)


def _most_bits(
    costs: CostModel, unrollings: Mapping[str, Unrolling], operands: Sequence[int]
) -> int:
    """Bits that some operands take as a whole, at most."""
    precision = costs.layer.precision
    bits = (precision.W, precision.I, max(precision.O, precision.O_final))
    return sum(bits[operand] * most_elements(costs, unrollings, operand) for operand in operands)


def memory_below(costs: CostModel, cut: Cut) -> int | None:
    """Memory that holds the tile below a cut; none at the array."""
    if cut.boundary == 0:
        return None
    return costs.accelerator.levels[OPERANDS[cut.operand]][cut.boundary - 1]


def _whole(
    sheet: Sheet, costs: CostModel, unrollings: Mapping[str, Unrolling], operand: int
) -> Cut:
    """The cut above the top memory of an operand, with all of every dimension below."""
    name = OPERANDS[operand]
    tiles = {
        dim: add_tile(sheet, each, f"whole {name} {dim}", _everything)
        for dim, each in unrollings.items()
    }
    size_bits = costs.accelerator.memory(name, -1).size_bits
    above = len(costs.accelerator.levels[name])
    return Crossings(sheet, costs).cut((operand, above), tiles, size_bits)


def _everything(temporal: int) -> tuple[int]:
    """All of a dimension lies below the cut."""
    return (temporal,)


def _held_bits(sheet: Sheet, costs: CostModel, cut: Cut, size_bits: int) -> cp_model.LinearExprT:
    """Bits of the tile below a cut."""
    operand, level = OPERANDS[cut.operand], cut.boundary - 1
    relevant, idle = cut.relevant, cut.idle
    if cut.operand == OUTPUTS:
        bits = output_bits(costs.layer, idle.column("held finished") == 0)
    else:
        bits = np.full(len(idle), costs.layer.precision.bits(operand))
    room = np.multiply.outer(relevant.column("room"), bits)
    is_top = cut.boundary == len(costs.accelerator.levels[operand])
    if costs.accelerator.memory(operand, level).double_buffered and not is_top:
        steps = np.multiply.outer(relevant.column("steps"), idle.column("steps"))
        room = room * (2 - (steps == 1))
    # Far above the size is above it; CP-SAT need not know how far.
    whole = np.rint(np.minimum(room, size_bits + 1.0)).astype(np.int64)
    return outer_amount(sheet, f"bits {cut.place}", (relevant, idle), whole, size_bits)

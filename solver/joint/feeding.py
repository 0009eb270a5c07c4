"""Feeding: the lowest memories pass to the array, or take from it, all lanes at once.

``product of the lanes along the array dimensions that the memory serves * bits <= port width``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.core.layer import OPERANDS, Window
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.feeding import wide_operands
from zigzag_imc.solver.joint.seen import Seen
from zigzag_imc.solver.joint.selection import Columns, Selection, Sheet
from zigzag_imc.solver.joint.unrollings import Unrolling


def add_feeding(sheet: Sheet, costs: CostModel, unrollings: Mapping[str, Unrolling]) -> None:
    """Limit what a port of the lowest memories passes at once.

    Ports of one element need no constraint: nothing is unrolled along what they serve.
    """
    for operand in wide_operands(costs.layer, costs.accelerator):
        _add_feeding(sheet, costs, unrollings, operand)


def _add_feeding(
    sheet: Sheet, costs: CostModel, unrollings: Mapping[str, Unrolling], operand: str
) -> None:
    """Limit what the lowest port of one operand passes at once."""
    layer, memory = costs.layer, costs.accelerator.memory(operand, 0)
    port = memory.port_of(operand, Direction.FROM_LOW if operand == "O" else Direction.TO_LOW)
    assert port is not None, "the reader of the file checks this"
    most = max(port.bandwidth_max // layer.precision.bits(operand), 1)
    lanes = {dim: _served(sheet, costs, operand, each) for dim, each in unrollings.items()}
    factors = [lanes[dim] for dim in lanes if dim in layer.plain_dims(operand)]
    for window in layer.windows_of(operand):
        factors.append(_window(sheet, operand, window, lanes))
    spread = [factor for factor in factors if len(factor) > 1]
    sheet.product(f"fed {operand}", spread, lambda rows: rows["lanes"] <= most)


def _served(sheet: Sheet, costs: CostModel, operand: str, unrolling: Unrolling) -> Selection:
    """Lanes of one layer dimension that one instance of the lowest memory serves."""
    seen = Seen(costs, OPERANDS.index(operand))
    lanes = np.ones(len(unrolling.temporal))
    for fans_at, factors in seen.factors(unrolling.dim, unrolling.factors):
        if fans_at == 0:
            lanes = lanes * factors
    return sheet.derive(f"served {operand}{unrolling.dim}", unrolling.chosen, {"lanes": lanes})


def _window(
    sheet: Sheet, operand: str, window: Window, lanes: Mapping[str, Selection]
) -> Selection:
    """Distinct inputs along one window."""

    def extent(rows: Columns) -> Columns:
        return {"lanes": window.extent(rows["reach"], rows["taps"])}

    reach = _named(sheet, lanes.get(window.output_dim), "reach")
    taps = _named(sheet, lanes.get(window.filter_dim), "taps")
    return sheet.combine(f"fed {operand}{window.output_dim}", reach, taps, derive=extent)


def _named(sheet: Sheet, lanes: Selection | None, name: str) -> Selection:
    """Lanes under the name of their part in a window."""
    if lanes is None:
        return sheet.choose(name, {name: np.ones(1)})
    return Selection(lanes.literals, {name: lanes.column("lanes")})

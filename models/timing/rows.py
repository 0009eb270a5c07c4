"""Writing the rows of an array."""

from __future__ import annotations

from zigzag_imc.core.accelerator import Port
from zigzag_imc.models.movement.words import Amount, ceil_div


def cycles_per_row(depth: Amount, weight_bits: int, port: Port | None) -> Amount:
    """Clock cycles to write one row of the array; elementwise over arrays of depths.

    One cycle per weight of a cell group (``depth``), more where the port of the cells is narrower
    than a weight.
    """
    if port is None or port.bandwidth_max >= weight_bits:
        return depth
    return ceil_div(depth * weight_bits, port.bandwidth_max)

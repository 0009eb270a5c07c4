"""A quick lower bound of the latency of every spatial mapping at once."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.array.diagonal import mapped_rows
from zigzag_imc.models.movement.unrolled import fan_out
from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.tables.lattice import Array
from zigzag_imc.solver.tables.links import link_kinds


def latency_bound(arrays: SpatialArrays) -> Array:
    """Lower bound of the latency: computing, and reloading the array as rarely as its loops allow.

    With all loops below the cells that are irrelevant to the weights, and ``g`` weights per cell
    group, the array is written at least ``steps / loops / g`` times; the first time is onloading
    under the port models.
    """
    compute = arrays.steps * arrays.accelerator.array.cycles_per_activation
    if len(arrays.accelerator.levels["W"]) < 2:
        return compute
    bound: Array = compute + np.maximum.reduce([arrays.zeros, *_stalls(arrays)])
    if not arrays.model.profile.ports_stall:
        return bound
    ports = np.maximum(_port_cycles(arrays, "W"), _port_cycles(arrays, "O"))
    return np.maximum(bound, ports)


def _stalls(arrays: SpatialArrays) -> Iterator[Array]:
    """Yield the cycles for which computing waits for the array to be reloaded, at least."""
    profile = arrays.model.profile
    loads = arrays.steps / arrays.iterations(arrays.layer.idle_dims("W"))
    if profile.rows_written:
        yield _rows_stall(arrays, loads)
    if profile.ports_stall and _cells_hold_one(arrays):
        yield _single_weight_stall(arrays, loads)


def _rows_stall(arrays: SpatialArrays, loads: Array) -> Array:
    """Cycles for writing the rows of the array, as rarely as its loops allow."""
    array, cells, profile = arrays.accelerator.array, arrays.accelerator.cells, arrays.model.profile
    rows = mapped_rows(arrays.layer, array, arrays.unrolled)
    depth = max(1, cells.size_bits // arrays.layer.precision.W)
    in_onloading = depth if profile.ports_stall else 0
    stall: Array = np.maximum(0.0, loads - in_onloading) * rows
    return stall


def _cells_hold_one(arrays: SpatialArrays) -> bool:
    """Whether there is never room for a second weight in a cell: its window is one activation."""
    return arrays.accelerator.cells.size_bits < 2 * arrays.layer.precision.W


def _single_weight_stall(arrays: SpatialArrays, loads: Array) -> Array:
    """Cycles by which reloads of the cells outlast the one activation that is their window."""
    window = math.ceil(arrays.accelerator.array.cycles_per_activation)
    timed = arrays.timed_of("W")
    cells_fed = fan_out(timed.below(1), timed.below(2), phantom=False)  # by one transfer
    stall: Array = arrays.zeros
    for access in arrays.model.boundaries["W"][1].down:
        bits = access.amount(1.0, cells_fed) * arrays.layer.precision.W
        own = np.maximum(0.0, ceil_div(bits, access.port.bandwidth_max) - window)
        stall = np.maximum(stall, np.maximum(0.0, loads - 1) * own)
    return stall


def _port_cycles(arrays: SpatialArrays, operand: str) -> Array:
    """Cycles of a port for moving all weights in, or all outputs out.

    Of a port above which there is one memory.

    Why it is safe: every element crosses each boundary at least once. Of ``count`` transfers of
    ``busy`` cycles, the stall and the computation take at least ``(count - 1) * busy``, and the
    last one is on- or offloading, exposed as a whole. A single transfer is exposed but for what the
    computation and the stall hide of it. Links whose onloading does not count beside an outer one
    are left out.
    """
    layer, timed = arrays.layer, arrays.timed_of(operand)
    moved = arrays.iterations(layer.relevant(operand)) * timed.below(timed.outermost).plain
    bits = moved * layer.precision.least_bits(operand)
    above_all_fans = max(1, timed.outermost - 1)
    cycles: Array = bits / _narrowest(arrays, operand, above_all_fans)
    return cycles


def _narrowest(arrays: SpatialArrays, operand: str, first: int) -> float:
    """Bits a cycle of the narrowest port above the boundaries from ``first`` on that count."""
    kinds, place = link_kinds(arrays.model), OPERANDS.index(operand)
    widths = [
        access.port.bandwidth_max
        for boundary in arrays.model.boundaries[operand][first:]
        for access in boundary.onward
        if access.upper and kinds.get((place, boundary.index)) != "hidden"
    ]
    return min(widths, default=math.inf)

"""A quick lower bound of the latency of every spatial mapping at once."""

from __future__ import annotations

import math

import numpy as np

from zigzag_imc.core.layer import WEIGHTS
from zigzag_imc.models.movement.traffic import Access, Boundary
from zigzag_imc.models.movement.unrolled import fan_boundaries
from zigzag_imc.solver.presolve.spatial.batch import SpatialBatch
from zigzag_imc.solver.tables.lattice import Array
from zigzag_imc.solver.tables.links import link_kinds


def latency_bound(batch: SpatialBatch) -> Array:
    """Lower bound of the latency: computing, and reloading the array as rarely as its loops allow.

    With all loops below the cells that are irrelevant to the weights, and ``g`` weights per cell
    group, the array is written at least ``steps / loops / g`` times; the first time is onloading
    under the port models.
    """
    model, accelerator = batch.model, batch.accelerator
    compute = batch.steps * accelerator.array.cycles_per_activation
    if len(accelerator.levels["W"]) < 2:
        return compute
    loads = batch.steps / batch.iterations(batch.layer.idle_dims("W"))
    stall = np.zeros(batch.count)
    if model.profile.rows_written:
        stall = _rows_stall(batch, loads)
    if model.profile.ports_stall and _cells_hold_one(batch):
        stall = np.maximum(stall, _single_weight_stall(batch, loads))
    bound: Array = compute + stall
    return np.maximum(bound, _port_cycles(batch)) if model.profile.ports_stall else bound


def _rows_stall(batch: SpatialBatch, loads: Array) -> Array:
    """Cycles for writing the rows of the array, as rarely as its loops allow."""
    array, cells = batch.accelerator.array, batch.accelerator.cells
    rows = np.ones(batch.count)
    for column in batch.unrolled[array.bitline].values():
        rows = rows * column
    depth = max(1, cells.size_bits // batch.layer.precision.W)
    in_onloading = depth if batch.model.profile.ports_stall else 0
    stall: Array = np.maximum(0.0, loads - in_onloading) * rows
    return stall


def _cells_hold_one(batch: SpatialBatch) -> bool:
    """Whether there is never room for a second weight in a cell: its window is one activation."""
    return batch.accelerator.cells.size_bits < 2 * batch.layer.precision.W


def _single_weight_stall(batch: SpatialBatch, loads: Array) -> Array:
    """Cycles by which reloads of the cells outlast the one activation that is their window."""
    bits, fan = batch.layer.precision.W, _weights_at_once(batch)
    window = math.ceil(batch.accelerator.array.cycles_per_activation)
    stall = np.zeros(batch.count)
    for access in batch.model.boundaries["W"][1].down:
        busy = np.ceil((fan if access.upper else 1.0) * bits / access.port.bandwidth_max)
        own = np.maximum(0.0, busy - window)
        stall = np.maximum(stall, np.maximum(0.0, loads - 1) * own)
    return stall


def _weights_at_once(batch: SpatialBatch) -> Array:
    """Cells that one transfer out of the memory above them feeds."""
    fans = fan_boundaries(batch.accelerator, "W")
    fan = np.ones(batch.count)
    for name in [name for name, at in fans.items() if at == 1]:
        for dim in batch.average[name].keys() & batch.layer.relevant("W"):
            fan = fan * batch.timed(name, dim)
    return fan


def _port_cycles(batch: SpatialBatch) -> Array:
    """Cycles of a port for moving all weights in, or all outputs out.

    Of a port above which there is one memory.

    Why it is safe: every element crosses each boundary at least once. Of ``count`` transfers of
    ``busy`` cycles, the stall and the computation take at least ``(count - 1) * busy``, and the
    last one is on- or offloading, exposed as a whole. A single transfer is exposed but for what the
    computation and the stall hide of it. Links whose onloading does not count beside an outer one
    are left out.
    """
    most = np.zeros(batch.count)
    kinds = link_kinds(batch.model)
    for operand in ("W", "O"):
        bits = _moved_elements(batch, operand) * batch.layer.precision.least_bits(operand)
        fans = fan_boundaries(batch.accelerator, operand)
        above_all_fans = max(1, *fans.values())
        for boundary in batch.model.boundaries[operand][above_all_fans:]:
            if operand == "W" and kinds[WEIGHTS, boundary.index] == "hidden":
                continue
            for access in _upper(boundary):
                most = np.maximum(most, bits / access.port.bandwidth_max)
    return most


def _moved_elements(batch: SpatialBatch, operand: str) -> Array:
    """Elements of an operand as latency counts them: whole tiles, at most cut down."""
    layer = batch.layer
    elements = np.ones(batch.count)
    for dim in layer.relevant(operand) & frozenset(layer.sizes):
        elements = elements * batch.temporal[dim]
        for name in [name for name, dims in batch.unrolled.items() if dim in dims]:
            elements = elements * batch.timed(name, dim)
    return elements


def _upper(boundary: Boundary) -> list[Access]:
    """Accesses of loads or of outputs on their way up, at the memory above a boundary."""
    loading = boundary.up if boundary.operand == "O" else boundary.down
    return [access for access in loading if access.upper]

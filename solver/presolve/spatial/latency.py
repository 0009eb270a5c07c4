"""A quick lower bound of the latency of every spatial mapping at once."""

from __future__ import annotations

import math

import numpy as np

from zigzag_imc.models.movement.spread import fan_boundaries
from zigzag_imc.solver.presolve.spatial.batch import SpatialBatch
from zigzag_imc.solver.tables.lattice import Array
from zigzag_imc.solver.tables.links import link_kinds


def latency_bound(batch: SpatialBatch) -> Array:
    """Lower bound of the latency: computing, and reloading the array as rarely as its loops allow.

    With all loops below the cells that are irrelevant to the weights, and ``g`` weights per cell
    group, the array is written at least ``steps / loops / g`` times; the first time is onloading
    under the port models.
    """
    model, layer, accelerator = batch.model, batch.layer, batch.accelerator
    profile, array = model.profile, accelerator.array
    compute = batch.steps * array.cycles_per_activation
    if len(accelerator.levels["W"]) < 2:
        return compute
    idle = frozenset(layer.sizes) - layer.relevant("W")
    loads = batch.steps / batch.iterations(idle)
    stall = np.zeros(batch.count)
    if profile.rows_written:
        rows = np.prod([np.ones(batch.count), *batch.unrolled[array.bitline].values()], axis=0)
        depth = max(1, accelerator.cells.size_bits // layer.precision.W)
        stall = np.maximum(0.0, loads - (depth if profile.ports_stall else 0)) * rows
    if profile.ports_stall and accelerator.cells.size_bits < 2 * layer.precision.W:
        fans = fan_boundaries(accelerator, "W")
        fan = np.ones(batch.count)
        for name in fans:
            if fans[name] == 1:
                for dim, column in batch.average[name].items():
                    if dim in layer.relevant("W"):
                        fan = fan * (
                            column // 1 if profile.floor_unrolling else batch.unrolled[name][dim]
                        )
        for access in model.boundaries["W"][1].down:
            busy = np.ceil(
                (fan if access.upper else 1.0) * layer.precision.W / access.port.bandwidth_max
            )
            own = np.maximum(0.0, busy - math.ceil(array.cycles_per_activation))
            stall = np.maximum(stall, np.maximum(0.0, loads - 1) * own)
    bound: Array = compute + stall
    return np.maximum(bound, _port_cycles(batch)) if profile.ports_stall else bound


def _port_cycles(batch: SpatialBatch) -> Array:
    """Cycles of a port for moving all weights in, or all outputs out.

    Of a port above which there is one memory.

    Why it is safe: every element crosses each boundary at least once. Of ``count`` transfers of
    ``busy`` cycles, the stall and the computation take at least ``(count - 1) * busy``, and the
    last one is on- or offloading, exposed as a whole. A single transfer is exposed but for what the
    computation and the stall hide of it. Links whose onloading does not count beside an outer one
    are left out.
    """
    model, layer = batch.model, batch.layer
    kinds = link_kinds(model)
    most = np.zeros(batch.count)
    for operand in ("W", "O"):
        bits = (
            layer.precision.W if operand == "W" else min(layer.precision.O, layer.precision.O_final)
        )
        elements = np.ones(batch.count)
        for dim in layer.relevant(operand) & frozenset(layer.sizes):
            elements = elements * batch.temporal[dim]
            for name in batch.unrolled:
                column = batch.unrolled[name].get(dim)
                if column is not None:
                    elements = elements * (
                        batch.average[name][dim] // 1 if model.profile.floor_unrolling else column
                    )
        fans = fan_boundaries(batch.accelerator, operand)
        for boundary in model.boundaries[operand][max(1, *fans.values()) :]:
            if operand == "W" and kinds[0, boundary.index] == "hidden":
                continue
            for access in boundary.down if operand == "W" else boundary.up:
                if access.upper:
                    most = np.maximum(most, elements * bits / access.port.bandwidth_max)
    return most

"""What crossing a boundary costs at least.

Elements that fan out, and every element crossing once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from zigzag_imc.models.movement.spread import fan_boundaries
from zigzag_imc.solver.presolve.spatial.batch import SpatialBatch
from zigzag_imc.solver.tables.lattice import Array


def fan_out(batch: SpatialBatch, operand: str, array_dims: Sequence[str]) -> Array:
    """Distinct elements that fan out over some array dimensions.

    As long as none fans out below them.
    """
    layer, profile = batch.layer, batch.model.profile
    relevant = layer.relevant(operand)
    windows = layer.windows if operand == "I" else ()
    in_window = frozenset(dim for w in windows for dim in (w.output_dim, w.filter_dim))
    fan = batch.product(relevant - in_window, array_dims)
    for window in windows:
        outputs = batch.product(frozenset((window.output_dim,)), array_dims)
        filters = batch.product(frozenset((window.filter_dim,)), array_dims)
        if profile.rounded_averages:
            outputs, filters = outputs // 1, filters // 1
        fan = fan * window.extent(outputs, filters, profile.phantom_dilation)
    return np.rint(fan) if profile.rounded_averages else fan


def crossing_once_pj(batch: SpatialBatch, operand: str, boundary: int) -> Array:
    """Energy of every element crossing one boundary once, in full-width words."""
    model, layer = batch.model, batch.layer
    relevant = layer.relevant(operand) & frozenset(layer.sizes)
    windows = layer.windows if operand == "I" else ()
    in_window = frozenset(dim for w in windows for dim in (w.output_dim, w.filter_dim))
    elements = float(math.prod(layer.sizes[dim] for dim in relevant - in_window))
    for w in windows:
        elements *= w.extent(layer.sizes[w.output_dim], layer.sizes[w.filter_dim])
    bits = (
        min(layer.precision.O, layer.precision.O_final)
        if operand == "O"
        else layer.precision.bits(operand)
    )
    rounded = model.profile.rounded_averages
    least = _rounding_loss(batch, operand, boundary) if rounded else np.ones(batch.count)
    energy = np.zeros(batch.count)
    crossing = model.boundaries[operand][boundary]
    for access in crossing.up if operand == "O" else crossing.down:
        count = elements * bits / access.port.bandwidth_max * least
        if rounded:
            count = np.maximum(0.0, count - 1)
        if access.upper and operand == "I":
            count = np.where(_split_window(batch, boundary), 0.0, count)
        energy = energy + count * access.energy_pj
    return energy


def _split_window(batch: SpatialBatch, boundary: int) -> Array:
    """Whether a window is unrolled on both sides of a boundary of the inputs.

    The elements that fan out are then a product of two extents, which may be less than the extent
    of the whole.
    """
    fans = fan_boundaries(batch.accelerator, "I")
    split = np.zeros(batch.count, dtype=bool)
    for w in batch.layer.windows:
        dims = frozenset((w.output_dim, w.filter_dim))
        below = batch.product(dims, [name for name in fans if fans[name] < boundary]) > 1
        split |= below & (
            batch.product(dims, [name for name in fans if fans[name] >= boundary]) > 1
        )
    return split


def _rounding_loss(batch: SpatialBatch, operand: str, boundary: int) -> Array:
    """Least ratio of rounded to true elements over a boundary.

    ``round(x) >= x - 1/2`` and tiles are at least what is unrolled in one instance; a window's
    average ``a`` is cut down to a whole number, at worst by ``floor(a) / a``; instances and fans
    are rounded by a third at most.
    """
    layer = batch.layer
    fans = fan_boundaries(batch.accelerator, operand)
    below = [name for name in fans if fans[name] < boundary]
    relevant = layer.relevant(operand) & frozenset(layer.sizes)
    in_window = (
        frozenset(dim for w in layer.windows for dim in (w.output_dim, w.filter_dim))
        if operand == "I"
        else frozenset()
    )
    inside = np.maximum(1.0, batch.product(relevant - in_window, below))
    whole = (
        np.all([batch.divides[dim] for dim in relevant - in_window], axis=0)
        if relevant - in_window
        else True
    )
    loss: Array = np.where(whole, 1.0, np.maximum(2 / 3, 1 - 0.5 / inside))
    for dim in relevant & in_window:
        average = batch.product(frozenset((dim,)), below)
        loss = loss * np.where(
            batch.divides[dim], 1.0, np.maximum(1.0, average // 1) / np.maximum(1.0, average)
        )
        # the other rounding of elements, once more where a window's average is not whole
        loss = np.where(batch.divides[dim], loss, loss * 2 / 3)
    above = [name for name in fans if fans[name] >= boundary and batch.unrolled[name]]
    everything = np.all([batch.divides[dim] for dim in layer.sizes], axis=0)
    return np.where(everything, 1.0, loss * (4 / 9 if above else 1.0))

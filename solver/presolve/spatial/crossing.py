"""What crossing a boundary costs at least.

Elements that fan out, and every element crossing once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from zigzag_imc.core.layer import Layer
from zigzag_imc.models.movement.unrolled import fan_boundaries
from zigzag_imc.solver.presolve.spatial.batch import SpatialBatch
from zigzag_imc.solver.tables.lattice import Array


def fan_out(batch: SpatialBatch, operand: str, array_dims: Sequence[str]) -> Array:
    """Distinct elements that fan out over some array dimensions.

    As long as none fans out below them.
    """
    layer, profile = batch.layer, batch.model.profile
    fan = batch.product(layer.relevant(operand) - layer.window_dims(operand), array_dims)
    for window in layer.windows_of(operand):
        outputs = batch.product(frozenset((window.output_dim,)), array_dims)
        filters = batch.product(frozenset((window.filter_dim,)), array_dims)
        if profile.rounded_averages:
            outputs, filters = outputs // 1, filters // 1
        fan = fan * window.extent(outputs, filters, profile.phantom_dilation)
    return np.rint(fan) if profile.rounded_averages else fan


def crossing_once_pj(batch: SpatialBatch, operand: str, boundary: int) -> Array:
    """Energy of every element crossing one boundary once, in full-width words."""
    model, layer = batch.model, batch.layer
    bits = _elements(layer, operand) * layer.precision.least_bits(operand)
    rounded = model.profile.rounded_averages
    least = _rounding_loss(batch, operand, boundary) if rounded else np.ones(batch.count)
    crossing = model.boundaries[operand][boundary]
    energy = np.zeros(batch.count)
    for access in crossing.up if operand == "O" else crossing.down:
        count = bits / access.port.bandwidth_max * least
        if rounded:  # a fraction of a word is dropped at most
            count = np.maximum(0.0, count - 1)
        if access.upper and operand == "I":
            count = np.where(_split_window(batch, boundary), 0.0, count)
        energy = energy + count * access.energy_pj
    return energy


def _elements(layer: Layer, operand: str) -> float:
    """Elements of the whole operand."""
    elements = float(math.prod(layer.sizes[dim] for dim in layer.plain_dims(operand)))
    for window in layer.windows_of(operand):
        outputs, filters = layer.sizes[window.output_dim], layer.sizes[window.filter_dim]
        elements *= window.extent(outputs, filters)
    return elements


def _split_window(batch: SpatialBatch, boundary: int) -> Array:
    """Whether a window is unrolled on both sides of a boundary of the inputs.

    The elements that fan out are then a product of two extents, which may be less than the extent
    of the whole.
    """
    inside, outside = _sides(batch, "I", boundary)
    split = np.zeros(batch.count, dtype=bool)
    for window in batch.layer.windows:
        dims = frozenset((window.output_dim, window.filter_dim))
        is_inside = batch.product(dims, inside) > 1
        is_outside = batch.product(dims, outside) > 1
        split |= is_inside & is_outside
    return split


def _sides(batch: SpatialBatch, operand: str, boundary: int) -> tuple[list[str], list[str]]:
    """Array dimensions that fan out below a boundary, and those that fan out at or above it."""
    fans = fan_boundaries(batch.accelerator, operand)
    below = [name for name, at in fans.items() if at < boundary]
    above = [name for name, at in fans.items() if at >= boundary]
    return below, above


def _rounding_loss(batch: SpatialBatch, operand: str, boundary: int) -> Array:
    """Least ratio of rounded to true elements over a boundary.

    ``round(x) >= x - 1/2`` and tiles are at least what is unrolled in one instance; a window's
    average ``a`` is cut down to a whole number, at worst by ``floor(a) / a``; instances and fans
    are rounded by a third at most.
    """
    layer = batch.layer
    below, above = _sides(batch, operand, boundary)
    plain = layer.plain_dims(operand)
    inside = np.maximum(1.0, batch.product(plain, below))
    loss: Array = np.where(batch.all_divide(plain), 1.0, np.maximum(2 / 3, 1 - 0.5 / inside))
    for dim in sorted(layer.window_dims(operand) & frozenset(layer.sizes)):
        average = batch.product(frozenset((dim,)), below)
        cut_down = np.maximum(1.0, average // 1) / np.maximum(1.0, average)
        divides = batch.divides[dim]
        loss = loss * np.where(divides, 1.0, cut_down)
        # the other rounding of elements, once more where a window's average is not whole
        loss = np.where(divides, loss, loss * 2 / 3)
    fans_out_above = any(batch.unrolled[name] for name in above)
    instances_and_fans = 4 / 9 if fans_out_above else 1.0
    return np.where(batch.all_divide(frozenset(layer.sizes)), 1.0, loss * instances_and_fans)

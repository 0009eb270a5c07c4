"""What it costs at least that every element crosses a boundary once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.layer import Layer, Window
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.movement.spread import rounded_fan, rounded_instances
from zigzag_imc.models.movement.traffic import Access
from zigzag_imc.models.movement.unrolled import fan_out
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.presolve.spatial.traffic import CutWords, Moved, energy_over
from zigzag_imc.solver.tables.lattice import Array


@dataclass(frozen=True, slots=True)
class Crossing:
    """An amount while all elements cross a boundary, per spatial mapping: energy, or cycles.

    Attributes
    ----------
    once
        Of every element crossing once.
    again
        Of every element crossing in the same direction when that happens several times: of outputs,
        as partial sums.
    back
        Of every partial sum on its way back; nothing for inputs.
    """

    once: Array
    again: Array
    back: Array | float

    def scaled(self, factor: Array) -> Crossing:
        """Return so many times the amount."""
        return Crossing(self.once * factor, self.again * factor, self.back * factor)

    def times(self, times: Array | float) -> Array:
        """Amount where every element crosses at least so often.

        A whole number of times: twice where it is more than once. Of outputs that cross several
        times all are partial sums, which come back each time but the first.
        """
        several = np.maximum(2.0, times)
        amount: Array = np.where(
            np.asarray(times) > 1 + TOLERANCE,
            self.again * several + self.back * (several - 1),
            self.once,
        )
        return amount


def crossing_pj(arrays: SpatialArrays, operand: str, boundary: int) -> Crossing:
    """Energy of all elements crossing one boundary, in full-width words."""
    crossed, precision = arrays.model.boundaries[operand][boundary], arrays.layer.precision
    once = _energy_pj(arrays, crossed.onward, boundary, precision.least_bits(operand))
    if operand != "O":
        return Crossing(once, once, 0.0)
    again = _energy_pj(arrays, crossed.up, boundary, precision.O)
    return Crossing(once, again, _energy_pj(arrays, crossed.down, boundary, precision.O))


def crossing_once(arrays: SpatialArrays, operand: str, boundary: int) -> CutWords:
    """Words of full width of every element crossing one boundary once."""
    onward = arrays.model.boundaries[operand][boundary].onward
    return _moved(arrays, onward, boundary, arrays.layer.precision.least_bits(operand))


def _energy_pj(
    arrays: SpatialArrays, accesses: Sequence[Access], boundary: int, element_bits: int
) -> Array:
    """Energy of all elements of so many bits passing some accesses over a boundary."""
    moved = _moved(arrays, accesses, boundary, element_bits)
    return energy_over(moved, arrays.accelerator, arrays.zeros)


def _moved(
    arrays: SpatialArrays, accesses: Sequence[Access], boundary: int, element_bits: int
) -> CutWords:
    """Words of all elements of so many bits passing some accesses over a boundary."""
    moved = []
    for access in accesses:
        words = _least_words(arrays, access, _loss(arrays, access, boundary), element_bits)
        # What fans out is then a product of two extents, perhaps less than that of the whole.
        may_be_less = is_split(arrays, access.operand, boundary) & access.upper
        moved.append(Moved.through(access, np.where(may_be_less, 0.0, words)))
    return tuple(moved)


def _least_words(arrays: SpatialArrays, access: Access, loss: Array, element_bits: int) -> Array:
    """Words of full width in which all elements pass an access, at least."""
    bits = elements_of(arrays.layer, access.operand) * element_bits
    words: Array = bits / access.port.bandwidth_max * loss
    # With rounded averages, a fraction of a word is dropped at most.
    return np.maximum(0.0, words - 1) if arrays.model.profile.rounded_averages else words


def elements_of(layer: Layer, operand: str) -> float:
    """Elements of the whole operand."""
    plain = math.prod(layer.sizes[dim] for dim in layer.plain_dims(operand))
    positions = [_positions(layer, window) for window in layer.windows_of(operand)]
    return math.prod(positions, start=float(plain))


def _positions(layer: Layer, window: Window) -> int:
    """Positions of the input that all steps of a window touch."""
    return int(window.extent(layer.sizes[window.output_dim], layer.sizes[window.filter_dim]))


def is_split(arrays: SpatialArrays, operand: str, boundary: int) -> Array:
    """Whether a window is unrolled on both sides of a boundary."""
    average = arrays.average_of(operand)
    split = np.zeros(arrays.count, dtype=bool)
    for window in average.windows:
        inside = _steps(window, average.inside(boundary))
        everywhere = _steps(window, average.inside(average.outermost))
        split |= (inside > 1) & (everywhere > inside)
    return split


def _steps(window: Window, unrolled: dict[str, Array]) -> Array | int:
    """Steps of a window that are unrolled."""
    return unrolled.get(window.output_dim, 1) * unrolled.get(window.filter_dim, 1)


def _loss(arrays: SpatialArrays, access: Access, boundary: int) -> Array:
    """Least ratio of counted to true elements at an access; one where nothing is rounded.

    Without rounding, the elements of all transfers together are at least all elements: a diagonal
    has a register for every distinct input of every round, and the positions that an average window
    touches are no fewer than those of its rounds on average. With it, transfers, instances and fan
    are each rounded, and a profile may count fewer registers than a diagonal has inputs.
    """
    profile, average = arrays.model.profile, arrays.average_of(access.operand)
    if not profile.rounded_averages:
        return arrays.ones
    at, apart = boundary + access.upper, arrays.average_apart_of(access.operand)
    instances = rounded_instances(average.active(at), profile) / apart.active(at)
    if not access.upper:
        lower: Array = _rounding_loss(arrays, access.operand, boundary) * instances
        return lower
    inner, outer = average.below(boundary), average.below(boundary + 1)
    fan = rounded_fan(inner, outer, profile) / fan_out(inner, outer, profile.phantom_dilation)
    loss: Array = _rounding_loss(arrays, access.operand, boundary) * instances * fan
    return loss


def _rounding_loss(arrays: SpatialArrays, operand: str, boundary: int) -> Array:
    """Least ratio of counted to true elements of a transfer, where averages are rounded.

    ``round(x) >= x - 1/2`` and tiles are at least what is unrolled in one instance; a window's
    average ``a`` is cut down to a whole number, at worst by ``floor(a) / a``.
    """
    layer, average = arrays.layer, arrays.average_of(operand)
    inside = average.inside(boundary)
    plain = np.maximum(1.0, average.below(boundary).plain)
    whole = arrays.divides(layer.plain_dims(operand))
    loss: Array = np.where(whole, 1.0, np.maximum(2 / 3, 1 - 0.5 / plain))
    for dim in sorted(layer.window_dims(operand) & frozenset(layer.sizes)):
        steps = np.maximum(1.0, inside.get(dim, 1.0))
        cut_down = np.maximum(1.0, np.floor(steps)) / steps
        # The last factor: the other rounding of elements, once more where steps are not whole.
        loss = np.where(arrays.divides(frozenset((dim,))), loss, loss * cut_down * 2 / 3)
    return loss

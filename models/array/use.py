"""How much of the array is at work; under one spatial mapping, or elementwise under many."""

from __future__ import annotations

import math
from dataclasses import dataclass

from zigzag_imc.core.accelerator import ImcArray
from zigzag_imc.core.layer import Layer
from zigzag_imc.models.array.diagonal import band_rows
from zigzag_imc.models.movement.unrolled import ByArrayDim
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.models.profile import CostProfile


@dataclass(frozen=True, slots=True)
class ArrayUse:
    """What the energy of the array follows from.

    Attributes
    ----------
    rows, columns
        Rows and columns of a macro that are mapped.
    activations
        Activations of a macro in the whole computation.
    """

    rows: Amount
    columns: Amount
    activations: Amount


def whole_use(
    layer: Layer, array: ImcArray, averages: ByArrayDim, steps: Amount, profile: CostProfile
) -> ArrayUse:
    """Whole activations, with the rows, columns and macros in use on average."""
    return ArrayUse(
        rows=band_rows(layer, array, averages, profile.unit_diagonals),
        columns=_lanes(averages, array.wordline),
        activations=steps * _lanes(averages, *(name for name, _ in array.dimensions[2:])),
    )


def full_use(
    layer: Layer, array: ImcArray, unrollings: ByArrayDim, profile: CostProfile
) -> ArrayUse:
    """As many activations as there would be if all mapped cells were always in use."""
    columns = _lanes(unrollings, array.wordline)
    return ArrayUse(
        rows=band_rows(layer, array, unrollings, profile.unit_diagonals),
        columns=columns,
        activations=layer.macs / (_lanes(unrollings, array.bitline) * columns),
    )


def _lanes(unrollings: ByArrayDim, *array_dims: str) -> Amount:
    """Lanes in use along some array dimensions."""
    return math.prod(value for name in array_dims for value in unrollings.get(name, {}).values())

"""How much of the array is at work; under one spatial mapping, or elementwise under many."""

from __future__ import annotations

import math
from dataclasses import dataclass

from zigzag_imc.core.accelerator import ImcArray
from zigzag_imc.core.layer import Layer
from zigzag_imc.models.array.diagonal import ByArrayDim, mapped_rows, taps_of_column
from zigzag_imc.models.movement.words import Amount


@dataclass(frozen=True, slots=True)
class ArrayUse:
    """What the energy of the array follows from.

    Attributes
    ----------
    rows, columns
        Rows and columns of a macro that are mapped.
    taps
        Rows that a column adds up.
    activations
        Activations of a macro in the whole computation.
    """

    rows: Amount
    columns: Amount
    taps: Amount
    activations: Amount


def whole_use(layer: Layer, array: ImcArray, averages: ByArrayDim, steps: Amount) -> ArrayUse:
    """Whole activations, with the rows, columns and macros in use on average."""
    return ArrayUse(
        rows=mapped_rows(layer, array, averages),
        columns=_lanes(averages, array.wordline),
        taps=taps_of_column(layer, array, averages),
        activations=steps * _lanes(averages, *(name for name, _ in array.dimensions[2:])),
    )


def full_use(layer: Layer, array: ImcArray, unrollings: ByArrayDim) -> ArrayUse:
    """As many activations as there would be if all mapped cells were always in use."""
    columns = _lanes(unrollings, array.wordline)
    return ArrayUse(
        rows=mapped_rows(layer, array, unrollings),
        columns=columns,
        taps=taps_of_column(layer, array, unrollings),
        activations=layer.macs / (_lanes(unrollings, array.bitline) * columns),
    )


def _lanes(unrollings: ByArrayDim, *array_dims: str) -> Amount:
    """Lanes in use along some array dimensions."""
    return math.prod(value for name in array_dims for value in unrollings.get(name, {}).values())

"""How much of the array is at work; under one spatial mapping, or elementwise under many."""

from __future__ import annotations

import math
from dataclasses import dataclass

from zigzag_imc.core.accelerator import ImcArray
from zigzag_imc.core.layer import Layer
from zigzag_imc.models.array.diagonal import ByArrayDim, average_rows, mapped_rows, taps_of_column
from zigzag_imc.models.movement.words import Amount


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a macro in use.

    Attributes
    ----------
    mapped
        Rows that hold weights.
    taps
        Rows that one column adds up: fewer than are mapped, in a diagonal.
    """

    mapped: Amount
    taps: Amount

    @classmethod
    def of(cls, layer: Layer, array: ImcArray, unrollings: ByArrayDim) -> Rows:
        """Count the rows that unrollings take."""
        mapped = mapped_rows(layer, array, unrollings)
        return cls(mapped, taps_of_column(layer, array, unrollings))

    @classmethod
    def on_average(
        cls, layer: Layer, array: ImcArray, whole: ByArrayDim, averages: ByArrayDim
    ) -> Rows:
        """Count the rows that unrollings take on average, where the last round may be short."""
        mapped = average_rows(layer, array, whole, averages)
        return cls(mapped, taps_of_column(layer, array, averages))


@dataclass(frozen=True, slots=True)
class ArrayUse:
    """What the energy of the array follows from.

    Attributes
    ----------
    rows
        Rows of a macro in use.
    columns
        Columns of a macro that are mapped.
    activations
        Activations of a macro in the whole computation.
    """

    rows: Rows
    columns: Amount
    activations: Amount


def whole_use(array: ImcArray, averages: ByArrayDim, rows: Rows, steps: Amount) -> ArrayUse:
    """Whole activations, with the rows, columns and macros in use on average."""
    macros = lanes(averages, *(name for name, _ in array.dimensions[2:]))
    return ArrayUse(rows, lanes(averages, array.wordline), steps * macros)


def full_use(array: ImcArray, unrollings: ByArrayDim, rows: Rows, macs: int) -> ArrayUse:
    """As many activations as there would be if all mapped cells were always in use."""
    columns = lanes(unrollings, array.wordline)
    return ArrayUse(rows, columns, macs / (lanes(unrollings, array.bitline) * columns))


def lanes(unrollings: ByArrayDim, *array_dims: str) -> Amount:
    """Product of the unrollings along some array dimensions."""
    return math.prod(value for name in array_dims for value in unrollings.get(name, {}).values())


def utilization(layer: Layer, array: ImcArray, columns_per_weight: int, steps: Amount) -> Amount:
    """Useful share of all multipliers over the computing cycles, from 0 to 1.

    Of one spatial mapping, or elementwise of many.

    Parameters
    ----------
    array
        The array itself, not as the bits of the layer see it.
    columns_per_weight
        Columns that one weight of the layer takes.
    steps
        Activations in time.
    """
    return layer.macs * columns_per_weight / (steps * array.units)

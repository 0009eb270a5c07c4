"""Array dimensions: what is unrolled along one of them fits on it.

``product over d of u[a,d] <= size[a]`` for every array dimension ``a``. Along the bitlines the
distinct inputs of a window stand for its taps: each takes a row, of diagonal windows as of others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ortools.sat.python import cp_model

from zigzag_imc.core.accelerator import ImcArray
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.array.diagonal import rows_of_window

Factors = Mapping[str, Mapping[str, int]]
"""Per array dimension, what multiplies to the lanes taken there, by name."""


def factors_of(layer: Layer, array: ImcArray, spatial: SpatialMapping) -> Factors:
    """Return what multiplies to the lanes that a spatial mapping takes along array dimensions."""
    factors = {name: dict(spatial.on(name)) for name, _ in array.dimensions}
    if array.wide_lines:  # as the reference counts, windows take no rows of their own
        return factors
    columns, rows = factors[array.wordline], factors[array.bitline]
    for window in layer.windows:
        outputs, taps = columns.get(window.output_dim, 1), rows.pop(window.filter_dim, 1)
        inputs = int(rows_of_window(array, window, outputs, taps))
        if inputs > 1:
            rows[f"inputs along {window.output_dim}"] = inputs
    return factors


def add_array_dimensions(
    model: cp_model.CpModel,
    array: ImcArray,
    unrollings: Mapping[str, Sequence[cp_model.IntVar]],
) -> None:
    """Limit the lanes along every array dimension by its size.

    Parameters
    ----------
    unrollings
        Per array dimension, the variables whose product are the lanes; none where nothing is
        unrolled along it.
    """
    for name, size in array.dimensions:
        factors = unrollings.get(name, ())
        if len(factors) == 1:
            model.add(factors[0] <= size)
        elif factors:
            lanes = model.new_int_var(1, size, f"lanes {name}")
            model.add_multiplication_equality(lanes, factors)

"""Use: how far the array is used in one activation, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.layer import Window
from zigzag_imc.models.array.diagonal import taps_of_column
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.crossing import Floats
from zigzag_imc.solver.joint.distinct import distinct_rows
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.floor import Floor
from zigzag_imc.solver.joint.selection import Column, Columns, Selection, Sheet, holds_of
from zigzag_imc.solver.joint.unrollings import Unrolling
from zigzag_imc.solver.joint.window_rows import WindowRows, windows_along_columns

_MULTIPLIED = ("columns", "activations", "lanes", "steps")
"""What both dimensions of a window multiply to, diagonal or not."""


def add_use(
    sheet: Sheet,
    costs: CostModel,
    unrollings: Mapping[str, Unrolling],
    domain: Domain,
    floor: Floor | None = None,
) -> Selection:
    """Multiply what all dimensions make of the use of the array.

    What takes more than a floor leaves is no row.
    """
    factors = list(_factors(sheet, costs, unrollings, domain))
    if floor is None:
        return sheet.product("use", factors)

    def is_left(rows: Columns) -> npt.NDArray[np.bool_]:
        used = Selection((), rows)
        kept = np.ones(len(used), dtype=bool)
        if domain.has_energy:
            kept &= array_pj(costs, used) <= floor.left_for_array_pj(domain)
        if domain.has_latency:
            rate = costs.accelerator.array.cycles_per_activation
            kept &= used.column("steps") * rate <= floor.left_for_computing(domain)
        return kept

    # What is not left has no literal: the product of all of them is the largest.
    *first, last = factors
    product = sheet.product("use", first)
    return sheet.combine("use", product, last, partial(holds_of, is_left))


def _factors(
    sheet: Sheet, costs: CostModel, unrollings: Mapping[str, Unrolling], domain: Domain
) -> Iterator[Selection]:
    """Yield what the dimensions make of it, those of a window that may be diagonal together."""
    plain = dict(unrollings)
    for window in windows_along_columns(costs, unrollings):
        pair = (window.output_dim, window.filter_dim)
        both = [plain.pop(dim) for dim in pair if dim in plain]
        yield _use_of_window(sheet, costs, window, both, domain)
    for each in plain.values():
        yield _use(sheet, costs, each, domain)


def _use(sheet: Sheet, costs: CostModel, unrolling: Unrolling, domain: Domain) -> Selection:
    """What one layer dimension makes of it: lanes, and what is left for time."""
    columns = dict(_lanes(costs, unrolling, domain))
    if domain.has_energy:
        layer, array = costs.layer, costs.accelerator.array
        values = unrolling.averages if costs.profile.whole_activations else unrolling.factors
        along = {array_dim: {unrolling.dim: each} for array_dim, each in values.items()}
        columns["rows"] = unrolling.along(array.bitline, values)
        columns["taps"] = taps_of_column(layer, array, along) * np.ones(len(unrolling.temporal))
    return sheet.derive(f"use {unrolling.dim}", unrolling.chosen, columns)


def _lanes(costs: CostModel, unrolling: Unrolling, domain: Domain) -> Iterator[tuple[str, Column]]:
    """Yield what multiplies whatever is diagonal."""
    array, profile = costs.accelerator.array, costs.profile
    if domain.has_energy:
        values = unrolling.averages if profile.whole_activations else unrolling.factors
        yield "columns", unrolling.along(array.wordline, values)
        if profile.whole_activations:
            macros = (unrolling.along(name, values) for name, _ in array.dimensions[2:])
            yield "activations", np.prod([unrolling.temporal, *macros], axis=0)
        else:
            yield "lanes", unrolling.along(array.bitline, values)
    if domain.has_latency:
        yield "steps", unrolling.temporal


def _use_of_window(
    sheet: Sheet,
    costs: CostModel,
    window: Window,
    unrollings: Sequence[Unrolling],
    domain: Domain,
) -> Selection:
    """What both dimensions of a window make of it that may lie diagonally: rows of both."""
    found, parts = WindowRows(costs, window), []
    for unrolling in unrollings:
        name = "reach" if unrolling.dim == window.output_dim else "taps"
        columns = dict(_lanes(costs, unrolling, domain))
        if domain.has_energy:
            columns |= found.part(name, unrolling)
        parts.append(sheet.derive(f"use {unrolling.dim}", unrolling.chosen, columns))

    def derive(rows: Columns) -> Columns:
        kept = {name: rows[name] for name in _MULTIPLIED if name in rows}
        if not domain.has_energy:
            return kept
        in_use, ones = found.in_use(rows), np.ones(len(rows["columns"]))
        return kept | {"rows": in_use.mapped * ones, "taps": in_use.taps * ones}

    name = f"use {window.output_dim}"
    if len(parts) == 1:
        return sheet.derive(name, parts[0], derive(parts[0].columns))
    outputs, taps = parts
    return sheet.combine(name, outputs, taps, derive=derive)


def array_pj(costs: CostModel, used: Selection) -> Floats:
    """Energy of the array, in every use of it."""
    columns = used.column("columns")
    uses = np.column_stack([used.column(name) for name in ("rows", "columns", "taps")])
    first, place = distinct_rows(uses)  # many differ in their activations alone
    energies = [costs.macro.activation_energy_pj(*each) for each in uses[first].tolist()]
    once = np.array([sum(each.values()) for each in energies])[place]
    if costs.profile.whole_activations:
        activations = used.column("activations")
    else:
        activations = costs.layer.macs / (used.column("lanes") * columns)
    energy: Floats = once * activations
    return energy

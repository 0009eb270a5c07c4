"""Use: how far the array is used in one activation, and how many there are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

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

_MULTIPLIED = ("columns", "activations", "lanes", "steps", "time")
"""What both dimensions of a window multiply to, diagonal or not."""

ROW = "row "
"""With the name of a dimension: which of its unrollings it is, counted from one."""

Told = Callable[[Unrolling], Columns]
"""What else is told of every unrolling of a dimension: multiplied like all the rest."""


def _no_more(_unrolling: Unrolling) -> Columns:
    """Tell nothing else."""
    return {}


def numbered(unrolling: Unrolling) -> Columns:
    """Tell which unrolling of a dimension it is, so that no two uses are one."""
    return {f"{ROW}{unrolling.dim}": np.arange(1.0, len(unrolling.temporal) + 1)}


def add_use(
    sheet: Sheet,
    costs: CostModel,
    unrollings: Mapping[str, Unrolling],
    domain: Domain,
    floor: Floor | None = None,
    told: Told = _no_more,
) -> Selection:
    """Multiply what all dimensions make of the use of the array.

    What takes more than a floor leaves is no row. What is ``told`` of unrollings beside their use
    keeps uses apart.
    """
    *first, last = _factors(sheet, costs, unrollings, domain, told)
    most_steps = math.inf
    if floor is not None and domain.has_latency:
        rate = costs.accelerator.array.cycles_per_activation
        most_steps = floor.left_for_computing(domain) / rate

    def fits(rows: Columns) -> npt.NDArray[np.bool_]:
        """Which fit on the array, and into the time left.

        The least of what does not would be no floor.
        """
        kept = np.ones(len(next(iter(rows.values()))), dtype=bool)
        for name, size in costs.accelerator.array.dimensions:
            kept &= rows[_on(name)] <= size
        if domain.has_latency:
            kept &= rows["steps"] <= most_steps
        return kept

    def is_left(rows: Columns) -> npt.NDArray[np.bool_]:
        used = Selection((), rows)
        kept = np.ones(len(used), dtype=bool)
        if floor is not None and domain.has_energy:
            kept &= array_pj(costs, used) <= floor.left_for_array_pj(domain)
        return kept

    def is_kept(rows: Columns) -> npt.NDArray[np.bool_]:
        kept = fits(rows)
        fitting = {name: column[kept] for name, column in rows.items()}
        kept[kept] = holds_of(is_left, _of_use(fitting))
        return kept

    # What is not left has no literal: the product of all of them is the largest.
    product = sheet.product("use", first or [_nothing(sheet, costs)], fits)
    return sheet.combine("use", product, last, is_kept, _of_use)


def _on(array_dim: str) -> str:
    """Name of the lanes along an array dimension, whole unrollings counted."""
    return f"on {array_dim}"


def _of_use(rows: Columns) -> Columns:
    """What the use of the array depends on, without what only tells what fits."""
    return {name: column for name, column in rows.items() if not name.startswith("on ")}


def _nothing(sheet: Sheet, costs: CostModel) -> Selection:
    """No dimension at all."""
    return sheet.choose("use", {_on(a): np.ones(1) for a, _ in costs.accelerator.array.dimensions})


def _factors(
    sheet: Sheet,
    costs: CostModel,
    unrollings: Mapping[str, Unrolling],
    domain: Domain,
    told: Told,
) -> Iterator[Selection]:
    """Yield what the dimensions make of it, those of a window that may be diagonal together."""
    plain = dict(unrollings)
    for window in windows_along_columns(costs, unrollings):
        pair = (window.output_dim, window.filter_dim)
        both = [plain.pop(dim) for dim in pair if dim in plain]
        yield _use_of_window(sheet, costs, window, both, domain, told)
    for each in plain.values():
        yield _use(sheet, costs, each, domain, told)


def _use(
    sheet: Sheet, costs: CostModel, unrolling: Unrolling, domain: Domain, told: Told
) -> Selection:
    """What one layer dimension makes of it: lanes, and what is left for time."""
    columns = dict(_lanes(costs, unrolling, domain, told))
    if domain.has_energy:
        layer, array = costs.layer, costs.accelerator.array
        values = unrolling.averages if costs.profile.whole_activations else unrolling.factors
        along = {array_dim: {unrolling.dim: each} for array_dim, each in values.items()}
        columns["rows"] = unrolling.along(array.bitline, values)
        columns["taps"] = taps_of_column(layer, array, along) * np.ones(len(unrolling.temporal))
    return sheet.derive(f"use {unrolling.dim}", unrolling.chosen, columns)


def _lanes(
    costs: CostModel, unrolling: Unrolling, domain: Domain, told: Told
) -> Iterator[tuple[str, Column]]:
    """Yield what multiplies whatever is diagonal."""
    array, profile = costs.accelerator.array, costs.profile
    for name, _ in array.dimensions:
        yield _on(name), unrolling.along_factors(name) * 1.0
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
    yield from told(unrolling).items()


def _use_of_window(
    sheet: Sheet,
    costs: CostModel,
    window: Window,
    unrollings: Sequence[Unrolling],
    domain: Domain,
    told: Told,
) -> Selection:
    """What both dimensions of a window make of it that may lie diagonally: rows of both."""
    array, found, parts = costs.accelerator.array, WindowRows(costs, window), []
    for unrolling in unrollings:
        name = "reach" if unrolling.dim == window.output_dim else "taps"
        columns = dict(_lanes(costs, unrolling, domain, told)) | found.part(name, unrolling)
        if name == "taps" and not array.wide_lines:  # distinct inputs have rows in their place
            columns[_on(array.bitline)] = np.ones(len(unrolling.temporal))
        parts.append(sheet.derive(f"use {unrolling.dim}", unrolling.chosen, columns))

    def derive(rows: Columns) -> Columns:
        kept = {name: rows[name] for name in _MULTIPLIED if name in rows}
        kept |= {name: each for name, each in rows.items() if name.startswith(("on ", ROW))}
        if not array.wide_lines:
            kept[_on(array.bitline)] = kept[_on(array.bitline)] * found.mapped(rows)
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

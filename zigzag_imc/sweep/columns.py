"""The columns of the tables of a sweep, and what they hold; units stand in the names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zigzag_imc.sweep.plan import Case
from zigzag_imc.sweep.quantities import ENERGIES

_ABOUT: dict[str, type] = {
    "accelerator": str,
    "accelerators": str,
    "network": str,
    "objective": str,
    "cost_model": str,
    "locality": str,
    "tile_sizes": str,
}
_HARDWARE: dict[str, type] = {
    "tclk_ns": float,
    "area_mm2": float,
    "array_area_mm2": float,
    "register_area_mm2": float,
    "cache_area_mm2": float,
}
_COST: dict[str, type] = {
    "energy_pj": float,
    "latency_cycles": float,
    "compute_cycles": float,
    "stall_cycles": float,
    "loading_cycles": float,
    "delay_ns": float,
    "edp_js": float,
    "tops": float,
    "tops_per_w": float,
    "tops_per_mm2": float,
    **dict.fromkeys(ENERGIES, float),
    "utilization": float,
}
_PROOF: dict[str, type] = {
    "status": str,
    "reason": str,
    "objective_value": float,
    "bound": float,
    "gap": float,
}

LAYER_COLUMNS: dict[str, type] = {
    "layer": str,
    "count": int,
    "operator": str,
    "loops": str,
    "operations": int,
    **_PROOF,
    **_COST,
    "input_reuse": float,
    "output_reuse": float,
    **_HARDWARE,
    "stored": str,
    "kept": str,
    "spatial": str,
    "temporal": str,
    "solve_s": float,
}
"""Columns of a layer after those that say what it is on; all of one of the ``count`` layers."""

NETWORK_COLUMNS: dict[str, type] = {
    "layers": int,
    "mapped_layers": int,
    "operations": int,
    **_PROOF,
    **_COST,
    **_HARDWARE,
    "tensors": int,
    "kept_tensors": int,
    "solve_s": float,
}
"""Columns of a network after those that say what it is on; all are sums over its layers."""


def about_columns(parameters: Mapping[str, type]) -> dict[str, type]:
    """Return the columns that say what a row is about, those of the parameters among them."""
    first = {name: _ABOUT[name] for name in ("accelerator", "accelerators")}
    return {**first, **parameters, **_ABOUT}


def parameter_columns(cases: Sequence[Case]) -> dict[str, str]:
    """Return the column of every parameter, by its name; the whole path where names clash."""
    paths = list(dict.fromkeys(path for case in cases for path in case.parameters))
    last = [path.rpartition(".")[2] for path in paths]
    taken = {*_ABOUT, *LAYER_COLUMNS, *NETWORK_COLUMNS}
    return {
        path: name if last.count(name) == 1 and name not in taken else f"parameter.{path}"
        for path, name in zip(paths, last, strict=True)
    }


def parameter_types(cases: Sequence[Case], columns: Mapping[str, str]) -> dict[str, type]:
    """Return what the columns of the parameters hold: numbers, or texts where kinds are mixed."""
    kinds: dict[str, set[type]] = {}
    for case in cases:
        for path, value in case.parameters.items():
            kinds.setdefault(columns[path], set()).add(type(value))
    return {name: _type_of(found) for name, found in kinds.items()}


def _type_of(found: set[type]) -> type:
    if found == {int}:
        return int
    return float if found <= {int, float} else str

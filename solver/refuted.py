"""Layers without any mapping, as CP-SAT has found them: its word is the last one here, too."""

from __future__ import annotations

from dataclasses import replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.models.array.slicing import Slicing
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.formulation.fitting import Fitting
from zigzag_imc.solver.formulation.refuting import is_refuted
from zigzag_imc.solver.infeasible import smallest_held_bits
from zigzag_imc.solver.solution import LastWord, SearchOptions, Solution


def refuted_bits(
    found: Solution,
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    options: SearchOptions,
) -> Solution:
    """Return that a layer's bits do not fit the array, as `found`, once CP-SAT says so as well."""
    array, precision = accelerator.array, layer.precision
    ports = accelerator.cells.ports
    return _refuted(
        found,
        Fitting(
            slices=Slicing.of(array, precision, profile).columns,
            columns=array.columns,
            weight_bits=precision.W,
            cell_bits=array.weight_bits,
            widths=tuple(w for port in ports for w in (port.bandwidth_min, port.bandwidth_max)),
        ),
        options,
    )


def refuted_tiles(
    found: Solution, layer: Layer, accelerator: Accelerator, options: SearchOptions
) -> Solution:
    """Return that not even the smallest tiles fit, as `found`, once CP-SAT says so as well."""
    return _refuted(
        found,
        Fitting(
            held_bits=smallest_held_bits(layer, accelerator),
            size_bits=tuple(memory.size_bits for memory in accelerator.memories),
        ),
        options,
    )


def _refuted(found: Solution, fitting: Fitting, options: SearchOptions) -> Solution:
    """Ask CP-SAT, which needs no time for it.

    Raises
    ------
    RuntimeError
        When CP-SAT finds that the least does fit: one of both is wrong.
    """
    if not is_refuted(fitting.model(), options.seed, options.parameters):
        raise RuntimeError(f"CP-SAT finds room where there is none: {found.reason}")
    if not options.counted:
        return found
    left = found.spatial_mappings or 0, found.mapspace_size or 0
    return replace(found, last_word=LastWord(*left, by_tiles=0, models=1))

"""How a spatial mapping spreads a layer: instances, broadcast widths and averages at every level.

Levels are *boundaries*: boundary 0 of an operand lies between the array and its lowest memory,
boundary ``a`` between its memories ``a - 1`` and ``a``. What crosses boundary ``a`` downwards is
the tile of one instance of memory ``a - 1`` (one element at boundary 0).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.array.diagonal import ByArrayDim, counted_once
from zigzag_imc.models.array.macro import MacroModel
from zigzag_imc.models.array.use import Rows, full_use, utilization, whole_use
from zigzag_imc.models.movement.unrolled import (
    OperandUnrollings,
    Unrolled,
    averages_of,
    fan_out,
    spatial_temporal_sizes,
)
from zigzag_imc.models.movement.words import Amount, floored, rounded
from zigzag_imc.models.profile import CostProfile


@dataclass(frozen=True, slots=True)
class OperandSpread:
    """One operand's share of a spatial mapping; every tuple is indexed by boundary.

    Attributes
    ----------
    average, whole
        Elements of the relevant dimensions outside windows that are unrolled below the boundary: on
        average, and as latency counts them.
    window_average, window_whole
        Per window of the layer, (output, filter) unrollings below the boundary; on average, and as
        latency counts.
    fan_average, fan_whole
        Distinct elements that one upper-side transfer spreads over lower instances.
    instances
        Instances of the memory below the boundary that are in use (at boundary 0: multipliers).
    reduced_above
        Whether a reduction is unrolled over instances above the boundary (partial sums leave the
        instance).
    """

    average: tuple[float, ...]
    whole: tuple[int, ...]
    window_average: tuple[tuple[tuple[float, float], ...], ...]
    window_whole: tuple[tuple[tuple[int, int], ...], ...]
    fan_average: tuple[float, ...]
    fan_whole: tuple[int, ...]
    instances: tuple[float, ...]
    reduced_above: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """A spatial mapping seen by the cost model.

    Attributes
    ----------
    temporal
        ``T_d`` per layer dimension.
    steps
        Activations of the array in time, ``prod(T_d)``.
    operands
        Spread of ``W``, ``I``, ``O``.
    array_energy_pj
        Energy of the array without local precharge, per component.
    mapped_rows
        Rows of a macro that hold weights.
    utilization
        Share of all multipliers times activations that do useful work.
    array_total_pj
        Sum of ``array_energy_pj``.
    loading_pj
        Share of an inference in loading weights that stay.
    """

    temporal: Mapping[str, int]
    steps: int
    operands: tuple[OperandSpread, OperandSpread, OperandSpread]
    array_energy_pj: Mapping[str, float]
    array_total_pj: float
    mapped_rows: int
    utilization: float
    loading_pj: float = 0.0

    @property
    def fixed_pj(self) -> float:
        """Energy that no tile changes."""
        return self.array_total_pj + self.loading_pj


def spread(
    layer: Layer,
    accelerator: Accelerator,
    macro: MacroModel,
    spatial: SpatialMapping,
    profile: CostProfile,
) -> Spread:
    """Work out all that depends on the spatial mapping alone."""
    array, whole = accelerator.array, spatial.by_array_dim
    averages = averages_of(layer, array, whole)
    timed = timed_unrollings(whole, averages, profile)
    weights, inputs, outputs = (
        _operand_spread(
            OperandUnrollings.of(layer, accelerator, operand, averages, whole),
            timed,
            profile,
            boundaries=len(accelerator.levels[operand]) + 1,
        )
        for operand in OPERANDS
    )
    temporal = spatial_temporal_sizes(layer, array, spatial)
    steps = math.prod(temporal.values())
    rows = Rows.of(layer, array, whole)
    if profile.whole_activations:
        use = whole_use(array, averages, Rows.on_average(layer, array, whole, averages), steps)
    else:
        use = full_use(array, counted_once(layer, array, whole), rows, layer.macs)
    unit_pj = macro.activation_energy_pj(use.rows.mapped, use.columns, use.rows.taps)
    energy = {name: pj * use.activations for name, pj in unit_pj.items()}
    return Spread(
        temporal=temporal,
        steps=steps,
        operands=(weights, inputs, outputs),
        array_energy_pj=energy,
        array_total_pj=sum(energy.values()),
        mapped_rows=int(rows.mapped),
        utilization=utilization(layer, macro.array, macro.columns_per_weight, steps),
    )


def timed_unrollings(whole: ByArrayDim, averages: ByArrayDim, profile: CostProfile) -> ByArrayDim:
    """Unrollings as latency counts them: whole ones, or averages cut down to a whole number."""
    if not profile.floor_unrolling:
        return whole
    return {
        array_dim: {dim: floored(value) for dim, value in dims.items()}
        for array_dim, dims in averages.items()
    }


def rounded_instances(active: Amount, profile: CostProfile) -> Amount:
    """Instances in use as energy counts them: on average, or rounded to a whole number."""
    return rounded(rounded(active, 3)) if profile.rounded_averages else active


def rounded_fan(inner: Unrolled, outer: Unrolled, profile: CostProfile) -> Amount:
    """Distinct elements that fan out over a boundary, as energy counts them.

    On average, or cut down to whole steps of windows and rounded to a whole number.
    """
    if not profile.rounded_averages:
        return fan_out(inner, outer, profile.phantom_dilation)
    return rounded(fan_out(inner.cut_down(), outer.cut_down(), profile.phantom_dilation))


def _operand_spread(
    average: OperandUnrollings, timed: ByArrayDim, profile: CostProfile, boundaries: int
) -> OperandSpread:
    """One operand's share, from the unrollings on average and as latency counts them."""
    bounds = range(boundaries)
    below = list(map(average.below, bounds))
    whole = list(map(average.of_others(timed).below, bounds))
    return OperandSpread(
        average=tuple(inside.plain for inside in below),
        whole=tuple(int(inside.plain) for inside in whole),
        window_average=tuple(inside.pairs for inside in below),
        window_whole=tuple(
            tuple((int(reach), int(taps)) for reach, taps in inside.pairs) for inside in whole
        ),
        fan_average=tuple(rounded_fan(inner, outer, profile) for inner, outer in pairwise(below)),
        fan_whole=tuple(
            round(fan_out(inner, outer, profile.phantom_dilation))
            for inner, outer in pairwise(whole)
        ),
        instances=tuple(rounded_instances(average.active(a), profile) for a in bounds),
        reduced_above=tuple(map(average.reduced_above, bounds)),
    )

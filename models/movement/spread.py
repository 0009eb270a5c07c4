"""How a spatial mapping spreads a layer: instances, broadcast widths and averages at every level.

Levels are *boundaries*: boundary 0 of an operand lies between the array and its lowest memory,
boundary ``a`` between its memories ``a - 1`` and ``a``. What crosses boundary ``a`` downwards is
the tile of one instance of memory ``a - 1`` (one element at boundary 0).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer, Window
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.array.diagonal import band_rows
from zigzag_imc.models.array.macro import MacroModel
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
    """

    temporal: Mapping[str, int]
    steps: int
    operands: tuple[OperandSpread, OperandSpread, OperandSpread]
    array_energy_pj: Mapping[str, float]
    array_total_pj: float
    mapped_rows: int
    utilization: float


def fan_boundaries(accelerator: Accelerator, operand: str) -> dict[str, int]:
    """Per array dimension, the boundary at which it fans out.

    The lowest memory of ``operand`` that serves it.
    """
    levels = accelerator.levels[operand]
    return {
        array_dim: next(
            (
                level
                for level, index in enumerate(levels)
                if array_dim in accelerator.memories[index].served
            ),
            len(levels),
        )
        for array_dim, _ in accelerator.array.dimensions
    }


def average_unrollings(layer: Layer, spatial: SpatialMapping) -> dict[str, dict[str, float]]:
    """Return the unrollings in use on average, per array and layer dimension.

    Where the product of unrollings of ``d`` exceeds ``N_d / T_d``, the array dimension with its
    largest unrolling (the first of them) is the one that stays partly empty.
    """
    averages: dict[str, dict[str, float]] = {
        array_dim: dict(dims) for array_dim, dims in spatial.unrollings
    }
    for dim, factor in spatial.factors.items():
        steps = -(-layer.sizes[dim] // factor)
        widest = max(
            (array_dim for array_dim, dims in spatial.unrollings if dim in dict(dims)),
            key=lambda array_dim: spatial.on(array_dim)[dim],
        )
        others = factor // spatial.on(widest)[dim]
        averages[widest][dim] = layer.sizes[dim] / steps / others
    return averages


def spread(
    layer: Layer,
    accelerator: Accelerator,
    macro: MacroModel,
    spatial: SpatialMapping,
    profile: CostProfile,
) -> Spread:
    """Work out all that depends on the spatial mapping alone."""
    array = accelerator.array
    averages = average_unrollings(layer, spatial)
    if profile.floor_unrolling:
        timed = {
            array_dim: {dim: int(value) for dim, value in dims.items()}
            for array_dim, dims in averages.items()
        }
    else:
        timed = {array_dim: dict(dims) for array_dim, dims in spatial.unrollings}
    operands = [
        _operand_spread(layer, accelerator, op, averages, timed, profile) for op in OPERANDS
    ]
    temporal = spatial.temporal_sizes(layer.loop_dims)
    steps = math.prod(temporal.values())

    whole = spatial.by_array_dim
    mapped_rows = int(band_rows(layer, array, whole, profile.unit_diagonals))
    if profile.whole_activations:
        rows = band_rows(layer, array, averages, profile.unit_diagonals)
        columns = math.prod(averages.get(array.wordline, {}).values())
        macros = math.prod(
            value for name, _ in array.dimensions[2:] for value in averages.get(name, {}).values()
        )
        activations = steps * macros
    else:
        rows, columns = mapped_rows, spatial.product(array.wordline)
        activations = layer.macs / (spatial.product(array.bitline) * columns)
    energy = {
        name: pj * activations for name, pj in macro.activation_energy_pj(rows, columns).items()
    }
    return Spread(
        temporal=temporal,
        steps=steps,
        operands=(operands[0], operands[1], operands[2]),
        array_energy_pj=energy,
        array_total_pj=sum(energy.values()),
        mapped_rows=mapped_rows,
        utilization=layer.macs * macro.columns_per_weight / (steps * macro.array.units),
    )


def _operand_spread(
    layer: Layer,
    accelerator: Accelerator,
    operand: str,
    averages: Mapping[str, Mapping[str, float]],
    timed: Mapping[str, Mapping[str, int]],
    profile: CostProfile,
) -> OperandSpread:
    rounded, phantom = profile.rounded_averages, profile.phantom_dilation
    relevant = layer.relevant(operand)
    windows = layer.windows if operand == "I" else ()
    plain = relevant.difference(*((window.output_dim, window.filter_dim) for window in windows))
    levels = len(accelerator.levels[operand])
    fans_at = fan_boundaries(accelerator, operand)
    bounds = range(levels + 1)

    average_below = [_below(averages, fans_at, a) for a in bounds]
    average = tuple(_product(inside, plain) for inside in average_below)
    window_average = tuple(_pairs(inside, windows) for inside in average_below)
    timed_below = [_below(timed, fans_at, a) for a in bounds]
    whole = tuple(int(_product(inside, plain)) for inside in timed_below)
    window_whole = tuple(
        tuple((int(x), int(y)) for x, y in _pairs(inside, windows)) for inside in timed_below
    )
    # Cut down to whole steps, or as they are on average.
    window_counted: Sequence[_Pairs] = window_average
    if rounded:
        window_counted = [tuple((int(x), int(y)) for x, y in pairs) for pairs in window_average]
    fans_average = [
        average[a + 1]
        / average[a]
        * _widening(windows, window_counted[a], window_counted[a + 1], phantom)
        for a in range(levels)
    ]
    return OperandSpread(
        average=average,
        whole=whole,
        window_average=window_average,
        window_whole=window_whole,
        fan_average=tuple(round(fan) for fan in fans_average) if rounded else tuple(fans_average),
        fan_whole=tuple(
            round(
                whole[a + 1]
                / whole[a]
                * _widening(windows, window_whole[a], window_whole[a + 1], phantom)
            )
            for a in range(levels)
        ),
        instances=tuple(_instances(averages, fans_at, a, rounded) for a in bounds),
        reduced_above=tuple(
            any(
                value > 1
                for array_dim, dims in averages.items()
                if fans_at[array_dim] > a
                for dim, value in dims.items()
                if dim not in relevant
            )
            for a in bounds
        ),
    )


_Pairs = tuple[tuple[float, float], ...]


def _below(
    unrollings: Mapping[str, Mapping[str, float]], fans_at: Mapping[str, int], boundary: int
) -> dict[str, float]:
    """Unrolling of every layer dimension inside one instance of the memory below a boundary."""
    inside: dict[str, float] = {}
    for array_dim, dims in unrollings.items():
        if fans_at[array_dim] < boundary:
            for dim, value in dims.items():
                inside[dim] = inside.get(dim, 1) * value
    return inside


def _product(inside: Mapping[str, float], dims: frozenset[str]) -> float:
    return math.prod([value for dim, value in inside.items() if dim in dims])


def _pairs(inside: Mapping[str, float], windows: Sequence[Window]) -> _Pairs:
    return tuple(
        (inside.get(window.output_dim, 1), inside.get(window.filter_dim, 1)) for window in windows
    )


def _widening(windows: Sequence[Window], inner: _Pairs, outer: _Pairs, phantom: bool) -> float:
    """How many times the positions of the windows below a boundary those above it are."""
    ratio = 1.0
    for window, low, high in zip(windows, inner, outer, strict=True):
        ratio *= window.extent(*high, phantom) / window.extent(*low, phantom)
    return ratio


def _instances(
    averages: Mapping[str, Mapping[str, float]],
    fans_at: Mapping[str, int],
    boundary: int,
    rounded: bool,
) -> float:
    """Instances in use of the memory below a boundary."""
    active = math.prod(
        [
            value
            for array_dim, dims in averages.items()
            if fans_at[array_dim] >= boundary
            for value in dims.values()
        ]
    )
    return round(round(active, 3)) if rounded else active

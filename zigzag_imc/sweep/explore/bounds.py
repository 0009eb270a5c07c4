"""What a layer costs at least on an accelerator, told without a search.

Both bounds are those with which the solver begins; here the least of all mappings is taken of
energy and of latency, each for itself.

They hold whether tiles divide or not: peak and compulsory traffic count multiplications and
elements, of which either space has the same; bounds of spatial mappings know all loops in time of a
dimension, and none of its tiles. The solver begins with the same ones for tiles of any size.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import ZigzagImcError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.space import Space
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import CostProfile, profile_named
from zigzag_imc.onnx_workload.network import LayerGroup
from zigzag_imc.solver.presolve.floor import Floor, floor_of
from zigzag_imc.solver.presolve.spatial.sharing import listed_and_bounded
from zigzag_imc.solver.tables.lattice import Array
from zigzag_imc.sweep.problems import Question

BoundKind = Literal["peak and compulsory traffic", "presolve"]
"""How a bound is found: from layer and accelerator alone, or over all spatial mappings."""

_NOTHING = Floor(0.0, 0.0)

Bounds = tuple[Floor, ...]
"""Least energy (pJ) and latency (cycles) of each of some layers."""


@dataclass(frozen=True, slots=True)
class BoundTask:
    """Layers to be bounded on accelerators alike, which share nearly all of the work.

    Attributes
    ----------
    groups
        The layers with what their mappings have to keep.
    accelerators, question
        What they are mapped onto, and what is asked.
    with_latency
        Whether latency takes part in what is asked; else it is not bounded.
    """

    groups: tuple[LayerGroup, ...]
    accelerators: tuple[Accelerator, ...]
    question: Question
    with_latency: bool = True

    def run(self, should_stop: Callable[[], bool]) -> tuple[Bounds, ...]:
        """Bound them on every accelerator.

        Of layers that were not begun when a stop was asked for, nothing is known.
        """
        # One layer on all of them after the other: what they share of it need not be kept long.
        of_layers = [self._of_layer(group, should_stop) for group in self.groups]
        return tuple(zip(*of_layers, strict=True)) or tuple(() for _ in self.accelerators)

    def _of_layer(self, group: LayerGroup, should_stop: Callable[[], bool]) -> list[Floor]:
        return [
            _NOTHING
            if should_stop()
            else least_of(group, accelerator, self.question, "presolve", self.with_latency)
            for accelerator in self.accelerators
        ]


def least_of(
    group: LayerGroup,
    accelerator: Accelerator,
    question: Question,
    kind: BoundKind,
    with_latency: bool = True,
) -> Floor:
    """Return least energy and latency of a layer, whichever operand is stored."""
    profile, space = profile_named(question.cost_model), question.space(group.constraints)
    bound: Callable[[Layer, Accelerator, CostProfile, Space], Floor] = _of_peak
    if kind == "presolve":
        bound = partial(_of_spatial_mappings, with_latency=with_latency)
    found = [bound(layer, accelerator, profile, space) for layer in group.layer.alternatives]
    return Floor(
        min(one.energy_pj for one in found) * (1 - TOLERANCE),
        min(one.latency_cycles for one in found) * (1 - TOLERANCE),
    )


def _of_peak(layer: Layer, accelerator: Accelerator, profile: CostProfile, _: Space) -> Floor:
    """Every multiplier busy all the time, every element moved once where it has to be."""
    try:
        return floor_of(CostModel(layer, accelerator, profile))
    except ZigzagImcError:  # bits that do not fit the array: the search will say so
        return _NOTHING


def _of_spatial_mappings(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    space: Space,
    with_latency: bool = True,
) -> Floor:
    """Least bounds of all spatial mappings; that of latency is 0 where it takes no part."""
    try:
        costs = CostModel(layer, accelerator, profile)
        # Of those that cost the same, one: their bounds are the same, too.
        spatials, known = listed_and_bounded(costs, with_latency, space)
    except ZigzagImcError:
        return _NOTHING
    if not len(spatials):
        return _NOTHING
    return Floor(_least(known.energy_pj), _least(known.latency))


def _least(values: Array) -> float:
    least = float(values.min(initial=math.inf))
    return least if math.isfinite(least) else 0.0

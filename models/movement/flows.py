"""Flows: what crosses each boundary of an operand, how much at a time and how often."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any, NamedTuple

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import TemporalMapping
from zigzag_imc.models.movement.spread import Spread
from zigzag_imc.models.movement.tiles import LoopRoles, Tiles, Unrollings, window_positions
from zigzag_imc.models.movement.traffic import FlowOrder, output_bits
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.models.profile import CostProfile


@dataclass(
    slots=True
)  # not frozen: that would make building one, for every score, four times as slow
class Flows:
    """All transfers of a mapping; one entry per flow in each list, in the order of `FlowOrder`.

    Attributes
    ----------
    tiles
        Tiles below the boundary; ``tiles.cycles`` are the activations of the array per period.
    transfers
        Periods in the whole computation: transfers of inputs down and outputs up.
    carried
        Transfers that carry data. Those of partial sums back down can be fewer than there are
        periods, or none.
    elements
        Elements per transfer, on average over the instances (what energy counts).
    element_bits
        Bits of one element on its way; zero for outputs back down where they are no partial sums.
    average_bits, bits
        Bits per transfer on average over the instances, and with whole unrollings (what latency
        counts).
    """

    tiles: Tiles
    transfers: list[int]
    carried: list[int]
    elements: Sequence[float]
    element_bits: list[int]
    average_bits: Sequence[float]
    bits: list[int]


class Unrolled(NamedTuple):
    """What a spatial mapping unrolls below the boundary of every flow.

    Attributes
    ----------
    plain
        Per flow, elements of the relevant dimensions outside windows.
    windows
        The flows of tiles with windows, and per window the (output, filter) unrollings.
    """

    plain: tuple[float, ...]
    windows: tuple[tuple[int, Unrollings], ...]


class FlowPlan(NamedTuple):
    """What a spatial mapping alone decides of the flows.

    Attributes
    ----------
    steps
        Activations of the array in time.
    distinct
        Iterations of the relevant loops of the outputs.
    outputs
        Per boundary of the outputs, the flows up and back down, and whether a reduction is unrolled
        above.
    whole, average
        Unrollings as latency counts them, and on average; no averages where they are the same.
    """

    steps: int
    distinct: int
    outputs: tuple[tuple[int, int, bool], ...]
    whole: Unrolled
    average: Unrolled | None


class FlowModel:
    """Flows of mappings of one layer on one accelerator."""

    def __init__(self, layer: Layer, accelerator: Accelerator, profile: CostProfile) -> None:
        self.layer, self.profile = layer, profile
        self.order = FlowOrder.of(accelerator)
        self._tops = self.order.tops if any(self.order.tops) else None
        self._roles = [LoopRoles.of(layer, operand) for operand in OPERANDS]
        w, i, o = self.order.boundaries
        self._bits_if_final = (
            [layer.precision.W] * w + [layer.precision.I] * i + [output_bits(layer, False)] * o
        )
        self._bits_if_final += [0] * o  # nothing comes back down
        self._partial_bits = output_bits(layer, True)

    def plan(self, laid: Spread) -> FlowPlan:
        """Compile a spatial mapping."""
        listed = zip(laid.operands, self.order.boundaries, strict=True)
        ends = [(of, boundary) for of, boundaries in listed for boundary in range(boundaries)]
        first, back = self.order.first[2], self.order.back
        ends += ends[first:]
        # One element crosses boundary 0, so no window is needed there.
        windowed = [(flow, of, a) for flow, (of, a) in enumerate(ends) if a and of.window_whole[a]]
        whole = Unrolled(
            tuple(of.whole[a] for of, a in ends),
            tuple((flow, of.window_whole[a]) for flow, of, a in windowed),
        )
        average = Unrolled(
            tuple(of.average[a] for of, a in ends),
            tuple((flow, of.window_average[a]) for flow, of, a in windowed),
        )
        return FlowPlan(
            steps=laid.steps,
            distinct=math.prod(
                size for dim, size in laid.temporal.items() if dim in self.layer.output_dims
            ),
            outputs=tuple(
                (first + a, first + a + back, laid.operands[2].reduced_above[a])
                for a in range(self.order.boundaries[2])
            ),
            whole=whole,
            average=None if average == whole else average,
        )

    def flows(self, plan: FlowPlan, temporal: TemporalMapping) -> Flows:
        """Work out all flows of a mapping."""
        tiles = self._tiles(temporal)
        transfers = [plan.steps // cycles for cycles in tiles.cycles]
        carried = transfers.copy()
        element_bits = self._bits_if_final.copy()
        for up, back, reduced in plan.outputs:
            distinct = plan.distinct // tiles.tile[up]
            if reduced or transfers[up] != distinct:  # by unrolling or by loops above the boundary
                element_bits[up] = element_bits[back] = self._partial_bits
                carried[back] = readbacks(transfers[up], distinct, self.profile)
            else:
                carried[back] = 0
        elements = self._elements(plan.whole, tiles, False)
        bits = average_bits = list(map(mul, elements, element_bits))
        if plan.average:
            elements = self._elements(plan.average, tiles, self.profile.rounded_averages)
            if self.profile.rounded_averages:
                elements = [round(count) for count in elements]
            average_bits = list(map(mul, elements, element_bits))
        return Flows(tiles, transfers, carried, elements, element_bits, average_bits, bits)

    def _tiles(self, temporal: TemporalMapping) -> Tiles:
        """Tiles below all boundaries in the order of the flows."""
        loops = temporal.loops
        weights, inputs, outputs = self._roles
        w, i, o = temporal.cuts
        if self._tops:
            w, i, o = (
                (*cuts, len(loops)) if top else cuts
                for cuts, top in zip(temporal.cuts, self._tops, strict=True)
            )
        ways = outputs.rows(loops, o)
        return Tiles(
            *zip(*weights.rows(loops, w), *inputs.rows(loops, i), *ways, *ways, strict=True)
        )

    def _elements(self, unrolled: Unrolled, tiles: Tiles, cut_down: bool) -> list[Any]:
        """Elements per transfer of every flow: whole numbers where the unrollings are."""
        elements = list(map(mul, unrolled.plain, tiles.tile))
        for flow, unrollings in unrolled.windows:
            elements[flow] *= window_positions(
                self.layer.windows,
                unrollings,
                tiles.spans[flow],
                self.profile.phantom_dilation,
                cut_down,
            )
        return elements


def readbacks(transfers: Amount, distinct: Amount, profile: CostProfile) -> Amount:
    """Transfers of partial sums back down; elementwise over arrays.

    On every visit of a tile but, in hardware, the first: ``transfers - distinct``.
    """
    return transfers if profile.first_visit_readback else transfers - distinct

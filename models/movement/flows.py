"""Flows: what crosses each boundary of an operand, how much at a time and how often."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any, NamedTuple

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import TemporalMapping
from zigzag_imc.models.movement.short_flows import Lot, Part, ShortFlows, lots_at
from zigzag_imc.models.movement.short_tiles import Level, LoopNest
from zigzag_imc.models.movement.spread import Spread
from zigzag_imc.models.movement.tiles import (
    LoopRoles,
    Spans,
    TileRow,
    Tiles,
    Unrollings,
    window_positions,
)
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
    short
        Where the outermost loop of a dimension ends short: transfers of every length. All else here
        is then that of full tiles, but for ``bits``: they are those of the transfer that is loaded
        first, or unloaded last.
    """

    tiles: Tiles
    transfers: list[int]
    carried: list[int]
    elements: Sequence[float]
    element_bits: list[int]
    average_bits: Sequence[float]
    bits: list[int]
    short: ShortFlows | None = None

    def moved_bits(self, flow: int) -> int:
        """Bits of all transfers of a flow that only goes one way, with whole unrollings."""
        if self.short is None:
            return self.bits[flow] * self.transfers[flow]
        return sum(part.times * part.bits for part in self.short.parts[flow])


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
    sizes, steps
        ``T_d`` of every layer dimension; activations of the array in time, their product.
    distinct
        Iterations of the relevant loops of the outputs.
    outputs
        Per boundary of the outputs, the flows up and back down, and whether a reduction is unrolled
        above.
    whole, average
        Unrollings as latency counts them, and on average; no averages where they are the same.
    """

    sizes: Mapping[str, int]
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
        self._first_back = w + i + o

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
            sizes=laid.temporal,
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
        steps = 1
        for _, factor in temporal.loops:  # faster than a product of a list
            steps *= factor
        if steps != plan.steps:
            return self._short_flows(plan, temporal)
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
        w, i, o = self._cuts(temporal)
        ways = outputs.rows(loops, o)
        return Tiles(
            *zip(*weights.rows(loops, w), *inputs.rows(loops, i), *ways, *ways, strict=True)
        )

    def _cuts(self, temporal: TemporalMapping) -> Sequence[tuple[int, ...]]:
        """Cuts of every operand at all boundaries that are listed."""
        if not self._tops:
            return temporal.cuts
        end = len(temporal.loops)
        return [
            (*cuts, end) if top else cuts
            for cuts, top in zip(temporal.cuts, self._tops, strict=True)
        ]

    def _elements(self, unrolled: Unrolled, tiles: Tiles, cut_down: bool) -> list[Any]:
        """Elements per transfer of every flow: whole numbers where the unrollings are."""
        elements = list(map(mul, unrolled.plain, tiles.tile))
        for flow, unrollings in unrolled.windows:
            elements[flow] *= self._positions(unrollings, tiles.spans[flow], cut_down)
        return elements

    def _positions(self, unrollings: Unrollings, spans: Spans, cut_down: bool) -> Any:
        """Input positions that the windows of a tile touch."""
        phantom = self.profile.phantom_dilation
        return window_positions(self.layer.windows, unrollings, spans, phantom, cut_down)

    # ------------------------------------------------------------------ short tiles
    def _short_flows(self, plan: FlowPlan, temporal: TemporalMapping) -> Flows:
        """Work out the flows of a mapping in which the outermost loop of a dimension ends short."""
        nest = LoopNest(temporal.loops, plan.sizes)
        levels: list[Level] = []
        rows: list[TileRow] = []
        lots: list[list[Lot]] = []
        for operand, roles, cuts in zip(OPERANDS, self._roles, self._cuts(temporal), strict=True):
            found = roles.levels(nest.loops, cuts)
            levels += found
            rows += roles.full_rows(nest, cuts)
            lots += [lots_at(nest, level, self.layer, operand, roles) for level in found]
        back = self.order.back
        levels, rows, lots = levels + levels[-back:], rows + rows[-back:], lots + lots[-back:]
        element_bits = self._bits_if_final.copy()
        for up, down, reduced in plan.outputs:
            if reduced or any(lot.times != lot.distinct for lot in lots[up]):
                element_bits[up] = element_bits[down] = self._partial_bits
        parts = [
            tuple(self._part(plan, flow, element_bits[flow], lot) for lot in of_flow)
            for flow, of_flow in enumerate(lots)
        ]
        bits = [of_flow[0].bits for of_flow in parts]
        for up, _, _ in plan.outputs:
            bits[up] = parts[up][-1].bits
        return Flows(
            tiles=Tiles(*zip(*rows, strict=True)),
            transfers=[sum(part.times for part in of_flow) for of_flow in parts],
            carried=[sum(part.carried for part in of_flow) for of_flow in parts],
            elements=[self._average(plan, flow, of[0]) for flow, of in enumerate(lots)],
            element_bits=element_bits,
            average_bits=[of_flow[0].average_bits for of_flow in parts],
            bits=bits,
            short=ShortFlows(nest, levels, parts),
        )

    def _part(self, plan: FlowPlan, flow: int, element_bits: int, lot: Lot) -> Part:
        """Work out the transfers of one lot of tiles."""
        carried = lot.times
        if flow >= self._first_back:
            carried = readbacks(carried, lot.distinct, self.profile) if element_bits else 0
        average = self._average(plan, flow, lot)
        whole = self._held_elements(plan.whole, flow, lot, False)
        return Part(carried, average * element_bits, whole * element_bits, lot.tile, lot.periods)

    def _average(self, plan: FlowPlan, flow: int, lot: Lot) -> Any:
        """Elements of a tile on average over the instances, as energy counts them."""
        if plan.average is None:
            return self._held_elements(plan.whole, flow, lot, False)
        if self.profile.rounded_averages:
            return round(self._held_elements(plan.average, flow, lot, True))
        return self._held_elements(plan.average, flow, lot, False)

    def _held_elements(self, unrolled: Unrolled, flow: int, lot: Lot, cut_down: bool) -> Any:
        """Elements of one tile of a flow."""
        elements = unrolled.plain[flow] * lot.tile
        unrollings = dict(unrolled.windows).get(flow)
        if unrollings is None:
            return elements
        return elements * self._positions(unrollings, lot.spans, cut_down)


def readbacks(transfers: Amount, distinct: Amount, profile: CostProfile) -> Amount:
    """Transfers of partial sums back down; elementwise over arrays.

    On every visit of a tile but, in hardware, the first: ``transfers - distinct``.
    """
    return transfers if profile.first_visit_readback else transfers - distinct

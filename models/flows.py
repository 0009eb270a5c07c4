"""Flows: what crosses each boundary of an operand, how much at a time and how often."""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.core.layer import Layer
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.models.spread import OperandSpread
from zigzag_imc.models.tiles import OperandTiles, elements_average, elements_whole
from zigzag_imc.models.traffic import output_bits


@dataclass(slots=True)  # not frozen: that would make building one, eight times a score, four times as slow
class Flow:
    """The transfers over one boundary in the whole computation.

    Attributes
    ----------
    elements
        Elements per transfer, on average over the instances (what energy counts).
    whole
        Elements per transfer, whole unrollings (what latency counts).
    bits
        Bits of one element on its way.
    transfers
        Transfers in the main direction: inputs down, outputs up; one per period.
    down, up
        Transfers in each direction.
    partial
        Whether partial sums come back down.
    cycles
        Activations of the array per period.
    top_irrelevant
        Product of the irrelevant loops uppermost below the boundary.
    """

    elements: float
    whole: int
    bits: int
    transfers: int
    down: int
    up: int
    partial: bool
    cycles: int
    top_irrelevant: int


def operand_flows(
    layer: Layer, operand: str, of: OperandSpread, tiles: OperandTiles, steps: int, profile: CostProfile
) -> list[Flow]:
    """Work out the flows over every boundary below the top memory, lowest first."""
    rounded, phantom, exact = profile.rounded_averages, profile.phantom_dilation, of.exact
    bits = layer.precision.bits(operand)
    outputs = operand == "O"
    all_idle, all_tiles = tiles.idle[-1], tiles.tile[-1]
    partial, back = False, 0
    flows = []
    for a in range(len(of.fan_whole)):
        elements: float
        elements = whole = elements_whole(layer, of, tiles, a, phantom) if a else 1
        if not exact:
            elements = elements_average(layer, of, tiles, a, rounded, phantom)
        cycles = tiles.cycles[a]
        transfers = steps // cycles
        if outputs:
            partial = tiles.idle[a] != all_idle or of.reduced_above[a]
            bits = output_bits(layer, partial)
            back = readbacks(transfers, all_tiles // tiles.tile[a], profile) if partial else 0
            flow = Flow(elements, whole, bits, transfers, back, transfers, partial, cycles, tiles.top_irrelevant[a])
        else:
            flow = Flow(elements, whole, bits, transfers, transfers, 0, False, cycles, tiles.top_irrelevant[a])
        flows.append(flow)
    return flows


def readbacks(transfers: int, distinct: int, profile: CostProfile) -> int:
    """Transfers of partial sums back down: on every visit of a tile but, in hardware, the first."""
    return transfers if profile.first_visit_readback else transfers - distinct

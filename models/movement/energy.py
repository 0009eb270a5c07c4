"""Memory energy of a mapping: its flows through the accesses that the accelerator makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.movement.flows import Flows
from zigzag_imc.models.movement.short_flows import ShortFlows
from zigzag_imc.models.movement.spread import Spread
from zigzag_imc.models.movement.traffic import Access, Boundary
from zigzag_imc.models.movement.words import Amount, full_accesses
from zigzag_imc.models.profile import CostProfile


class Route(NamedTuple):
    """One access at a boundary under one spatial mapping.

    Attributes
    ----------
    flow
        Place of what the access carries in the lists of flows.
    fan
        Tiles that one transfer takes at once: the memory above a boundary feeds several below.
    bandwidth_min, share
        Smallest access in bits, and its share of the full width.
    instances
        Instances in use of the memory that is accessed, on average.
    access
        Where the access happens, and what it costs.
    """

    flow: int
    fan: float
    bandwidth_min: int
    share: float
    instances: float
    access: Access


def compile_routes(boundaries: Mapping[str, Sequence[Boundary]], laid: Spread) -> tuple[Route, ...]:
    """List every access with what the spatial mapping makes of it."""
    routes = []
    for operand, of in zip(OPERANDS, laid.operands, strict=True):
        for boundary in boundaries[operand]:
            a = boundary.index
            for access in (*boundary.down, *boundary.up):
                low, high = access.port.bandwidth_min, access.port.bandwidth_max
                fan = of.fan_average[a] if access.upper else 1
                routes.append(
                    Route(access.flow, fan, low, low / high, of.instances[a + access.upper], access)
                )
    return tuple(routes)


def memory_words(routes: Sequence[Route], flows: Flows, whole: bool) -> list[float]:
    """Count the accesses of full width along every route."""
    if flows.short is not None:
        return [_words_in_parts(route, flows.short, whole) for route in routes]
    bits, carried = flows.average_bits, flows.carried
    return [
        full_accesses(bits[flow] * fan, bandwidth_min, share, carried[flow], instances, whole)
        if carried[flow]
        else 0.0
        for flow, fan, bandwidth_min, share, instances, _ in routes
    ]


def _words_in_parts(route: Route, short: ShortFlows, whole: bool) -> float:
    """Count accesses of full width where transfers differ: each takes whole words of its own."""
    flow, fan, bandwidth_min, share, instances, _ = route
    words: float = sum(
        full_accesses(part.average_bits * fan, bandwidth_min, share, part.carried, instances, whole)
        for part in short.parts[flow]
        if part.carried
    )
    return words


def precharge_reads(macs: int, period: Amount, resting: Amount, profile: CostProfile) -> Amount:
    """Local precharges of a cell group; for one mapping, or elementwise for arrays of tiles.

    Once per MAC and stationary period of the weights.

    Parameters
    ----------
    macs
        Multiply-accumulate operations of the layer.
    period
        Activations for which the weights rest at the cells.
    resting
        Activations of these that lie in loops inside the cells' own level. The reference tool
        divides by them once more.
    """
    reads = macs / period
    return reads // 1 / resting if profile.repeated_precharge else reads

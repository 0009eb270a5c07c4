"""Memory energy of a mapping: its flows through the accesses that the accelerator makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.flows import Flow
from zigzag_imc.models.spread import Spread
from zigzag_imc.models.traffic import Access, Boundary
from zigzag_imc.models.words import full_accesses


class Route(NamedTuple):
    """One access at a boundary under one spatial mapping.

    Attributes
    ----------
    flow
        Place of the boundary in the list of all flows, operand by operand.
    downwards
        Which of its two directions the access carries.
    fan
        Tiles that one transfer takes at once: the memory above a boundary feeds several below.
    bandwidth_min, share
        Smallest access in bits, and its share of the full width.
    """

    flow: int
    downwards: bool
    fan: float
    bandwidth_min: int
    share: float
    instances: float
    access: Access


def compile_routes(boundaries: Mapping[str, Sequence[Boundary]], laid: Spread) -> tuple[Route, ...]:
    """List every access with what the spatial mapping makes of it."""
    routes = []
    place = 0
    for operand, of in zip(OPERANDS, laid.operands, strict=True):
        for boundary in boundaries[operand]:
            a = boundary.index
            for accesses, downwards in ((boundary.down, True), (boundary.up, False)):
                for access in accesses:
                    low, high = access.port.bandwidth_min, access.port.bandwidth_max
                    fan = of.fan_average[a] if access.upper else 1
                    routes.append(Route(place, downwards, fan, low, low / high, of.instances[a + access.upper], access))
            place += 1
    return tuple(routes)


def memory_words(routes: Sequence[Route], flows: Sequence[Flow], whole: bool) -> list[float]:
    """Count the accesses of full width along every route."""
    counts = []
    for place, downwards, fan, bandwidth_min, share, instances, _ in routes:
        flow = flows[place]
        transfers = flow.down if downwards else flow.up
        if transfers:
            bits = flow.elements * fan * flow.bits
            counts.append(full_accesses(bits, bandwidth_min, share, transfers, instances, whole))
        else:
            counts.append(0.0)
    return counts

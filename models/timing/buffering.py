"""Double buffering: which memories can fetch the next tile while the last one is in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.models.movement.flows import Flows
from zigzag_imc.models.movement.traffic import FlowOrder
from zigzag_imc.models.movement.words import ROUNDING_SLACK, Amount, floored
from zigzag_imc.models.profile import CostProfile


class _Shared(NamedTuple):
    """A memory that receives tiles.

    Its size, the flows of all tiles in it, and those that bring one in.
    """

    size_bits: int
    tenants: tuple[int, ...]
    received: tuple[int, ...]


def second_tile_bits(elements: Amount, element_bits: Amount, run: Amount) -> Amount:
    """Bits that a second tile takes beside the first one; for one tile, or elementwise for many.

    Parameters
    ----------
    elements
        Elements of the tile on average over the instances, rounded up here.
    element_bits
        Bits of one element.
    run
        Product of the uppermost loops below the boundary as far as they are all relevant: such a
        tile frees its space piece by piece, so only one step of those loops is held twice.
    """
    return -floored(ROUNDING_SLACK - elements) * element_bits // run


def room_order(layer: Layer) -> tuple[str, ...]:
    """Return the order in which operands take the room that is left in a shared memory."""
    return ("O", "I", "W") if layer.is_matrix_product else ("O", "W", "I")


class Buffering:
    """Windows of every flow: the part of a period in which its transfer may overlap with computing.

    A window is the whole period where the memory below the boundary has room for a second tile,
    else the last iteration of the uppermost irrelevant loops: only then is the old tile no longer
    needed.
    """

    def __init__(self, layer: Layer, accelerator: Accelerator, profile: CostProfile) -> None:
        order = FlowOrder.of(accelerator)
        tenants: dict[int, list[int]] = {}
        received: dict[int, list[int]] = {}
        for operand in room_order(layer):
            levels = accelerator.levels[operand]
            for level, memory in enumerate(levels):
                if operand in accelerator.memories[memory].kept:
                    continue  # in room of its own, and never fetched
                flow = order.place(operand, level + 1)
                tenants.setdefault(memory, []).append(flow)
                if memory != levels[-1]:
                    received.setdefault(memory, []).append(flow)
        self.memories = [
            _Shared(accelerator.memories[memory].size_bits, tuple(tenants[memory]), tuple(flows))
            for memory, flows in received.items()
        ]

    def windows(self, flows: Flows, periods: Sequence[int]) -> list[int]:
        """Return the window of every flow, in the unit of the ``periods``."""
        windows = list(periods)
        runs = flows.tiles.top_irrelevant
        for flow in self.single_buffered(flows):
            windows[flow] //= runs[flow]  # whole: no tile is short
        return windows

    def single_buffered(self, flows: Flows) -> list[int]:
        """Flows whose window is less than the period: their tiles find no room for a second one."""
        found: list[int] = []
        runs = flows.tiles.top_irrelevant
        for memory in self.memories:
            for flow in memory.received:
                if runs[flow] != 1:  # else its window is the whole period anyway
                    break
            else:
                continue
            doubled = self._double_buffered(memory, flows)
            if doubled is not memory.tenants:
                found += [flow for flow in memory.received if flow not in doubled]
        return found

    def _double_buffered(self, memory: _Shared, flows: Flows) -> Sequence[int]:
        """Flows of the tiles in one memory that find room for a second one.

        Tenants take the room in turn; the first that does not fit leaves it to those after it.
        """
        size, tenants, _ = memory
        elements, element_bits, runs = flows.elements, flows.element_bits, flows.tiles.top_relevant
        if flows.short is None:
            needs = [
                second_tile_bits(elements[flow], element_bits[flow], runs[flow]) for flow in tenants
            ]
        else:  # runs are fractions, by which only whole numbers are divided exactly
            needs = [
                int(second_tile_bits(elements[flow], element_bits[flow], 1)) // runs[flow]
                for flow in tenants
            ]
        used = sum(needs)
        if 2 * used <= size:
            return tenants
        found = []
        for flow, bits in zip(tenants, needs, strict=True):
            if 2 * used > size:
                if bits + used > size:
                    continue
                if len(tenants) > 1:
                    used += bits
            found.append(flow)
        return found

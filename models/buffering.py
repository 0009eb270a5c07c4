"""Double buffering: which memories can fetch the next tile while the last one is in use."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.models.flows import Flow
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.models.spread import Spread
from zigzag_imc.models.tiles import OperandTiles, elements_average


class _Tenant(NamedTuple):
    """An operand in a memory: its level, and the flow that fills it (none at the operand's top level)."""

    operand: int
    level: int
    flow: int | None


class Buffering:
    """Windows of every flow: the part of a period in which its transfer may overlap with computing.

    A window is the whole period where the memory below the boundary has room for a second tile, else the last
    iteration of the uppermost irrelevant loops: only then is the old tile no longer needed.
    """

    def __init__(self, layer: Layer, accelerator: Accelerator, profile: CostProfile) -> None:
        self.layer = layer
        self.profile = profile
        # Operands take the room that is left in a shared memory in this order.
        order = (2, 1, 0) if layer.is_matrix_product else (2, 0, 1)
        first_flow = [0, len(accelerator.levels["W"]), len(accelerator.levels["W"]) + len(accelerator.levels["I"])]
        tenants: dict[int, list[_Tenant]] = {}
        for operand in order:
            levels = accelerator.levels[OPERANDS[operand]]
            for level, memory in enumerate(levels):
                flow = first_flow[operand] + level + 1 if level + 1 < len(levels) else None
                tenants.setdefault(memory, []).append(_Tenant(operand, level, flow))
        self.memories = [
            (accelerator.memories[memory].size_bits, tuple(held), tuple(t.flow for t in held if t.flow is not None))
            for memory, held in tenants.items()
            if any(tenant.flow is not None for tenant in held)
        ]

    def windows(self, laid: Spread, tiles: Sequence[OperandTiles], flows: Sequence[Flow]) -> list[int]:
        """Return the window of every flow, in activations."""
        windows = [flow.cycles // flow.top_irrelevant for flow in flows]
        for size, tenants, filled in self.memories:
            for flow in filled:
                if flows[flow].top_irrelevant != 1:  # else its window is the whole period anyway
                    break
            else:
                continue
            for flow in self._double_buffered(size, tenants, laid, tiles, flows):
                windows[flow] = flows[flow].cycles
        return windows

    def _double_buffered(
        self,
        size: int,
        tenants: Sequence[_Tenant],
        laid: Spread,
        tiles: Sequence[OperandTiles],
        flows: Sequence[Flow],
    ) -> list[int]:
        """Flows into one memory that find room for a second tile.

        A tile whose uppermost loops are all relevant frees its space piece by piece, so only one step of those loops
        has to be held twice.
        """
        needs = [
            self._bits(tenant, laid, tiles, flows) // tiles[tenant.operand].top_relevant[tenant.level + 1]
            for tenant in tenants
        ]
        used = sum(needs)
        found = []
        for tenant, bits in zip(tenants, needs, strict=True):
            if 2 * used > size:
                if bits + used > size:
                    continue
                if len(tenants) > 1:
                    used += bits
            if tenant.flow is not None:
                found.append(tenant.flow)
        return found

    def _bits(self, tenant: _Tenant, laid: Spread, tiles: Sequence[OperandTiles], flows: Sequence[Flow]) -> int:
        """Bits of an operand's tile in a memory, on average over the instances."""
        profile, layer = self.profile, self.layer
        if tenant.flow is not None:
            elements, bits = flows[tenant.flow].elements, flows[tenant.flow].bits
        else:
            elements = elements_average(
                layer, laid.operands[tenant.operand], tiles[tenant.operand], tenant.level + 1,
                profile.rounded_averages, profile.phantom_dilation,
            )  # fmt: skip
            bits = layer.precision.O_final if tenant.operand == 2 else layer.precision.bits(OPERANDS[tenant.operand])
        return (int(elements) if profile.rounded_averages else math.ceil(elements - 1e-9)) * bits

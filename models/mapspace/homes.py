"""Homes: along which array dimensions every layer dimension may lie, and how far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.space import Space
from zigzag_imc.models.mapspace.array_axis import AxisRoom
from zigzag_imc.models.mapspace.constraints.limits import UnrollingLimits
from zigzag_imc.models.mapspace.unrollings import blocks_along_lines, unrollable_dims
from zigzag_imc.models.profile import CostProfile


@dataclass(frozen=True)
class Homes:
    """Where the dimensions of a layer may be unrolled, one by one.

    Attributes
    ----------
    accelerator
        As the layer sees it.
    allowed
        Per array dimension, the layer dimensions that may lie there.
    blocks
        Those of them that lie along both lines, as far along either, or along none.
    limits
        What constraints ask.
    """

    accelerator: Accelerator
    allowed: Mapping[str, tuple[str, ...]]
    blocks: frozenset[str]
    limits: UnrollingLimits

    @classmethod
    def of(
        cls, layer: Layer, accelerator: Accelerator, profile: CostProfile, space: Space
    ) -> Homes:
        """Find the homes of a layer's dimensions in a space."""
        array = accelerator.array
        fed = unrollable_dims(layer, accelerator, profile, space)
        blocks = blocks_along_lines(layer, array, fed)
        limits = UnrollingLimits.of(space.constraints, layer)
        limits = limits.with_blocks(blocks, dict(array.dimensions[:2]))
        allowed = {
            array_dim: tuple(dim for dim in dims if limits.allows(array_dim, dim))
            for array_dim, dims in fed.items()
        }
        # What one line may not have, neither line may.
        return cls(accelerator, allowed, blocks & frozenset(allowed[array.bitline]), limits)

    def rooms(self) -> dict[str, AxisRoom]:
        """Per array dimension, its room and what constraints ask of it."""
        dimensions = self.accelerator.array.dimensions
        return {name: AxisRoom(name, size, self.limits) for name, size in dimensions}

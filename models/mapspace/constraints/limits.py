"""What constraints ask of unrollings: limits that the list of spatial mappings keeps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import (
    AllowedDims,
    Constraints,
    FixedUnrolling,
    LeastUtilization,
)
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.array.use import utilization
from zigzag_imc.models.movement.unrolled import spatial_temporal_sizes
from zigzag_imc.models.movement.words import Amount

_ROUNDING = 1e-12
"""Relative distance at which a share counts as reached."""


@dataclass(frozen=True)
class UnrollingLimits:
    """Limits of the unrollings of one layer.

    Attributes
    ----------
    constraints
        What they follow from.
    sizes
        Sizes of the layer's dimensions.
    blocks
        Dimensions of diagonal blocks: what holds along one line holds along the other.
    lines
        Lanes along both lines, where there are blocks.
    """

    constraints: Constraints
    sizes: Mapping[str, int]
    blocks: frozenset[str] = frozenset()
    lines: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, constraints: Constraints, layer: Layer) -> UnrollingLimits:
        """Read what constraints ask of the unrollings of a layer."""
        return cls(constraints, layer.sizes)

    def with_blocks(self, blocks: frozenset[str], lines: Mapping[str, int]) -> UnrollingLimits:
        """Return those of a layer some of whose dimensions lie along both lines or none."""
        return replace(self, blocks=blocks, lines=lines)

    @property
    def array_dims(self) -> frozenset[str]:
        """Array dimensions of which anything is asked."""
        named = (FixedUnrolling, AllowedDims)
        return frozenset(one.array_dim for one in self.constraints if isinstance(one, named))

    def least(self, array_dim: str, dim: str) -> int:
        """Least unrolling of a dimension."""
        asked = self._asked(array_dim, dim)
        return max((factor for relation, factor in asked if relation != "<="), default=1)

    def most(self, array_dim: str, dim: str) -> int:
        """Largest unrolling of a dimension; one where it may not lie there at all."""
        if not self.allows(array_dim, dim):
            return 1
        asked = self._asked(array_dim, dim)
        lanes = (self.lines[home] for home in self._homes(array_dim, dim) if home in self.lines)
        asked_most = (factor for relation, factor in asked if relation != ">=")
        return min([self.sizes[dim], *lanes, *asked_most])

    def allows(self, array_dim: str, dim: str) -> bool:
        """Whether a dimension may lie on an array dimension."""
        homes = self._homes(array_dim, dim)
        return all(
            dim in one.dims
            for one in self.constraints
            if isinstance(one, AllowedDims) and one.array_dim in homes
        )

    def needed(self, array_dim: str) -> frozenset[str]:
        """Dimensions that have to lie on an array dimension."""
        return frozenset(dim for dim in self.sizes if self.least(array_dim, dim) > 1)

    def _asked(self, array_dim: str, dim: str) -> list[tuple[str, int]]:
        """Relations and factors asked for, none larger than the dimension."""
        homes = self._homes(array_dim, dim)
        return [
            (one.relation, min(one.factor, self.sizes.get(dim, 1)))
            for one in self.constraints
            if isinstance(one, FixedUnrolling) and one.dim == dim and one.array_dim in homes
        ]

    def _homes(self, array_dim: str, dim: str) -> Sequence[str]:
        """Array dimensions along which a dimension lies together with this one."""
        is_block = dim in self.blocks and array_dim in self.lines
        return tuple(self.lines) if is_block else (array_dim,)

    @property
    def least_utilization(self) -> float:
        """Least utilization of the array; zero where none is asked for."""
        shares = (one.share for one in self.constraints if isinstance(one, LeastUtilization))
        return max(shares, default=0.0)

    def keep(self, layer: Layer, accelerator: Accelerator, spatial: SpatialMapping) -> bool:
        """Whether a spatial mapping keeps all of them, on an accelerator as the layer sees it."""
        is_within = all(
            self.least(array_dim, dim) <= spatial.on(array_dim).get(dim, 1)
            and spatial.on(array_dim).get(dim, 1) <= self.most(array_dim, dim)
            for array_dim, _ in accelerator.array.dimensions
            for dim in self.sizes
        )
        steps = math.prod(spatial_temporal_sizes(layer, accelerator.array, spatial).values())
        return is_within and bool(self.use_enough(layer, accelerator, steps))

    def use_enough(self, layer: Layer, accelerator: Accelerator, steps: Amount) -> Amount:
        """Whether so many steps in time use enough of the array; also elementwise."""
        hardware = accelerator.hardware or accelerator
        sliced = accelerator.array.columns < hardware.array.columns
        per_weight = -(-layer.precision.W // hardware.array.weight_bits) if sliced else 1
        used = utilization(layer, hardware.array, per_weight, steps)
        return used >= self.least_utilization * (1 - _ROUNDING)

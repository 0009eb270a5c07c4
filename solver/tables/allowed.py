"""Which tiles the constraints of a user allow at a cut.

Tiles are meant in *written-out* form: no loop that is irrelevant to the cut's operand lies directly
above the cut, for such a loop counts below it. Every mapping has one such form, which costs the
same; so a tile is left out where no allowed mapping has it in that form:

- the tile is smaller or larger than a constraint wants it,
- it lies below no place of an allowed loop order,
- only irrelevant loops may lie directly above it in an allowed order.

What depends on several tiles (even allocation) is left to the model, what depends on the loops
between them to the scores.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce

import numpy as np

from zigzag_imc.core.constraints import Constraints, Stationary, TileSize
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.constraints.loop_order import LoopRules
from zigzag_imc.models.mapspace.constraints.tile_sizes import is_of_size, level_of
from zigzag_imc.solver.tables.cut import Cut
from zigzag_imc.solver.tables.lattice import Array
from zigzag_imc.solver.tables.layout import Layout


@dataclass(frozen=True)
class AllowedTiles:
    """The tiles of one spatial mapping that constraints allow.

    Attributes
    ----------
    model, constraints, layout
        The layer, what is asked, and the spatial mapping with its lattice.
    rules
        What is asked of the loop order.
    """

    model: CostModel
    constraints: Constraints
    layout: Layout
    rules: LoopRules

    @classmethod
    def of(cls, model: CostModel, constraints: Constraints, layout: Layout) -> AllowedTiles:
        """Read the constraints for a spatial mapping."""
        rules = LoopRules.of(constraints, layout.laid.temporal)
        return cls(model, constraints, layout, rules)

    def only(self, cut: Cut) -> Cut:
        """Return a cut at which all other tiles are infinite."""
        kept = self._all_of(self._conditions(cut))
        return replace(cut, energy_pj=np.where(kept, cut.energy_pj, np.inf))

    def _conditions(self, cut: Cut) -> Iterator[Array | bool]:
        """Yield what an allowed tile at a cut fulfils."""
        yield self._in_order
        yield self._is_written_out(cut)
        for one in self.constraints:
            if isinstance(one, TileSize):
                yield self._is_of_size(one, cut)
            elif isinstance(one, Stationary):
                yield self._is_at_rest(one, cut)

    def _all_of(self, conditions: Iterator[Array | bool]) -> Array:
        """Whether all conditions hold, over the whole lattice."""
        return reduce(operator.and_, conditions, np.ones(self.layout.lattice.shape, dtype=bool))

    @cached_property
    def _in_order(self) -> Array | bool:
        """Whether tiles lie below some place of an allowed loop order."""
        passing: Array | bool = self.rules.possible and self.rules.passes(self._tiles)
        return passing

    @cached_property
    def _followed_by(self) -> Mapping[str, Array]:
        """Whether a loop over each dimension may lie directly above the tiles."""
        return {dim: self.rules.may_follow(self._tiles, dim) for dim in self._tiles}

    @cached_property
    def _tiles(self) -> Mapping[str, Array]:
        """Sizes of all tiles, dimension by dimension."""
        return {dim: self.layout.lattice.tile(dim) for dim in self.layout.laid.temporal}

    def _is_written_out(self, cut: Cut) -> Array:
        """Whether a relevant loop may lie directly above the tile, or none is left."""
        relevant = self.model.layer.relevant(OPERANDS[cut.operand])
        lattice = self.layout.lattice
        whole: Array = lattice.steps == lattice.steps.flat[-1]
        may_follow = (may for dim, may in self._followed_by.items() if dim in relevant)
        return reduce(operator.or_, may_follow, whole)

    def _is_of_size(self, one: TileSize, cut: Cut) -> Array | bool:
        """Whether the tile spans as much as asked for; true at other cuts.

        An operand's top memory has no cut: it holds the whole layer, at every cut of the others.
        """
        accelerator = self.model.accelerator
        top = len(accelerator.levels[one.operand]) - 1
        if self._is_meant(one, cut):
            iterations: Array | int = self.layout.lattice.tile(one.dim)
        elif level_of(accelerator, one.operand, one.memory) == top:
            iterations = self.layout.laid.temporal.get(one.dim, 1)
        else:
            return True
        kept: Array = is_of_size(
            one, self.model.layer, accelerator, self.layout.spatial, iterations
        )
        return kept

    def _is_at_rest(self, one: Stationary, cut: Cut) -> Array | bool:
        """Whether all irrelevant loops are inside the tile; true at other cuts."""
        if not self._is_meant(one, cut):
            return True
        idle, temporal = self.model.layer.idle_dims(one.operand), self.layout.laid.temporal
        inside = (self.layout.lattice.tile(dim) == temporal[dim] for dim in idle)
        at_rest: Array | bool = reduce(operator.and_, inside, True)
        return at_rest

    def _is_meant(self, one: TileSize | Stationary, cut: Cut) -> bool:
        """Whether a constraint is about the tile below a cut."""
        level = level_of(self.model.accelerator, one.operand, one.memory)
        boundary = cut.boundaries[-1]
        return OPERANDS[cut.operand] == one.operand and level is not None and boundary == level + 1

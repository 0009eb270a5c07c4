"""Energy over the lowest cut of an operand whose lowest memory holds one element."""

from __future__ import annotations

from typing import Any

import numpy as np

from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.feeding import feeds_several
from zigzag_imc.models.movement.traffic import words
from zigzag_imc.models.movement.unrolled import fan_boundaries
from zigzag_imc.solver.presolve.spatial.batch import SpatialBatch
from zigzag_imc.solver.presolve.spatial.crossing import fan_out
from zigzag_imc.solver.tables.lattice import Array


def holds_one(model: CostModel, operand: str) -> bool:
    """Whether the lowest memory of an operand holds one element (one partial sum).

    And lies below another one.
    """
    layer, accelerator = model.layer, model.accelerator
    is_topmost = len(accelerator.levels[operand]) < 2
    if is_topmost or feeds_several(layer, accelerator, operand):
        return False
    return 2 * layer.precision.bits(operand) > accelerator.memory(operand, 0).size_bits


def finished_outputs_held(model: CostModel) -> int:
    """Finished outputs that fit in the lowest memory of the outputs."""
    return max(1, model.accelerator.memory("O", 0).size_bits // model.layer.precision.O_final)


class LowestCut:
    """Energy over boundaries 0 and 1 of an operand whose lowest memory holds one element."""

    def __init__(self, batch: SpatialBatch, operand: str) -> None:
        self.batch, self.operand = batch, operand
        model, layer, profile = batch.model, batch.layer, batch.model.profile
        self.relevant = layer.relevant(operand)
        self.idle = frozenset(layer.sizes) - self.relevant
        fans = fan_boundaries(batch.accelerator, operand)
        self.fan = [
            fan_out(batch, operand, [name for name in fans if fans[name] == a]) for a in (0, 1)
        ]
        self.active = []
        for a in range(3):
            active = batch.product(
                frozenset(layer.sizes), [name for name in fans if fans[name] >= a]
            )
            self.active.append(np.rint(np.round(active, 3)) if profile.rounded_averages else active)
        self.model = model
        self.packed = operand == "O" and finished_outputs_held(model) > 1

    def energy_pj(self, resting: Array | int | None) -> Array:
        """Energy over the cut, in pJ.

        ``resting`` iterations of irrelevant loops are below it; ``None`` for no loop at all.
        """
        batch, model, layer = self.batch, self.model, self.batch.layer
        energy = np.zeros(batch.count)
        below = 1.0 if resting is None else resting
        for a in (0, 1):
            boundary = model.boundaries[self.operand][a]
            at_array = a == 0 and self.operand == "O"
            crossing = batch.steps if at_array else batch.steps / below
            bits: Array | int = layer.precision.bits(self.operand)
            downs = crossing
            partial: Array | bool = False
            if self.operand == "O":
                partial = batch.iterations(self.idle) > (1.0 if at_array else below)
                bits = np.where(
                    partial, layer.precision.O, min(layer.precision.O, layer.precision.O_final)
                )
                back = model.readbacks(crossing, batch.iterations(self.relevant))
                downs = np.where(partial, back, 0.0)
            for accesses, count in ((boundary.up, crossing), (boundary.down, downs)):
                for access in accesses:
                    if access.energy_pj:
                        active = self.active[a + access.upper]
                        fan: Any = self.fan[a]
                        carried = access.amount(1.0, fan) * bits
                        instances: Any = self.active[a + access.upper]
                        n: Any = words(access.port, carried, count, instances, model.profile)
                        if self.packed and a == 1:
                            amount = (
                                (self.fan[a] if access.upper else 1.0)
                                * bits
                                / access.port.bandwidth_max
                            )
                            n = np.where(partial, n, np.maximum(0.0, amount * count * active - 1))
                        energy = energy + n * access.energy_pj
        return energy

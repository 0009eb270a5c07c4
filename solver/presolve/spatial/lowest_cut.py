"""Energy over the lowest cut of an operand whose lowest memory holds one element."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

import numpy as np

from zigzag_imc.core.layer import OPERANDS, OUTPUTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.feeding import feeds_several
from zigzag_imc.models.movement.spread import rounded_fan, rounded_instances
from zigzag_imc.models.movement.traffic import Access, words
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.presolve.spatial.traffic import CutWords, Moved, energy_over
from zigzag_imc.solver.tables.lattice import Array
from zigzag_imc.solver.tables.transfers import Transfers


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
    """Energy over boundaries 0 and 1 of an operand whose lowest memory holds one element.

    Parameters
    ----------
    arrays
        The spatial mappings.
    operand
        Place of the operand in `OPERANDS`.

    Attributes
    ----------
    operand
        Place of the operand in `OPERANDS`.
    idle
        Dimensions of the layer that are irrelevant to the operand.
    """

    def __init__(self, arrays: SpatialArrays, operand: int) -> None:
        model, name = arrays.model, OPERANDS[operand]
        self.idle = arrays.layer.idle_dims(name)
        self._arrays, self._model, self.operand = arrays, model, operand
        self._boundaries = model.boundaries[name][:2]
        self._alone: CutWords | None = None
        self._is_packed = operand == OUTPUTS and finished_outputs_held(model) > 1

    # Energies alone ask for averages.
    @cached_property
    def _fans(self) -> list[Amount]:
        average = self._arrays.average_of(OPERANDS[self.operand])
        below = map(average.below, range(3))
        return [rounded_fan(*sides, self._model.profile) for sides in pairwise(below)]

    @cached_property
    def _instances(self) -> list[Amount]:
        average = self._arrays.average_of(OPERANDS[self.operand])
        return [rounded_instances(average.active(a), self._model.profile) for a in range(3)]

    def energy_pj(self, resting: Array | int | None) -> Array:
        """Energy over the cut, in pJ.

        ``resting`` iterations of irrelevant loops are below it; ``None`` for no loop at all.
        """
        moved = self.moved(resting)
        return energy_over(moved, self._model.accelerator, self._arrays.zeros)

    def moved(self, resting: Array | int | None) -> CutWords:
        """Words over the cut through all ports that cost energy; ``resting`` as above."""
        if resting is not None:
            return tuple(self._words_moved(resting))
        if self._alone is None:  # asked for by every other operand that rests
            self._alone = tuple(self._words_moved(1.0))
        return self._alone

    def all_transfers(self, resting: Array | float) -> Iterator[Transfers]:
        """Yield what crosses the boundaries at the cut, from the lowest."""
        for place in range(len(self._boundaries)):
            yield self._transfers(place, resting)

    def count(self, resting: Array | float) -> Array:
        """Count the tiles that cross the cut."""
        count: Array = self._arrays.steps / resting
        return count

    def _words_moved(self, resting: Array | float) -> Iterator[Moved]:
        """Yield the words of every access that costs energy."""
        for transfers in self.all_transfers(resting):
            for access, count in transfers.counted():
                if access.energy_pj:
                    yield Moved.through(access, self._words(transfers, access, count))

    def _transfers(self, place: int, resting: Array | float) -> Transfers:
        """What crosses a boundary."""
        boundary, steps = self._boundaries[place], self._arrays.steps
        precision = self._model.layer.precision
        if self.operand != OUTPUTS:
            count, bits = steps / resting, precision.bits(boundary.operand)
            return Transfers(self.operand, boundary, bits, partial=False, count=count, back=count)
        below = resting if place else 1.0  # outputs never rest at the array
        count = steps / below
        partial = self._arrays.iterations(self.idle) > below
        distinct = self._arrays.iterations(self._model.layer.relevant("O"))
        return Transfers(
            operand=OUTPUTS,
            boundary=boundary,
            element_bits=np.where(partial, precision.O, precision.least_output),
            partial=partial,
            count=count,
            back=np.where(partial, self._model.readbacks(count, distinct), 0.0),
        )

    def _words(self, transfers: Transfers, access: Access, count: Array) -> Array:
        """Full-width accesses of all transfers."""
        fan = self._fans[transfers.place]
        instances = self._instances[transfers.place + access.upper]
        bits = access.amount(1.0, fan) * transfers.element_bits
        one_by_one: Array = words(access.port, bits, count, instances, self._model.profile)
        if not (self._is_packed and transfers.place):
            return one_by_one
        packed = _packed_words(access, bits, count, instances)
        return np.where(transfers.partial, one_by_one, packed)


def _packed_words(access: Access, bits: Amount, count: Amount, instances: Amount) -> Array:
    """Words that finished outputs take at least when several are moved together."""
    at_once = bits / access.port.bandwidth_max
    fewest: Array = np.maximum(0.0, at_once * count * instances - 1)
    return fewest

"""What it takes of the ports at least that every element crosses a boundary once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.accelerator import MemoryInstance
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.movement.traffic import Access
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.presolve.spatial.crossing import Crossing, elements_of, is_split
from zigzag_imc.solver.tables.cut import PortKey
from zigzag_imc.solver.tables.lattice import Array


@dataclass(frozen=True, slots=True)
class PortCrossing:
    """Cycles of one port while all elements cross a boundary, per spatial mapping.

    Attributes
    ----------
    cycles
        All of them.
    first
        Those of the first transfer at most, which does not compete with computing.
    """

    cycles: Crossing
    first: Array

    def later(self, times: Array | float) -> Array:
        """Cycles after the first transfer where every element crosses several times."""
        cycles: Array = np.maximum(0.0, self.cycles.times(times) - self.first)
        return cycles

    def with_halo(self, halo: Array) -> PortCrossing:
        """Return the same where all elements are moved so often together."""
        return PortCrossing(self.cycles.scaled(halo), self.first)


@dataclass(frozen=True, slots=True)
class Passing:
    """An operand passing its uppermost cut, through one port.

    Attributes
    ----------
    crossing
        What it takes of the port.
    times
        How often every element crosses at least.
    """

    crossing: PortCrossing
    times: Array | float

    @property
    def in_one(self) -> Array:
        """Cycles where all elements pass in one transfer; infinite where they cannot.

        There has to be room for all of them, and none of them comes again.
        """
        once = self.crossing.cycles.once
        may_be = (self.crossing.first >= once) & (np.asarray(self.times) <= 1 + TOLERANCE)
        return np.where(may_be, once, np.inf)


def port_crossings(
    arrays: SpatialArrays, operand: str, boundary: int
) -> dict[PortKey, PortCrossing]:
    """What every port takes at least for moving each element over one boundary once.

    Only of memories with a single instance: all elements go through each of its ports.

    Why it is safe: ``count`` transfers of ``bits`` each carry all elements, and take ``count *
    ceil(bits / width)`` cycles. The first of them is no larger than the room below the boundary.
    """
    crossed, precision = arrays.model.boundaries[operand][boundary], arrays.layer.precision
    elements = _elements(arrays, operand, boundary)
    once_bits = elements * precision.least_bits(operand)
    again_bits = elements * precision.bits(operand)
    first_bits = np.minimum(once_bits, _room_bits(arrays, operand, boundary - 1))
    back = crossed.down if operand == "O" else ()
    onward, backward = _widths(arrays, crossed.onward), _widths(arrays, back)
    return {
        key: PortCrossing(
            Crossing(
                once_bits / onward.get(key, math.inf),
                again_bits / onward.get(key, math.inf),
                again_bits / backward.get(key, math.inf),
            ),
            first_bits / onward.get(key, math.inf),
        )
        for key in {**onward, **backward}
    }


def _widths(arrays: SpatialArrays, accesses: Sequence[Access]) -> dict[PortKey, int]:
    """Bits a cycle of the ports that some accesses go through, of single memories."""
    return {
        (access.memory_index, access.port_index): access.port.bandwidth_max
        for access in accesses
        if _is_single(arrays, access.memory)
    }


def _room_bits(arrays: SpatialArrays, operand: str, level: int) -> float:
    """Bits of a transfer into, or out of, all instances of a memory at most."""
    if arrays.model.profile.phantom_dilation:
        return math.inf  # positions that nothing reads are moved, too
    accelerator, precision = arrays.accelerator, arrays.layer.precision
    memory = accelerator.memory(operand, level)
    widening = max(1.0, precision.O_final / precision.O) if operand == "O" else 1.0
    return memory.size_bits * accelerator.instances(memory) * widening


def _is_single(arrays: SpatialArrays, memory: MemoryInstance) -> bool:
    """Whether there is one instance of a memory, that serves all of the array."""
    spread_over = {name for name, size in arrays.accelerator.array.dimensions if size > 1}
    return spread_over <= memory.served


def _elements(arrays: SpatialArrays, operand: str, boundary: int) -> Array:
    """Elements that cross at least, as latency counts them.

    Outside windows, those of whole tiles and unrollings. Along windows, positions that any step
    touches: the tiles that cross touch them all, unless whole unrollings are not counted, or what
    fans out is a product of two extents.
    """
    layer = arrays.layer
    if not layer.windows_of(operand):
        timed = arrays.timed_of(operand)
        in_time = arrays.iterations(layer.relevant(operand))
        whole: Array = in_time * timed.below(timed.outermost).plain
        return whole
    if arrays.model.profile.floor_unrolling:
        return arrays.zeros
    return np.where(is_split(arrays, operand, boundary), 0.0, elements_of(layer, operand))

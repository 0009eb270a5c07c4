"""Cuts above the lowest ones: what crosses them once, and the room below them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.layer import OPERANDS, OUTPUTS, Layer
from zigzag_imc.models.movement.unrolled import Unrolled
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.presolve.spatial.crossing import Crossing, crossing_pj
from zigzag_imc.solver.presolve.spatial.crossing_ports import PortCrossing, port_crossings
from zigzag_imc.solver.presolve.spatial.lowest_cut import finished_outputs_held
from zigzag_imc.solver.tables.cut import PortKey
from zigzag_imc.solver.tables.lattice import Array
from zigzag_imc.solver.tables.links import link_kinds


@dataclass(frozen=True, slots=True, eq=False)
class HigherCut:
    """A cut above the lowest one of its operand.

    Attributes
    ----------
    operand, memory
        Places of the operand, and of the memory below the cut.
    size_bits
        Room in one instance of that memory.
    energy_pj
        Energy of all elements crossing the cut, per spatial mapping, where that was asked for.
    times
        How often it is crossed at least where the resting tile lies around it.
    unrolled
        What is unrolled in one instance of the memory.
    element_bits
        Bits of one element there at least.
    ports
        What all elements crossing the cut take of every port, where that was asked for.
    is_uppermost
        Whether the memory above is the top one of the operand.
    is_waited_for
        Whether the first, or last, transfer over the cut counts as on- or offloading.
    """

    operand: int
    memory: int
    size_bits: int
    energy_pj: Crossing
    times: Array
    unrolled: Unrolled
    element_bits: int
    ports: Mapping[PortKey, PortCrossing]
    is_uppermost: bool
    is_waited_for: bool

    def bits_with(self, tile: Mapping[str, Amount], layer: Layer) -> Array:
        """Bits that a tile of these loops and nothing else takes in the memory, at least."""
        plain_dims = layer.plain_dims(OPERANDS[self.operand])
        plain = math.prod(factor for dim, factor in tile.items() if dim in plain_dims)
        ends = ((window.output_dim, window.filter_dim) for window in self.unrolled.windows)
        spans = [tile.get(dim, 1) for dim in itertools.chain(*ends)]
        bits: Array = self.unrolled.elements(plain, spans) * self.element_bits
        return bits


def higher_cuts(
    arrays: SpatialArrays, rest: int, with_ports: bool, with_energy: bool
) -> list[HigherCut]:
    """Cuts of all operands above their lowest ones, while the operand ``rest`` rests lowest."""
    return [
        cut
        for operand in range(len(OPERANDS))
        for cut in _of_operand(arrays, operand, rest, with_ports, with_energy)
    ]


def _of_operand(
    arrays: SpatialArrays, operand: int, rest: int, with_ports: bool, with_energy: bool
) -> Iterator[HigherCut]:
    """Cuts of an operand above its lowest one, lowest first."""
    name, accelerator = OPERANDS[operand], arrays.accelerator
    times = arrays.iterations(arrays.layer.idle_dims(name))
    # Finished outputs that are packed lowest bring loops along that a cut of another operand
    # inside them may hold.
    if rest == OUTPUTS and operand != OUTPUTS:
        times = times / np.minimum(times, finished_outputs_held(arrays.model))
    whole, kinds = arrays.whole_of(name), link_kinds(arrays.model)
    levels, nothing = len(accelerator.levels[name]), Crossing(arrays.zeros, arrays.zeros, 0.0)
    for a in range(2, levels):
        yield HigherCut(
            operand=operand,
            memory=accelerator.levels[name][a - 1],
            size_bits=accelerator.memory(name, a - 1).size_bits,
            energy_pj=crossing_pj(arrays, name, a) if with_energy else nothing,
            times=times,
            unrolled=whole.below(a),
            element_bits=arrays.layer.precision.least_bits(name),
            ports=port_crossings(arrays, name, a) if with_ports else {},
            is_uppermost=a == levels - 1,
            is_waited_for=kinds.get((operand, a)) != "hidden",
        )

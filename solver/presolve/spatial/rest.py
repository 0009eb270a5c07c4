"""Least energy of everything above an operand that rests lowest.

How far the higher cuts can hold its loops, too.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.layer import OPERANDS, OUTPUTS
from zigzag_imc.models.mapspace.factors import divisors
from zigzag_imc.models.movement.unrolled import fan_boundaries
from zigzag_imc.solver.presolve.spatial.batch import SpatialBatch
from zigzag_imc.solver.presolve.spatial.crossing import crossing_once_pj
from zigzag_imc.solver.presolve.spatial.lowest_cut import LowestCut, finished_outputs_held
from zigzag_imc.solver.tables.lattice import Array

_MOST_HIGHER_CUTS = 4
"""Beyond this many cuts above the lowest ones, their ways around a resting tile are not told
apart."""


@dataclass(frozen=True, slots=True, eq=False)
class _HigherCut:
    """A cut above the lowest one of its operand.

    Attributes
    ----------
    operand, memory
        Places of the operand, and of the memory below the cut.
    size_bits
        Room in one instance of that memory.
    once_pj
        Energy of every element crossing the cut once, per spatial mapping.
    times
        How often it is crossed at least where the resting tile lies around it.
    room
        Bits that tiles take below it.
    """

    operand: int
    memory: int
    size_bits: int
    once_pj: Array
    times: Array
    room: _BitsWith


def best_rest_pj(batch: SpatialBatch, rest: int, lowest: LowestCut) -> Array:
    """Least energy over the lowest cut of the resting operand and all higher cuts of every operand.

    For every tile ``b`` of irrelevant loops that may rest: each higher cut either holds ``b`` as
    well, and then its memory must have room for that, or lies inside ``b``, and then all loops that
    are irrelevant to its own operand are above it and it is crossed once per iteration of them. Of
    two cuts that hold ``b`` one holds the other; the loops that the inner one would like to hold,
    because they are irrelevant to it, take room at the outer one.
    """
    layer = batch.layer
    idle = sorted(dim for dim in layer.idle_dims(OPERANDS[rest]) if layer.sizes[dim] > 1)
    higher = [cut for operand in range(len(OPERANDS)) for cut in _higher(batch, operand, rest)]
    if len(higher) > _MOST_HIGHER_CUTS or not _all_equal(batch, idle):
        # The loops that may rest differ from one spatial mapping to the next: let all of them rest.
        all_rest_pj = lowest.energy_pj(batch.iterations(frozenset(idle)))
        return all_rest_pj + sum(cut.once_pj for cut in higher)
    best_pj = np.full(batch.count, np.inf)
    for tile in itertools.product(*(divisors(int(batch.temporal[dim][0])) for dim in idle)):
        above_pj = _above_pj(batch, rest, higher, dict(zip(idle, tile, strict=True)))
        best_pj = np.minimum(best_pj, lowest.energy_pj(math.prod(tile)) + above_pj)
    return best_pj


def _higher(batch: SpatialBatch, operand: int, rest: int) -> Iterator[_HigherCut]:
    """Cuts of an operand above its lowest one, lowest first."""
    name, accelerator = OPERANDS[operand], batch.accelerator
    times = batch.iterations(batch.layer.idle_dims(name))
    if operand != rest:
        # Finished outputs that are packed lowest bring loops along that a cut of another operand
        # inside them may hold.
        packed = finished_outputs_held(batch.model) if rest == OUTPUTS else 1
        times = times / np.minimum(times, packed)
    for a in range(2, len(accelerator.levels[name])):
        yield _HigherCut(
            operand=operand,
            memory=accelerator.levels[name][a - 1],
            size_bits=accelerator.memory(name, a - 1).size_bits,
            once_pj=crossing_once_pj(batch, name, a),
            times=times,
            room=_BitsWith(batch, name, a - 1),
        )


def _all_equal(batch: SpatialBatch, dims: Sequence[str]) -> bool:
    """Whether all spatial mappings leave the same ``T_d`` of some dimensions."""
    return all(bool(np.all(batch.temporal[dim] == batch.temporal[dim][0])) for dim in dims)


def _above_pj(
    batch: SpatialBatch, rest: int, higher: Sequence[_HigherCut], inside: dict[str, int]
) -> Array:
    """Least energy over the higher cuts, whichever of them hold the resting tile ``inside``."""
    bits = {cut: cut.room.with_loops(inside) for cut in higher}
    least_pj = np.full(batch.count, np.inf)
    for around in itertools.product((True, False), repeat=len(higher)):
        holding = list(itertools.compress(higher, around))
        # The resting operand's own cuts lie above its lowest one: they hold the tile.
        if all(cut in holding for cut in higher if cut.operand == rest):
            option_pj = _option_pj(batch, rest, higher, holding, bits)
            least_pj = np.minimum(least_pj, option_pj)
    return least_pj


def _option_pj(
    batch: SpatialBatch,
    rest: int,
    higher: Sequence[_HigherCut],
    holding: Sequence[_HigherCut],
    bits: Mapping[_HigherCut, Array],
) -> Array:
    """Energy over the higher cuts where just those ``holding`` do hold the tile.

    Infinite where their memories have no room for it.
    """
    energy_pj = np.zeros(batch.count)
    for cut in higher:
        energy_pj = energy_pj + (cut.once_pj if cut in holding else cut.once_pj * cut.times)
    # Of the resting operand's own cuts, ``bits`` of the outer one count its loops already.
    others = [cut for cut in holding if cut.operand != rest]
    energy_pj = energy_pj + _conflict_pj(batch, others, bits)
    for memory in {cut.memory for cut in holding}:
        used = sum(bits[cut] for cut in holding if cut.memory == memory)
        size_bits = batch.accelerator.memories[memory].size_bits
        energy_pj = np.where(used > size_bits, np.inf, energy_pj)
    return energy_pj


def _conflict_pj(
    batch: SpatialBatch, holding: Sequence[_HigherCut], bits: Mapping[_HigherCut, Array]
) -> Array | float:
    """Extra energy of the pair of cuts that is worst off.

    One of the two must hold the other.
    """
    worst_pj: Array | float = 0.0
    for first, second in itertools.combinations(holding, 2):
        if first.operand != second.operand:
            first_inside_pj = _inside_pj(batch, first, second, bits)
            second_inside_pj = _inside_pj(batch, second, first, bits)
            worst_pj = np.maximum(worst_pj, np.minimum(first_inside_pj, second_inside_pj))
    return worst_pj


def _inside_pj(
    batch: SpatialBatch, inner: _HigherCut, outer: _HigherCut, bits: Mapping[_HigherCut, Array]
) -> Array:
    """Extra energy of a cut that lies inside another one, whose room its idle loops would take."""
    layer, outer_name = batch.layer, OPERANDS[outer.operand]
    taking = layer.idle_dims(OPERANDS[inner.operand]) & layer.relevant(outer_name)
    # Along a window a tile grows less than its loops.
    taking = taking - layer.window_dims(outer_name)
    beside = bits[inner] if inner.memory == outer.memory else 0.0
    held = np.maximum(1.0, (outer.size_bits - beside) / bits[outer])
    again = np.maximum(1.0, batch.iterations(taking) / held)
    extra_pj: Array = inner.once_pj * (again - 1)
    return extra_pj


class _BitsWith:
    """Least bits in one instance of a memory of an operand whose tile holds some loops."""

    def __init__(self, batch: SpatialBatch, operand: str, level: int) -> None:
        layer = batch.layer
        fans = fan_boundaries(batch.accelerator, operand)
        within = [name for name, at in fans.items() if at <= level]
        self.windows = layer.windows_of(operand)
        self.outside = layer.plain_dims(operand)
        dims = layer.relevant(operand) & frozenset(layer.sizes)
        self.unrolled = {dim: batch.unrolled_on(dim, within) for dim in dims}
        self.fixed = np.ones(batch.count)
        for dim in self.outside:
            self.fixed = self.fixed * self.unrolled[dim]
        self.bits = layer.precision.least_bits(operand)

    def with_loops(self, inside: dict[str, int]) -> Array:
        """Bits when the tile holds these loops and nothing else."""
        plain = [factor for dim, factor in inside.items() if dim in self.outside]
        elements = self.fixed * math.prod(plain)
        for w in self.windows:
            reach = self.unrolled[w.output_dim] * inside.get(w.output_dim, 1)
            taps = self.unrolled[w.filter_dim] * inside.get(w.filter_dim, 1)
            elements = elements * w.extent(reach, taps)
        total: Array = elements * self.bits
        return total

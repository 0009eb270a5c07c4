"""Least energy of everything above an operand that rests lowest.

How far the higher cuts can hold its loops, too.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.mapspace.unrollings import divisors
from zigzag_imc.models.movement.spread import fan_boundaries
from zigzag_imc.solver.presolve.spatial.batch import SpatialBatch
from zigzag_imc.solver.presolve.spatial.crossing import crossing_once_pj
from zigzag_imc.solver.presolve.spatial.lowest_cut import LowestCut, finished_outputs_held
from zigzag_imc.solver.tables.lattice import Array

_MOST_HIGHER_CUTS = 4
"""Beyond this many cuts above the lowest ones, their ways around a resting tile are not told
apart."""

_CutKey = tuple[int, int]


def best_rest_pj(batch: SpatialBatch, rest: int, lowest: LowestCut) -> Array:
    """Least energy over the lowest cut of the resting operand and all higher cuts of every operand.

    For every tile ``b`` of irrelevant loops that may rest: each higher cut either holds ``b`` as
    well, and then its memory must have room for that, or lies inside ``b``, and then all loops that
    are irrelevant to its own operand are above it and it is crossed once per iteration of them. Of
    two cuts that hold ``b`` one holds the other; the loops that the inner one would like to hold,
    because they are irrelevant to it, take room at the outer one.
    """
    layer, accelerator = batch.layer, batch.accelerator
    dims = frozenset(layer.sizes)
    idle = sorted(dim for dim in dims - layer.relevant(OPERANDS[rest]) if layer.sizes[dim] > 1)
    higher = [
        (index, a)
        for index, op in enumerate(OPERANDS)
        for a in range(2, len(accelerator.levels[op]))
    ]
    once = {(index, a): crossing_once_pj(batch, OPERANDS[index], a) for index, a in higher}
    shapes = np.stack([batch.temporal[dim] for dim in idle]) if idle else np.ones((1, batch.count))
    if np.any(shapes != shapes[:, :1]) or len(higher) > _MOST_HIGHER_CUTS:
        # The loops that may rest differ from one spatial mapping to the next: let all of them rest.
        return lowest.energy_pj(batch.iterations(frozenset(idle))) + sum(once.values())
    best = np.full(batch.count, np.inf)
    room = {key: _BitsWith(batch, OPERANDS[key[0]], key[1] - 1) for key in higher}
    wanted = {index: dims - layer.relevant(op) for index, op in enumerate(OPERANDS)}
    again = {index: batch.iterations(own) for index, own in wanted.items()}
    # Finished outputs that are packed lowest bring loops along that a cut of another operand inside
    # them may hold.
    packed = finished_outputs_held(batch.model) if OPERANDS[rest] == "O" else 1
    times = {index: n if index == rest else n / np.minimum(n, packed) for index, n in again.items()}
    size = {(index, a): accelerator.memory(OPERANDS[index], a - 1).size_bits for index, a in higher}
    home = {(index, a): accelerator.levels[OPERANDS[index]][a - 1] for index, a in higher}
    for tile in itertools.product(*(divisors(int(shape[0])) for shape in shapes[: len(idle)])):
        inside = dict(zip(idle, tile, strict=True))
        bits = {key: room[key].with_loops(inside) for key in higher}
        options = np.full(batch.count, np.inf)
        for around in itertools.product((True, False), repeat=len(higher)):
            holding = [key for key, holds in zip(higher, around, strict=True) if holds]
            if any(key[0] == rest and key not in holding for key in higher):
                continue  # its own cuts are in order
            energy = np.zeros(batch.count)
            for key in higher:
                energy = energy + (once[key] if key in holding else once[key] * times[key[0]])
            # Of the resting operand's own cuts, ``bits`` of the outer one count its loops already.
            others = [key for key in holding if key[0] != rest]
            energy = energy + _conflict_pj(batch, others, once, bits, size, home)
            for memory in {home[key] for key in holding}:
                used = sum(bits[key] for key in holding if home[key] == memory)
                energy = np.where(used > accelerator.memories[memory].size_bits, np.inf, energy)
            options = np.minimum(options, energy)
        best = np.minimum(best, lowest.energy_pj(math.prod(tile)) + options)
    return best


def _conflict_pj(
    batch: SpatialBatch,
    holding: Sequence[_CutKey],
    once: dict[_CutKey, Array],
    bits: dict[_CutKey, Array],
    size: dict[_CutKey, int],
    home: dict[_CutKey, int],
) -> Array | float:
    """Extra energy of the pair of cuts that is worst off.

    One of the two must hold the other.
    """
    worst: Array | float = 0.0
    for first, second in itertools.combinations(holding, 2):
        if first[0] == second[0]:
            continue
        ways = []
        for inner, outer in ((first, second), (second, first)):
            own = frozenset(batch.layer.sizes) - batch.layer.relevant(OPERANDS[inner[0]])
            taking = own & batch.layer.relevant(OPERANDS[outer[0]])
            if outer[0] == 1:  # along a window a tile grows less than its loops
                taking = taking - frozenset(
                    d for w in batch.layer.windows for d in (w.output_dim, w.filter_dim)
                )
            other = bits[inner] if home[inner] == home[outer] else 0.0
            held = np.maximum(1.0, (size[outer] - other) / bits[outer])
            ways.append(once[inner] * (np.maximum(1.0, batch.iterations(taking) / held) - 1))
        worst = np.maximum(worst, np.minimum(ways[0], ways[1]))
    return worst


class _BitsWith:
    """Least bits in one instance of a memory of an operand whose tile holds some loops."""

    def __init__(self, batch: SpatialBatch, operand: str, level: int) -> None:
        self.layer, self.operand = batch.layer, operand
        fans = fan_boundaries(batch.accelerator, operand)
        relevant = self.layer.relevant(operand) & frozenset(self.layer.sizes)
        self.windows = self.layer.windows if operand == "I" else ()
        in_window = frozenset(dim for w in self.windows for dim in (w.output_dim, w.filter_dim))
        self.unrolled = {
            dim: np.prod(
                [
                    np.ones(batch.count),
                    *(
                        batch.unrolled[name][dim]
                        for name in fans
                        if fans[name] <= level and dim in batch.unrolled[name]
                    ),
                ],
                axis=0,
            )
            for dim in relevant
        }
        self.outside = relevant - in_window
        self.fixed = np.prod(
            [np.ones(batch.count), *(self.unrolled[dim] for dim in self.outside)], axis=0
        )
        finished = min(self.layer.precision.O, self.layer.precision.O_final)
        self.bits = finished if operand == "O" else self.layer.precision.bits(operand)

    def with_loops(self, inside: dict[str, int]) -> Array:
        """Bits when the tile holds these loops and nothing else."""
        elements = self.fixed * math.prod(
            factor for dim, factor in inside.items() if dim in self.outside
        )
        for w in self.windows:
            reach = self.unrolled[w.output_dim] * inside.get(w.output_dim, 1)
            elements = elements * w.extent(
                reach, self.unrolled[w.filter_dim] * inside.get(w.filter_dim, 1)
            )
        total: Array = elements * self.bits
        return total

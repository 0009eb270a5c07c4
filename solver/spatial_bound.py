"""A quick lower bound of the energy of every spatial mapping at once.

Most spatial mappings are far from optimal already by the energy of the array and of feeding it. This bound sees that
for all of them together, elementwise, before any of their tiles are looked at.

Why it is safe: array energy is exact. Over the lowest cut of an operand whose memory holds a single element, only
irrelevant loops can be below, and every loop is irrelevant to one operand only; tiles form a chain, so at most one
operand has any loop below its lowest cut. The bound takes the best of the three, with all its irrelevant loops below.
Over every higher cut each element crosses at least once. Where a lowest memory holds more, its cut counts like a
higher one. Rounded averages may be smaller than what they stand for, at most by the factors used.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace import divisors
from zigzag_imc.models.spread import fan_boundaries
from zigzag_imc.models.traffic import words
from zigzag_imc.solver.columns import link_kinds
from zigzag_imc.solver.lattice import Array


class SpatialBatch:
    """Unrollings of many spatial mappings as arrays, and what follows from them elementwise."""

    def __init__(self, model: CostModel, spatials: Sequence[SpatialMapping]) -> None:
        self.model = model
        self.layer, self.accelerator = model.layer, model.accelerator
        self.count = len(spatials)
        array_dims = [name for name, _ in self.accelerator.array.dimensions]
        self.unrolled: dict[str, dict[str, Array]] = {name: {} for name in array_dims}
        for row, spatial in enumerate(spatials):
            for array_dim, dims in spatial.unrollings:
                for dim, factor in dims:
                    column = self.unrolled[array_dim].get(dim)
                    if column is None:
                        column = self.unrolled[array_dim][dim] = np.ones(self.count)
                    column[row] = factor
        self.temporal: dict[str, Array] = {}
        self.divides: dict[str, Array] = {}
        self.average: dict[str, dict[str, Array]] = {name: {} for name in array_dims}
        for dim, size in self.layer.loop_dims:
            homes = [name for name in array_dims if dim in self.unrolled[name]]
            total = np.ones(self.count)
            for name in homes:
                total = total * self.unrolled[name][dim]
            steps = np.ceil(size / total)
            self.temporal[dim] = steps
            self.divides[dim] = steps * total == size
            widest = np.max([self.unrolled[name][dim] for name in homes], axis=0) if homes else None
            taken = np.zeros(self.count, dtype=bool)
            for name in homes:
                column = self.unrolled[name][dim]
                here = (column == widest) & ~taken
                taken |= here
                self.average[name][dim] = np.where(here, size / steps / (total / column), column)
        self.steps: Array = np.prod(list(self.temporal.values()), axis=0)

    def product(self, dims: frozenset[str], array_dims: Sequence[str]) -> Array:
        """Average unrollings of ``dims`` on ``array_dims``, multiplied."""
        total = np.ones(self.count)
        for name in array_dims:
            for dim, column in self.average[name].items():
                if dim in dims:
                    total = total * column
        return total

    def iterations(self, dims: frozenset[str]) -> Array:
        """Product of ``T_d`` over ``dims``."""
        total = np.ones(self.count)
        for dim, steps in self.temporal.items():
            if dim in dims:
                total = total * steps
        return total


def array_energy_pj(batch: SpatialBatch) -> Array:
    """Energy of the array under every spatial mapping; the same formula as in `models.spread`."""
    model, array = batch.model, batch.accelerator.array
    everything = frozenset(batch.layer.sizes)
    if model.profile.whole_activations:
        rows = batch.product(everything, [array.bitline])
        columns = batch.product(everything, [array.wordline])
        activations = batch.steps * batch.product(everything, [name for name, _ in array.dimensions[2:]])
    else:
        rows = np.prod([np.ones(batch.count), *batch.unrolled[array.bitline].values()], axis=0)
        columns = np.prod([np.ones(batch.count), *batch.unrolled[array.wordline].values()], axis=0)
        activations = batch.layer.macs / (rows * columns)
    known: dict[tuple[float, float], float] = {}
    energy = np.empty(batch.count)
    for i, key in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
        if key not in known:
            known[key] = sum(model.macro.activation_energy_pj(*key).values())
        energy[i] = known[key]
    total: Array = energy * activations
    return total


@dataclass(frozen=True)
class SpatialBounds:
    """Lower bounds of energy (pJ) and latency (cycles) of every spatial mapping."""

    energy_pj: Array
    latency: Array


def spatial_bounds(model: CostModel, spatials: Sequence[SpatialMapping], with_latency: bool) -> SpatialBounds:
    """Bound every spatial mapping quickly."""
    batch = SpatialBatch(model, spatials)
    energy = np.min(list(energy_bound_pj(batch).values()), axis=0)
    return SpatialBounds(energy, latency_bound(batch) if with_latency else np.zeros(batch.count))


def latency_bound(batch: SpatialBatch) -> Array:
    """Lower bound of the latency: computing, and reloading the array as rarely as its loops allow.

    With all loops below the cells that are irrelevant to the weights, and ``g`` weights per cell group, the array is
    written at least ``steps / loops / g`` times; the first time is onloading under the port models.
    """
    model, layer, accelerator = batch.model, batch.layer, batch.accelerator
    profile, array = model.profile, accelerator.array
    compute = batch.steps * array.cycles_per_activation
    if len(accelerator.levels["W"]) < 2:
        return compute
    idle = frozenset(layer.sizes) - layer.relevant("W")
    loads = batch.steps / batch.iterations(idle)
    stall = np.zeros(batch.count)
    if profile.rows_written:
        rows = np.prod([np.ones(batch.count), *batch.unrolled[array.bitline].values()], axis=0)
        depth = max(1, accelerator.cells.size_bits // layer.precision.W)
        stall = np.maximum(0.0, loads - (depth if profile.ports_stall else 0)) * rows
    if profile.ports_stall and accelerator.cells.size_bits < 2 * layer.precision.W:
        fans = fan_boundaries(accelerator, "W")
        fan = np.ones(batch.count)
        for name in fans:
            if fans[name] == 1:
                for dim, column in batch.average[name].items():
                    if dim in layer.relevant("W"):
                        fan = fan * (column // 1 if profile.floor_unrolling else batch.unrolled[name][dim])
        for access in model.boundaries["W"][1].down:
            busy = np.ceil((fan if access.upper else 1.0) * layer.precision.W / access.port.bandwidth_max)
            own = np.maximum(0.0, busy - math.ceil(array.cycles_per_activation))
            stall = np.maximum(stall, np.maximum(0.0, loads - 1) * own)
    bound: Array = compute + stall
    return np.maximum(bound, _port_cycles(batch)) if profile.ports_stall else bound


def _port_cycles(batch: SpatialBatch) -> Array:
    """Cycles that moving all weights in, or all outputs out, takes of a port above which there is one memory.

    Why it is safe: every element crosses each boundary at least once. Of ``count`` transfers of ``busy`` cycles, the
    stall and the computation take at least ``(count - 1) * busy``, and the last one is on- or offloading, exposed as
    a whole. A single transfer is exposed but for what the computation and the stall hide of it. Links whose onloading
    does not count beside an outer one are left out.
    """
    model, layer = batch.model, batch.layer
    kinds = link_kinds(model)
    most = np.zeros(batch.count)
    for operand in ("W", "O"):
        bits = layer.precision.W if operand == "W" else min(layer.precision.O, layer.precision.O_final)
        elements = np.ones(batch.count)
        for dim in layer.relevant(operand) & frozenset(layer.sizes):
            elements = elements * batch.temporal[dim]
            for name in batch.unrolled:
                column = batch.unrolled[name].get(dim)
                if column is not None:
                    elements = elements * (batch.average[name][dim] // 1 if model.profile.floor_unrolling else column)
        fans = fan_boundaries(batch.accelerator, operand)
        for boundary in model.boundaries[operand][max(1, *fans.values()) :]:
            if operand == "W" and kinds[0, boundary.index] == "hidden":
                continue
            for access in boundary.down if operand == "W" else boundary.up:
                if access.upper:
                    most = np.maximum(most, elements * bits / access.port.bandwidth_max)
    return most


def energy_bound_pj(batch: SpatialBatch) -> dict[int, Array]:
    """Lower bounds of the energy of every spatial mapping, in pJ, per operand that rests lowest.

    Keys are operand indices: the bound holds for all mappings in which only that operand has loops below its lowest
    cut. A single key -1 covers all mappings where the argument of the module does not apply.
    """
    model, layer, accelerator = batch.model, batch.layer, batch.accelerator
    fixed = array_energy_pj(batch)
    one_home = all(sum(dim not in layer.relevant(op) for op in OPERANDS) <= 1 for dim, n in layer.loop_dims if n > 1)
    if not (one_home and all(_holds_one(model, operand) for operand in OPERANDS)):
        for operand in OPERANDS:
            for cut in range(1, len(accelerator.levels[operand])):
                fixed = fixed + _crossing_once_pj(batch, operand, cut)
        return {-1: fixed}
    lowest = [_LowestCut(batch, operand) for operand in OPERANDS]
    packed = _finished_outputs_held(model)
    bounds = {}
    for rest in range(len(OPERANDS)):
        others = [cut for index, cut in enumerate(lowest) if index != rest]
        # Finished outputs that are packed bring loops along that another operand may rest for, too, if it has any.
        along = packed if OPERANDS[rest] == "O" and packed > 1 else None
        bounds[rest] = fixed + _best_rest_pj(batch, rest, lowest[rest])
        for other in others:
            below = np.minimum(along, batch.iterations(other.idle)) if along else None
            bounds[rest] = bounds[rest] + other.energy_pj(below)
    return bounds


def _holds_one(model: CostModel, operand: str) -> bool:
    """Whether the lowest memory of an operand lies below another one and holds one element (one partial sum)."""
    if len(model.accelerator.levels[operand]) < 2 or _wide(model, operand):
        return False
    return 2 * model.layer.precision.bits(operand) > model.accelerator.memory(operand, 0).size_bits


def _finished_outputs_held(model: CostModel) -> int:
    """Finished outputs that fit in the lowest memory of the outputs."""
    return max(1, model.accelerator.memory("O", 0).size_bits // model.layer.precision.O_final)


def _best_rest_pj(batch: SpatialBatch, rest: int, lowest: _LowestCut) -> Array:
    """Least energy over the lowest cut of the resting operand and all higher cuts of every operand.

    For every tile ``b`` of irrelevant loops that may rest: each higher cut either holds ``b`` as well, and then its
    memory must have room for that, or lies inside ``b``, and then all loops that are irrelevant to its own operand
    are above it and it is crossed once per iteration of them. Of two cuts that hold ``b`` one holds the other; the
    loops that the inner one would like to hold, because they are irrelevant to it, take room at the outer one.
    """
    layer, accelerator = batch.layer, batch.accelerator
    dims = frozenset(layer.sizes)
    idle = sorted(dim for dim in dims - layer.relevant(OPERANDS[rest]) if layer.sizes[dim] > 1)
    higher = [(index, a) for index, op in enumerate(OPERANDS) for a in range(2, len(accelerator.levels[op]))]
    once = {(index, a): _crossing_once_pj(batch, OPERANDS[index], a) for index, a in higher}
    shapes = np.stack([batch.temporal[dim] for dim in idle]) if idle else np.ones((1, batch.count))
    if np.any(shapes != shapes[:, :1]) or len(higher) > _MOST_HIGHER_CUTS:
        # The loops that may rest differ from one spatial mapping to the next: let all of them rest.
        return lowest.energy_pj(batch.iterations(frozenset(idle))) + sum(once.values())
    best = np.full(batch.count, np.inf)
    room = {key: _BitsWith(batch, OPERANDS[key[0]], key[1] - 1) for key in higher}
    wanted = {index: dims - layer.relevant(op) for index, op in enumerate(OPERANDS)}
    again = {index: batch.iterations(own) for index, own in wanted.items()}
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
                energy = energy + (once[key] if key in holding else once[key] * again[key[0]])
            energy = energy + _conflict_pj(batch, holding, once, bits, size, home)
            for memory in {home[key] for key in holding}:
                used = sum(bits[key] for key in holding if home[key] == memory)
                energy = np.where(used > accelerator.memories[memory].size_bits, np.inf, energy)
            options = np.minimum(options, energy)
        best = np.minimum(best, lowest.energy_pj(math.prod(tile)) + options)
    return best


_MOST_HIGHER_CUTS = 4
"""Beyond this many cuts above the lowest ones, their ways around a resting tile are not told apart."""

_CutKey = tuple[int, int]


def _conflict_pj(
    batch: SpatialBatch,
    holding: Sequence[_CutKey],
    once: dict[_CutKey, Array],
    bits: dict[_CutKey, Array],
    size: dict[_CutKey, int],
    home: dict[_CutKey, int],
) -> Array | float:
    """Extra energy of the pair of cuts that is worst off, because one of the two must hold the other."""
    worst: Array | float = 0.0
    for first, second in itertools.combinations(holding, 2):
        if first[0] == second[0]:
            continue
        ways = []
        for inner, outer in ((first, second), (second, first)):
            own = frozenset(batch.layer.sizes) - batch.layer.relevant(OPERANDS[inner[0]])
            taking = own & batch.layer.relevant(OPERANDS[outer[0]])
            if outer[0] == 1:  # along a window a tile grows less than its loops
                taking = taking - frozenset(d for w in batch.layer.windows for d in (w.output_dim, w.filter_dim))
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
                [np.ones(batch.count), *(batch.unrolled[name][dim] for name in fans
                                         if fans[name] <= level and dim in batch.unrolled[name])], axis=0
            )
            for dim in relevant
        }  # fmt: skip
        self.outside = relevant - in_window
        self.fixed = np.prod([np.ones(batch.count), *(self.unrolled[dim] for dim in self.outside)], axis=0)
        finished = min(self.layer.precision.O, self.layer.precision.O_final)
        self.bits = finished if operand == "O" else self.layer.precision.bits(operand)

    def with_loops(self, inside: dict[str, int]) -> Array:
        """Bits when the tile holds these loops and nothing else."""
        elements = self.fixed * math.prod(factor for dim, factor in inside.items() if dim in self.outside)
        for w in self.windows:
            reach = self.unrolled[w.output_dim] * inside.get(w.output_dim, 1)
            elements = elements * w.extents(reach, self.unrolled[w.filter_dim] * inside.get(w.filter_dim, 1))
        total: Array = elements * self.bits
        return total


def _wide(model: CostModel, operand: str) -> bool:
    """Whether more than one element of an operand can be unrolled within its lowest memory's instances."""
    from zigzag_imc.models.capacity import lanes_needed_bits

    bits, width = lanes_needed_bits(model.layer, model.accelerator, operand, SpatialMapping(()))
    return width >= 2 * bits


class _LowestCut:
    """Energy over boundaries 0 and 1 of an operand whose lowest memory holds one element."""

    def __init__(self, batch: SpatialBatch, operand: str) -> None:
        self.batch, self.operand = batch, operand
        model, layer, profile = batch.model, batch.layer, batch.model.profile
        self.relevant = layer.relevant(operand)
        self.idle = frozenset(layer.sizes) - self.relevant
        fans = fan_boundaries(batch.accelerator, operand)
        self.fan = [_fan(batch, operand, [name for name in fans if fans[name] == a]) for a in (0, 1)]
        self.active = []
        for a in range(3):
            active = batch.product(frozenset(layer.sizes), [name for name in fans if fans[name] >= a])
            self.active.append(np.rint(np.round(active, 3)) if profile.rounded_averages else active)
        self.model = model
        self.packed = operand == "O" and _finished_outputs_held(model) > 1

    def energy_pj(self, resting: Array | int | None) -> Array:
        """Energy when ``resting`` iterations of irrelevant loops are below the cut (None: no loop at all)."""
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
                bits = np.where(partial, layer.precision.O, min(layer.precision.O, layer.precision.O_final))
                back = model.readbacks(crossing, batch.iterations(self.relevant))  # type: ignore[arg-type]
                downs = np.where(partial, back, 0.0)
            for accesses, count in ((boundary.up, crossing), (boundary.down, downs)):
                for access in accesses:
                    if access.energy_pj:
                        active = self.active[a + access.upper]
                        n: Any = words(access, 1.0, bits, count, active, self.fan[a], model.profile)  # type: ignore[arg-type]
                        if self.packed and a == 1:
                            amount = (self.fan[a] if access.upper else 1.0) * bits / access.port.bandwidth_max
                            n = np.where(partial, n, np.maximum(0.0, amount * count * active - 1))
                        energy = energy + n * access.energy_pj
        return energy


def _fan(batch: SpatialBatch, operand: str, array_dims: Sequence[str]) -> Array:
    """Distinct elements that fan out over some array dimensions, as long as none fans out below them."""
    layer, profile = batch.layer, batch.model.profile
    relevant = layer.relevant(operand)
    windows = layer.windows if operand == "I" else ()
    in_window = frozenset(dim for w in windows for dim in (w.output_dim, w.filter_dim))
    fan = batch.product(relevant - in_window, array_dims)
    for window in windows:
        outputs = batch.product(frozenset((window.output_dim,)), array_dims)
        filters = batch.product(frozenset((window.filter_dim,)), array_dims)
        if profile.rounded_averages:
            outputs, filters = outputs // 1, filters // 1
        fan = fan * window.extents(outputs, filters, profile.phantom_dilation)
    return np.rint(fan) if profile.rounded_averages else fan


def _crossing_once_pj(batch: SpatialBatch, operand: str, boundary: int) -> Array:
    """Energy of every element crossing one boundary once, in full-width words."""
    model, layer = batch.model, batch.layer
    relevant = layer.relevant(operand) & frozenset(layer.sizes)
    windows = layer.windows if operand == "I" else ()
    in_window = frozenset(dim for w in windows for dim in (w.output_dim, w.filter_dim))
    elements = float(math.prod(layer.sizes[dim] for dim in relevant - in_window))
    for w in windows:
        elements *= w.extent(layer.sizes[w.output_dim], layer.sizes[w.filter_dim])
    bits = min(layer.precision.O, layer.precision.O_final) if operand == "O" else layer.precision.bits(operand)
    rounded = model.profile.rounded_averages
    least = _rounding_loss(batch, operand, boundary) if rounded else np.ones(batch.count)
    energy = np.zeros(batch.count)
    crossing = model.boundaries[operand][boundary]
    for access in crossing.up if operand == "O" else crossing.down:
        count = elements * bits / access.port.bandwidth_max * least
        if rounded:
            count = np.maximum(0.0, count - 1)
        energy = energy + count * access.energy_pj
    return energy


def _rounding_loss(batch: SpatialBatch, operand: str, boundary: int) -> Array:
    """Least ratio of rounded to true elements over a boundary.

    ``round(x) >= x - 1/2`` and tiles are at least what is unrolled in one instance; a window's average ``a`` is cut
    down to a whole number, at worst by ``floor(a) / a``; instances and fans are rounded by a third at most.
    """
    layer = batch.layer
    fans = fan_boundaries(batch.accelerator, operand)
    below = [name for name in fans if fans[name] < boundary]
    relevant = layer.relevant(operand) & frozenset(layer.sizes)
    in_window = (
        frozenset(dim for w in layer.windows for dim in (w.output_dim, w.filter_dim)) if operand == "I" else frozenset()
    )
    inside = np.maximum(1.0, batch.product(relevant - in_window, below))
    whole = np.all([batch.divides[dim] for dim in relevant - in_window], axis=0) if relevant - in_window else True
    loss: Array = np.where(whole, 1.0, np.maximum(2 / 3, 1 - 0.5 / inside))
    for dim in relevant & in_window:
        average = batch.product(frozenset((dim,)), below)
        loss = loss * np.where(batch.divides[dim], 1.0, np.maximum(1.0, average // 1) / np.maximum(1.0, average))
        # the other rounding of elements, once more where a window's average is not whole
        loss = np.where(batch.divides[dim], loss, loss * 2 / 3)
    above = [name for name in fans if fans[name] >= boundary and batch.unrolled[name]]
    everything = np.all([batch.divides[dim] for dim in layer.sizes], axis=0)
    return np.where(everything, 1.0, loss * (4 / 9 if above else 1.0))

"""What the lowest cuts of all operands take of the ports, while one operand rests lowest."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.core.layer import OPERANDS, OUTPUTS, WEIGHTS
from zigzag_imc.models.array.use import lanes
from zigzag_imc.models.movement.traffic import Access
from zigzag_imc.models.movement.unrolled import fan_out
from zigzag_imc.models.movement.words import ceil_div, rounded
from zigzag_imc.models.timing.loading import taken_bits
from zigzag_imc.models.timing.rows import cycles_per_row
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.presolve.spatial.lowest_cut import LowestCut, finished_outputs_held
from zigzag_imc.solver.tables.cut import PortKey
from zigzag_imc.solver.tables.lattice import Array
from zigzag_imc.solver.tables.links import link_kinds
from zigzag_imc.solver.tables.transfers import Transfers


@dataclass(frozen=True, slots=True)
class PortLoad:
    """What the transfers over one boundary take of one port.

    Attributes
    ----------
    key
        The port.
    busy
        Cycles of all transfers but the first one, per spatial mapping.
    stuck
        Those of them that no window hides.
    """

    key: PortKey
    busy: Array
    stuck: Array


class LowestPorts:
    """Loads of the ports over the lowest cut of an operand whose lowest memory holds one element.

    Parameters
    ----------
    arrays
        The spatial mappings.
    cut
        The cut.
    """

    def __init__(self, arrays: SpatialArrays, cut: LowestCut) -> None:
        self._arrays, self._cut, self._operand = arrays, cut, cut.operand
        model, name = arrays.model, OPERANDS[cut.operand]
        timed = arrays.timed_of(name)
        phantom = model.profile.phantom_dilation
        below = map(timed.below, range(3))
        self._fans = [rounded(fan_out(*sides, phantom)) for sides in pairwise(below)]
        self._rate = math.ceil(arrays.accelerator.array.cycles_per_activation)
        self._at_once = finished_outputs_held(model) if cut.operand == OUTPUTS else 1
        room_bits = arrays.accelerator.memory(name, 0).size_bits
        # Of two tiles not even the narrower kind of element has room.
        self._never_buffered = 2 * arrays.layer.precision.least_bits(name) > room_bits

    def loads(self, resting: Array | float) -> Iterator[PortLoad]:
        """Yield the loads of every port; ``resting`` iterations of idle loops are below the cut.

        Why it is safe: the tile below the cut is one element, fed ``count`` times. Its transfers
        after the first compete with computing. Where finished outputs are packed, they are moved in
        fewer, longer transfers; their bits stay the same, but the first of them may be as many as
        are packed.
        """
        for transfers in self._cut.all_transfers(resting):
            for access, back in transfers.directed():
                bits = access.amount(1.0, self._fans[transfers.place]) * transfers.element_bits
                own = bits / access.port.bandwidth_max
                one_by_one = self._one_by_one(transfers, np.ceil(own), back)
                is_packed = self._at_once > 1 and transfers.place > 0 and not back
                parts = self._packed(transfers, own, one_by_one) if is_packed else one_by_one
                yield PortLoad(key_of(access), *parts)

    def _one_by_one(self, transfers: Transfers, busy: Array, back: bool) -> tuple[Array, Array]:
        """Cycles of elements that are moved one at a time, and those that no window hides."""
        count = np.maximum(0.0, transfers.after_first(back))
        return count * busy, count * np.maximum(0.0, busy - self._window(transfers))

    def _window(self, transfers: Transfers) -> float:
        """Cycles of one transfer's window at most; one activation where nothing is buffered."""
        is_each_activation = self._operand == OUTPUTS and transfers.place == 0
        is_short = is_each_activation or (transfers.place == 1 and self._never_buffered)
        return self._rate if is_short else math.inf

    def _packed(
        self, transfers: Transfers, own: Array, one_by_one: tuple[Array, Array]
    ) -> tuple[Array, Array]:
        """Cycles, where finished outputs may be moved several at a time."""
        together = np.maximum(0.0, transfers.count - self._at_once) * own
        busy, stuck = one_by_one
        return (
            np.where(transfers.partial, busy, together),
            np.where(transfers.partial, stuck, 0.0),
        )


class ArrayLoads:
    """Loads of the array: its rows written one by one, and the first one, which is waited for.

    Parameters
    ----------
    arrays
        The spatial mappings.
    cut
        The lowest cut of the weights.
    """

    def __init__(self, arrays: SpatialArrays, cut: LowestCut) -> None:
        accelerator, layer = arrays.accelerator, arrays.layer
        self._cut, self._zeros, self._profile = cut, arrays.zeros, arrays.model.profile
        self._is_hidden = link_kinds(arrays.model).get((WEIGHTS, 1)) == "hidden"
        rows = lanes(arrays.unrolled, accelerator.array.bitline)
        port = accelerator.cells.port_of("W", Direction.FROM_HIGH)
        # At least: the band of rows that a diagonal mapping takes counts as its taps.
        self._rows = rows * cycles_per_row(1.0, layer.precision.W, port)
        timed = arrays.timed_of("W")
        self._fan = rounded(fan_out(timed.below(1), timed.below(2), self._profile.phantom_dilation))
        self._bits, self._rate = layer.precision.W, accelerator.array.cycles_per_activation
        self._accesses = arrays.model.boundaries["W"][1].down
        self._busy = [
            ceil_div(access.amount(1.0, self._fan) * self._bits, access.port.bandwidth_max)
            for access in self._accesses
        ]

    def rows_stuck(self, resting: Array | float) -> Array:
        """Cycles for which computing waits until the rows are written, but for the first time."""
        if not self._profile.rows_written:
            return self._zeros
        stuck: Array = np.maximum(0.0, self._cut.count(resting) - 1) * self._rows
        return stuck

    def first(self, resting: Array | float) -> Array:
        """Cycles of the first load, which nothing hides where more of them follow.

        A single one may hide behind computing, but for the writing of its rows.
        """
        if self._is_hidden:
            return self._zeros
        follow = self._cut.count(resting) > 1
        exposed = self._zeros
        for busy in self._busy:
            exposed = np.maximum(exposed, np.where(follow, busy, 0.0))
        return np.maximum(exposed, self._rows) if self._profile.rows_written else exposed

    def spare(self, resting: Array | float) -> dict[PortKey, Array]:
        """Share of its cycles that a port has left beside the loads of the array, at most.

        All of it where there is a single load, or where nothing that is loaded once may hide.
        """
        if not self._profile.hidden_loads:
            return {key_of(access): self._zeros for access in self._accesses}
        spare: dict[PortKey, Array] = {}
        for access in self._accesses:
            fan, width = access.amount(1.0, self._fan), access.port.bandwidth_max
            taken = taken_bits(self._bits, resting, fan, self._rate)
            left = np.maximum(0.0, (width - taken) / width)
            spare[key_of(access)] = np.where(self._cut.count(resting) > 1, left, 1.0)
        return spare


def key_of(access: Access) -> PortKey:
    """Port that an access goes through."""
    return access.memory_index, access.port_index

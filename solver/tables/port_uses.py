"""What transfers take of the ports of the memories."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from zigzag_imc.models.movement.traffic import Access
from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.solver.tables.cut import PortKey
from zigzag_imc.solver.tables.lattice import Array
from zigzag_imc.solver.tables.layout import Layout
from zigzag_imc.solver.tables.transfers import Transfers


class PortUse(NamedTuple):
    """One access of every transfer over a boundary.

    Attributes
    ----------
    access
        The access.
    back
        Whether it moves partial sums on their way back down.
    fan
        Instances below the port that one transfer feeds.
    bits_of_tile
        Bits of one transfer below the boundary, for every tile.
    busy
        Cycles of the port for one transfer, for every tile.
    """

    access: Access
    back: bool
    fan: int
    bits_of_tile: Array
    busy: Array

    @property
    def key(self) -> PortKey:
        """Port that the access goes through."""
        return self.access.memory_index, self.access.port_index


class Activity(NamedTuple):
    """The transfers through a port after the first period, for every tile.

    Attributes
    ----------
    key
        The port.
    transfers
        How many there are.
    busy
        Cycles of each.
    stuck
        Cycles of all of them that no window hides.
    """

    key: PortKey
    transfers: Array
    busy: Array
    stuck: Array

    @property
    def load(self) -> Array:
        """Cycles of all of them."""
        return self.transfers * self.busy


class FixedLoad(NamedTuple):
    """What no cut changes of the load of a port.

    Attributes
    ----------
    key
        The port.
    busy, stuck
        Cycles after the first period, and those of them that no window hides.
    """

    key: PortKey
    busy: float
    stuck: float


def fixed_loads(layout: Layout, traffic: Transfers, rate: float) -> Iterator[FixedLoad]:
    """Loads of the ports between the array and the lowest output memory.

    Parameters
    ----------
    traffic
        What crosses at every activation, whatever the cuts.
    rate
        Cycles per activation: the window of every transfer.
    """
    bits = layout.laid.operands[traffic.operand].fan_whole[0] * traffic.element_bits
    for access, back in traffic.directed():
        later = float(traffic.after_first(back))
        busy = ceil_div(bits, access.port.bandwidth_max)
        if later:
            stuck = later * max(0, busy - math.ceil(rate))
            yield FixedLoad((access.memory_index, access.port_index), later * busy, stuck)


def by_port(
    parts: Iterable[tuple[PortKey, tuple[Array, Array]]],
) -> dict[PortKey, list[tuple[Array, Array]]]:
    """Collect what different parts are for one port."""
    found: dict[PortKey, list[tuple[Array, Array]]] = {}
    for key, part in parts:
        found.setdefault(key, []).append(part)
    return found

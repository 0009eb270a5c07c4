"""Flows in which the outermost loop of a dimension ends short: transfers of several sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from zigzag_imc.core.layer import Layer
from zigzag_imc.models.movement.short_tiles import (
    Level,
    LoopNest,
    Period,
    kinds_of_tiles,
    periods_of,
)
from zigzag_imc.models.movement.tiles import LoopRoles, Spans


class Lot(NamedTuple):
    """Tiles of one operand at one boundary that are equally long along its dimensions.

    Attributes
    ----------
    tile, spans
        As in `Tiles`.
    distinct
        How many tiles with different data there are.
    periods
        Every visit of one of them, by how long it takes: also along the irrelevant dimensions,
        rounds may be short.
    """

    tile: int
    spans: Spans
    distinct: int
    periods: tuple[Period, ...]

    @property
    def times(self) -> int:
        """Visits of all these tiles."""
        return sum(period.times for period in self.periods)


class Part(NamedTuple):
    """Transfers of a flow that are equally large.

    Attributes
    ----------
    carried
        Transfers that carry data.
    average_bits, bits
        Bits per transfer, as in `Flows`.
    tile
        Product of the relevant temporal loops outside windows.
    periods
        The periods of these transfers.
    """

    carried: int
    average_bits: float
    bits: int
    tile: int
    periods: tuple[Period, ...]

    @property
    def times(self) -> int:
        """Periods, with or without data."""
        return sum(period.times for period in self.periods)


class ShortFlows(NamedTuple):
    """All transfers of a mapping in which the outermost loop of a dimension ends short.

    Attributes
    ----------
    nest
        The loops.
    levels
        Per flow, where its boundary stands.
    parts
        Per flow, its transfers; the first is full, the last one short wherever one is.
    """

    nest: LoopNest
    levels: Sequence[Level]
    parts: Sequence[tuple[Part, ...]]


def lots_at(
    nest: LoopNest, level: Level, layer: Layer, operand: str, roles: LoopRoles
) -> list[Lot]:
    """Return all tiles of an operand at a boundary."""
    relevant = [dim for dim in nest.sizes if dim in layer.relevant(operand)]
    irrelevant = [dim for dim in nest.sizes if dim not in layer.relevant(operand)]
    idle = kinds_of_tiles(nest, level.place, irrelevant)
    return [
        Lot(*roles.held(kind.lengths), kind.times, periods_of(nest, level, kind, idle))
        for kind in kinds_of_tiles(nest, level.place, relevant)
    ]

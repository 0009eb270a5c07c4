"""SRAMs by a table of CACTI's results that ships with the tool; between its points, interpolated.

``benchmarks/sram_table.py`` makes the table and measures how far interpolation is from CACTI.
"""

from __future__ import annotations

import csv
import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from itertools import product
from typing import NamedTuple

from zigzag_imc.core.errors import OptionError
from zigzag_imc.models.hardware.costs.sram import SramCost, SramPorts, SramShape

TABLE = "sram_table.csv"
COLUMNS = (
    "node_nm",
    "ports",
    "size_bytes",
    "width_bits",
    "read_pj",
    "write_pj",
    "area_mm2",
    "access_ns",
)


class Point(NamedTuple):
    """A point of the table.

    Attributes
    ----------
    node_nm, size_bytes, width_bits
        Node, capacity and width of an access.
    """

    node_nm: float
    size_bytes: float
    width_bits: float


Costs = tuple[float, float, float, float]
"""Read and write in pJ, area in mm2, access time in ns."""


@dataclass(frozen=True)
class Lattice:
    """Costs at points, along axes; not every crossing needs a point.

    Attributes
    ----------
    points
        Costs by coordinates.
    """

    points: Mapping[tuple[float, ...], Costs]

    @cached_property
    def axes(self) -> tuple[tuple[float, ...], ...]:
        """Values along each axis, sorted."""
        return tuple(tuple(sorted(set(values))) for values in zip(*self.points, strict=True))

    def between(self, wanted: Sequence[float]) -> Costs | None:
        """Interpolate; ``None`` where a neighbour is missing.

        Costs are linear in their logarithms: along the first axis, the node, over the node itself,
        as CACTI's own constants are, and along the others over logarithms, so that powers of sizes
        are met exactly.
        """
        scales: list[Callable[[float], float]] = [_plainly, *[math.log] * (len(self.axes) - 1)]
        sides = [
            _neighbours(axis, value, scale)
            for axis, value, scale in zip(self.axes, wanted, scales, strict=True)
        ]
        if not all(sides):
            return None
        logs = [0.0, 0.0, 0.0, 0.0]
        for corner in product(*sides):
            costs = self.points.get(tuple(value for value, _ in corner))
            if costs is None:
                return None
            weight = math.prod(share for _, share in corner)
            logs = [total + weight * math.log(one) for total, one in zip(logs, costs, strict=True)]
        read, write, area, access = map(math.exp, logs)
        return read, write, area, access


@dataclass(frozen=True)
class Grid:
    """Costs of SRAMs with the same ports.

    Attributes
    ----------
    points
        Costs by point; where CACTI finds no solution, there is none.
    """

    points: Mapping[Point, Costs]

    @cached_property
    def _by_words(self) -> Lattice:
        """The same points by node, number of words and width."""
        return Lattice(
            {(at.node_nm, _words(at), at.width_bits): c for at, c in self.points.items()}
        )

    @cached_property
    def _by_size(self) -> Lattice:
        """The same points by node, size and width."""
        return Lattice({tuple(at): costs for at, costs in self.points.items()})

    def between(self, wanted: Point) -> Costs | None:
        """Interpolate; ``None`` where neighbours are missing.

        Between SRAMs of as many words, for the ways to split one follow these; at the upper end of
        the sizes, where some are missing, between SRAMs of as many bytes.
        """
        by_words = self._by_words.between((wanted.node_nm, _words(wanted), wanted.width_bits))
        return self._by_size.between(wanted) if by_words is None else by_words


@dataclass(frozen=True)
class SramTable:
    """CACTI's results at the points of a grid.

    Attributes
    ----------
    grids
        Costs by ports.
    """

    grids: Mapping[SramPorts, Grid]

    @classmethod
    def shipped(cls) -> SramTable:
        """Return the table that ships with the tool."""
        return _shipped()

    @classmethod
    def read(cls, text: str) -> SramTable:
        """Return the table of a text of comma-separated values."""
        points: dict[SramPorts, dict[Point, Costs]] = {}
        for row in csv.DictReader(text.splitlines()):
            at = Point(*(float(row[name]) for name in Point._fields))
            read, write, area, access = (float(row[name]) for name in COLUMNS[-4:])
            points.setdefault(SramPorts.of(row["ports"]), {})[at] = (read, write, area, access)
        return cls({ports: Grid(grid) for ports, grid in points.items()})

    def cost(self, shape: SramShape) -> SramCost | None:
        """Costs of an SRAM; ``None`` beyond the points at which CACTI finds a solution.

        Raises
        ------
        OptionError
            When the table has no such ports.
        """
        if shape.ports not in self.grids:
            known = ", ".join(map(str, self.grids))
            raise OptionError(f"sram_ports: found {shape.ports}, expected one of {known}")
        grid = self.grids[shape.ports]
        wanted = Point(shape.node_nm, shape.size_bytes, shape.width_bits)
        source = f"CACTI 7 table, {shape.node_nm:g} nm, {shape.ports}"
        if wanted in grid.points:
            return SramCost(*grid.points[wanted], source=source)
        costs = grid.between(wanted)
        return None if costs is None else SramCost(*costs, source=f"{source}, interpolated")


def _words(at: Point) -> float:
    """Accesses that read all of an SRAM."""
    return at.size_bytes * 8 / at.width_bits


def _plainly(value: float) -> float:
    return value


def _neighbours(
    axis: Sequence[float], value: float, scale: Callable[[float], float]
) -> list[tuple[float, float]]:
    """Return the values on both sides and how much each counts; nothing beyond the ends."""
    if not axis[0] <= value <= axis[-1]:
        return []
    at = bisect_left(axis, value)
    if axis[at] == value:
        return [(value, 1.0)]
    low, high = axis[at - 1], axis[at]
    share = (scale(value) - scale(low)) / (scale(high) - scale(low))
    return [(low, 1 - share), (high, share)]


@lru_cache(maxsize=1)
def _shipped() -> SramTable:
    return SramTable.read(resources.files(__package__).joinpath(TABLE).read_text(encoding="ascii"))

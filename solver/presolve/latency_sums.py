"""Additive bounds of the latency of one spatial mapping.

One per port, way it can stall, and input that is waited for.

Latency is computing, plus the largest stall of a port, plus on- and offloading. A port stalls at
least for what each transfer cannot hide in its own windows (``stuck``), and at least for what all
its transfers take beyond the computation (``busy``). Onloading is at least that of either input.
Each combination is ``offset + sum over cuts of a value per tile``, whose minimum over all chains of
tiles the dynamic program of `chains` finds. The latency is at least the largest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from zigzag_imc.solver.tables.chains import Chain, State, best_chain, best_value, forward, through
from zigzag_imc.solver.tables.cut import ROW_PORT, PortKey, SpatialColumns, ports_of
from zigzag_imc.solver.tables.lattice import Array

SumName = tuple[int, str, PortKey | None]
"""Input that is waited for, ``stuck`` or ``busy`` (empty for computing alone), and the port."""

_LINK_SHARES = ((1.0, 0.0, 1.0), (0.0, 1.0, 1.0))
"""Shares of the links of each operand that count, per input that is waited for."""


@dataclass(frozen=True)
class LatencySum:
    """One additive bound: cycles that no cut changes, and a value per operand, cut and tile.

    Attributes
    ----------
    name
        Which bound it is.
    offset
        Cycles that no cut changes.
    values
        Per operand and cut, cycles of every tile.
    """

    name: SumName
    offset: float
    values: list[list[Array]]

    def least(self, front: dict[State, Array]) -> float:
        """Least value of any chain, in cycles, by its forward table."""
        return self.offset + best_value(front)

    def of(self, chain: Chain) -> float:
        """Value of one chain, in cycles."""
        return self.offset + sum(
            float(self.values[operand][rank][index]) for (operand, rank), index in chain.tiles
        )


class LatencySums:
    """The additive bounds of one spatial mapping, worked out as far as they are asked for.

    Parameters
    ----------
    columns
        Columns of the spatial mapping.
    first
        Names of the bounds to start with, if they exist here: those that were the largest for
        others.
    """

    _COMPUTING: SumName = (0, "", None)

    def __init__(self, columns: SpatialColumns, first: Sequence[SumName] = ()) -> None:
        self.columns = columns
        self._links: dict[int, list[list[Array]]] = {}
        names = [
            (waited, what, key)
            for waited in range(len(_LINK_SHARES))
            for what, key in (
                ("", None),
                *((what, key) for key in ports_of(columns) for what in ("stuck", "busy")),
            )
        ]
        self._names = [
            *(name for name in first if name in names),
            *(name for name in names if name not in first),
        ]
        self._built: list[LatencySum] = []
        self._chains: dict[SumName, Chain] = {}

    def __iter__(self) -> Iterator[LatencySum]:
        """All bounds that can matter, one by one."""
        yield from self._built
        while self._names:
            found = self._build(self._names.pop(0))
            if found is not None:
                self._built.append(found)
                yield found

    def largest(self, enough: float = np.inf) -> tuple[float, SumName]:
        """Least latency of any chain, in cycles, and the bound that says so.

        One beyond ``enough`` will do.
        """
        best, name = 0.0, self._COMPUTING
        for bound in self:
            front = forward(self.columns.lattice, bound.values)
            least = bound.least(front)
            if least > best:
                best, name = least, bound.name
            if best > enough:
                break  # nobody wants the chain of a spatial mapping that is out
            if np.isfinite(least):
                self._chains[bound.name] = best_chain(bound.values, front)
        return best, name

    def best_chains(self) -> list[tuple[LatencySum, Chain]]:
        """The bounds whose least value was asked for, largest first, with the chain that has it."""
        told = [
            (bound, self._chains[bound.name]) for bound in self._built if bound.name in self._chains
        ]
        return sorted(told, key=lambda pair: -(pair[0].offset + pair[1].value))

    def of(self, chain: Chain) -> float:
        """Least latency of the loop orders that have a chain, in cycles."""
        return max(bound.of(chain) for bound in self)

    def through(self) -> list[list[Array]]:
        """Least latency of any chain through each tile of each cut."""
        columns = self.columns
        best = [[np.full(columns.lattice.shape, -np.inf) for _ in cuts] for cuts in columns.cuts]
        for bound in self:
            passed = through(columns.lattice, bound.values, forward(columns.lattice, bound.values))
            for operand, cuts in enumerate(passed):
                for rank, value in enumerate(cuts):
                    best[operand][rank] = np.maximum(best[operand][rank], bound.offset + value)
        return best

    def _build(self, name: SumName) -> LatencySum | None:
        """Work out one bound; nothing where it cannot be larger than that of computing alone."""
        waited, what, key = name
        columns = self.columns
        if waited not in self._links:
            self._links[waited] = [
                [
                    np.where(
                        np.isinf(cut.energy_pj), np.inf, _LINK_SHARES[waited][operand] * cut.link
                    )
                    for cut in cuts
                ]
                for operand, cuts in enumerate(columns.cuts)
            ]
        links = self._links[waited]
        if key is None:
            return LatencySum(name, columns.compute_cycles, links)
        if what == "stuck":
            if not _can_stick(columns, key):
                return None
            offset = columns.compute_cycles + columns.fixed_stuck.get(key, 0.0)
        else:
            if key[1] == ROW_PORT or not _can_congest(columns, key):
                return None
            offset = columns.fixed_busy.get(key, 0.0)
        values = [
            [
                link + getattr(cut, what)[key] if key in getattr(cut, what) else link
                for link, cut in zip(row, cuts, strict=True)
            ]
            for row, cuts in zip(links, columns.cuts, strict=True)
        ]
        return LatencySum(name, offset, values)


def _can_stick(columns: SpatialColumns, key: PortKey) -> bool:
    """Whether any tile makes a port stall by itself."""
    return columns.fixed_stuck.get(key, 0.0) > 0 or any(
        key in cut.stuck and bool(np.any(cut.stuck[key][np.isfinite(cut.energy_pj)] > 0))
        for cut in columns.all_cuts
    )


def _can_congest(columns: SpatialColumns, key: PortKey) -> bool:
    """Whether the transfers of a port can ever take longer than the computation."""
    most = columns.fixed_busy.get(key, 0.0)
    for cut in columns.all_cuts:
        if key in cut.busy:
            allowed = cut.busy[key][np.isfinite(cut.energy_pj)]
            most += float(allowed.max()) if allowed.size else 0.0
    return most > columns.compute_cycles

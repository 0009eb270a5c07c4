"""Additive bounds of the latency of one spatial mapping.

One per port, way it can stall, and input that is waited for.

Latency is computing, plus the largest stall of a port, plus on- and offloading. Onloading is at
least that of either input. Each combination of a stall and an input is ``offset + sum over cuts of
a value per tile``, whose minimum over all chains of tiles the dynamic program of `chains` finds.
The latency is at least the largest.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial, reduce

import numpy as np

from zigzag_imc.solver.presolve.stalls import Computing, Stall, stalls_of
from zigzag_imc.solver.tables.chains import (
    Chain,
    State,
    Table,
    best_chain,
    best_value,
    forward,
    of_sum,
    through,
)
from zigzag_imc.solver.tables.cut import Cut, PerCut, SpatialColumns, per_cut
from zigzag_imc.solver.tables.lattice import Array, TileLattice

SumName = tuple[int, Stall]
"""Input that is waited for, and the stall."""

MOST_SUMS = 4
"""Bounds, the largest ones, whose best chains are told: they make good first mappings."""

_FEW_TILES = 1024
"""Tiles up to which the bounds are worked out together: numpy's calls would take longer than the
numbers."""

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
    values: PerCut[Array]

    @property
    def waited(self) -> tuple[float, ...]:
        """How much of the link of each operand counts."""
        return _LINK_SHARES[self.name[0]]

    def least(self, front: dict[State, Array]) -> float:
        """Least value of any chain, in cycles, by its forward table."""
        return self.offset + best_value(front)

    def of_cut(self, cut: Cut) -> Array:
        """Cycles of every tile at a cut."""
        return _cycles(self.name, cut)

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
    counts
        Whether the latency takes part in what is searched; no bounds where it does not.
    alone
        Whether those to start with are all.
    """

    def __init__(
        self,
        columns: SpatialColumns,
        first: Sequence[SumName] = (),
        counts: bool = True,
        alone: bool = False,
    ) -> None:
        self.columns = columns
        stalls = tuple(stalls_of(columns)) if counts else ()
        own = {name: name for name in itertools.product(range(len(_LINK_SHARES)), stalls)}
        # Names of others are equal to those here, but tell of other cycles of computing.
        known_first = (own[name] for name in first if name in own)
        self._left = iter(dict.fromkeys((*known_first, *(() if alone else own))))
        self._built: list[LatencySum] = []
        self._chains: dict[SumName, Chain] = {}

    def __iter__(self) -> Iterator[LatencySum]:
        """All bounds that can matter, one by one."""
        yield from self._built
        for waited, stall in self._left:
            if stall.can_matter(self.columns):
                found = latency_sum((waited, stall), self.columns)
                self._built.append(found)
                yield found

    def largest(self, enough: float = np.inf) -> tuple[float, SumName]:
        """Least latency of any chain, in cycles, and the bound that says so.

        One beyond ``enough`` will do.
        """
        best = 0.0
        name: SumName = (0, Computing())
        for bound, front in self._fronts():
            least = bound.least(front)
            if least > best:
                best, name = least, bound.name
            if best > enough:
                break  # nobody wants the chain of a spatial mapping that is out
            if np.isfinite(least) and self._is_among_largest(least):
                self._chains[bound.name] = best_chain(bound.values, front)
        return best, name

    def _is_among_largest(self, least: float) -> bool:
        """Whether fewer than `MOST_SUMS` bounds before are as large."""
        as_large = (bound for bound, chain in self._traced() if bound.offset + chain.value >= least)
        return len(list(as_large)) < MOST_SUMS

    def _traced(self) -> Iterator[tuple[LatencySum, Chain]]:
        """Yield the bounds whose best chain is known, with that."""
        for bound in self._built:
            if bound.name in self._chains:
                yield bound, self._chains[bound.name]

    def _fronts(self) -> Iterator[tuple[LatencySum, Table]]:
        """Yield all bounds with their forward tables.

        Where tiles are few, those after the first together; the first one may do.
        """
        lattice, bounds = self.columns.lattice, iter(self)
        for bound in itertools.islice(bounds, 1 if lattice.size <= _FEW_TILES else None):
            yield bound, forward(lattice, bound.values)
        others = list(bounds)
        tables = forward_each(lattice, [bound.values for bound in others])
        yield from zip(others, tables, strict=True)

    def best_chains(self) -> list[tuple[LatencySum, Chain]]:
        """The largest bounds that were asked for, largest first, with the chain of least value."""
        told = sorted(self._traced(), key=lambda pair: -(pair[0].offset + pair[1].value))
        return told[:MOST_SUMS]

    def of(self, chain: Chain) -> float:
        """Least latency of the loop orders that have a chain, in cycles."""
        return max((bound.of(chain) for bound in self), default=0.0)

    def through(self) -> PerCut[Array]:
        """Least latency of any chain through each tile of each cut."""
        nothing = self.columns.per_cut(lambda _: np.zeros(self.columns.lattice.shape))
        return reduce(partial(per_cut, np.maximum), map(self._through, self._groups()), nothing)

    def _groups(self) -> Iterator[Sequence[LatencySum]]:
        """Yield all bounds: where tiles are few, together."""
        if self.columns.lattice.size > _FEW_TILES:
            yield from ((bound,) for bound in self)
        elif bounds := tuple(self):
            yield bounds

    def _through(self, bounds: Sequence[LatencySum]) -> PerCut[Array]:
        """Least value of some bounds, the largest, of any chain through each tile of each cut."""
        lattice, values = self.columns.lattice, _together([bound.values for bound in bounds])
        passed = through(lattice, values, forward(lattice, values))
        offsets = np.array([bound.offset for bound in bounds])
        by_bound = offsets.reshape(-1, *(1 for _ in lattice.shape))
        return per_cut(lambda own: (own + by_bound).max(axis=0), passed)


def latency_sum(name: SumName, columns: SpatialColumns) -> LatencySum:
    """Work out one bound, whose name may be that of another spatial mapping."""
    waited, stall = name
    own = waited, stall.under(columns)
    return LatencySum(own, stall.offset(columns), columns.per_cut(partial(_cycles, own)))


def _cycles(name: SumName, cut: Cut) -> Array:
    """What a bound adds for every tile at a cut; infinite for tiles not allowed there."""
    waited, stall = name
    cycles = stall.cycles(cut, _LINK_SHARES[waited][cut.operand])
    return np.where(np.isinf(cut.energy_pj), np.inf, cycles)


def forward_each(lattice: TileLattice, sums: Sequence[PerCut[Array]]) -> Iterator[Table]:
    """Yield the forward table of each of several sums: where tiles are few, made together."""
    if lattice.size > _FEW_TILES:
        yield from (forward(lattice, values) for values in sums)
    elif sums:
        table = forward(lattice, _together(sums))
        yield from (of_sum(table, place) for place in range(len(sums)))


def _together(sums: Sequence[PerCut[Array]]) -> PerCut[Array]:
    """Values of several sums, along an axis before those of the lattice."""
    return per_cut(lambda *own: np.stack(own), *sums)

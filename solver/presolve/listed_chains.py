"""All chains of classes at a few cuts whose additive bound is within reach, one by one.

The least value of a sum over all chains is a bound that looks at one cut at a time. Where it is not
enough, few chains are left at the cuts that matter as a rule, and of each more can be said.

Why none is missing: a forward table has the least sum of all that can follow inside of a tile. With
a price for room in it, a chain whose priced sum is beyond the limit plus what the room is worth has
either a larger sum or no room (`room_prices`). And no mapping has a chain that overflows a memory,
or whose classes have no lengths that divide each other (`StepLattice.may_hold`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import NamedTuple

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.solver.presolve.latency_sums import LatencySum, SumName, latency_sum
from zigzag_imc.solver.presolve.room_prices import (
    Multipliers,
    overflow_bits,
    price_credit,
    priced,
    shared_memories,
)
from zigzag_imc.solver.tables.any_sizes.step_lattice import StepLattice
from zigzag_imc.solver.tables.chains import (
    Chain,
    Index,
    Placement,
    State,
    Step,
    Table,
    best_chain,
    best_value,
    forward,
    steps_back,
)
from zigzag_imc.solver.tables.cut import Cut, PerCut, SpatialColumns
from zigzag_imc.solver.tables.lattice import Array

MOST_CHAINS = 256
"""Chains listed at most: of more it would take longer to bound each than to ask CP-SAT."""

MOST_STEPS = 4096
"""Tiles placed at most on the way to them."""

PRICE_STEPS = 2
"""Prices of room tried: that of the last spatial mapping is close to the best, as a rule."""

Prices = Mapping[int, float]
"""Price of a bit, per memory."""


class PricedSum(NamedTuple):
    """A sum with prices of room in it.

    Attributes
    ----------
    least
        Least value of all chains that fit, at least.
    prices, credit
        The prices, and what all room is worth at them.
    values, front
        Value of every tile with its price, and the forward table.
    """

    least: float
    prices: Prices
    credit: float
    values: PerCut[Array]
    front: Table


class _Partial(NamedTuple):
    """The upper part of a chain.

    Attributes
    ----------
    state
        How many cuts of each operand are not placed yet.
    outer
        The tile in which all others lie.
    value
        Priced sum of the tiles placed.
    free
        Bits left in every memory.
    tiles
        Tiles placed, the last one innermost.
    """

    state: State
    outer: Index
    value: float
    free: tuple[float, ...]
    tiles: tuple[tuple[Placement, Index], ...]


@dataclass(frozen=True)
class ListedChains:
    """Chains at some cuts of a spatial mapping, by what an additive bound says of them.

    Attributes
    ----------
    columns
        Classes of tiles of a spatial mapping.
    accelerator
        What it is mapped to.
    places
        The cuts.
    name
        The bound. What it adds at other cuts is left out, as no cut takes anything off.
    """

    columns: SpatialColumns
    accelerator: Accelerator
    places: Sequence[Placement]
    name: SumName

    @cached_property
    def _own(self) -> PerCut[Placement]:
        """The cuts, operand by operand, from the lowest."""
        operands = range(len(self.columns.cuts))
        return tuple(tuple(own for own in self.places if own[0] == index) for index in operands)

    @cached_property
    def at_places(self) -> SpatialColumns:
        """The columns of these cuts alone; those of the others take the least of room."""
        cuts = tuple(tuple(map(self._cut, own)) for own in self._own)
        fixed_bits = list(self.columns.least_held_bits)
        for cut in itertools.chain(*cuts):
            if not cut.is_at_array:
                fixed_bits[cut.memory] -= int(cut.least_bits)
        return replace(self.columns, cuts=cuts, fixed_bits=tuple(fixed_bits))

    def _cut(self, place: Placement) -> Cut:
        operand, rank = place
        return self.columns.cuts[operand][rank]

    @cached_property
    def bound(self) -> LatencySum:
        """The bound at these cuts."""
        return latency_sum(self.name, self.at_places)

    # ------------------------------------------------------------------ prices
    def priced(self, most: float, start: Prices) -> PricedSum:
        """Return the sum with the best of a few prices, from those at the ``start`` on.

        One at which no chain is within ``most`` will do.
        """
        multipliers = Multipliers(self.accelerator, shared_memories(self.at_places), start)
        best, chain = self._at(dict(multipliers.prices))
        for _ in range(PRICE_STEPS - 1):
            if best.least > most:
                break
            over = overflow_bits(self.at_places, self.accelerator, chain)
            is_exact = not over and multipliers.all_free
            if is_exact or not multipliers.adjust(over, chain.value):
                break
            found, chain = self._at(dict(multipliers.prices))
            best = max(best, found, key=lambda own: own.least)
        return best

    def _at(self, prices: Prices) -> tuple[PricedSum, Chain]:
        """Return the sum at some prices, and its best chain."""
        values = priced(self.at_places, self.bound.values, prices)
        front = forward(self.columns.lattice, values)
        credit = price_credit(self.at_places, self.accelerator, prices)
        least = self.bound.offset + best_value(front) - credit
        return PricedSum(least, prices, credit, values, front), best_chain(values, front)

    # ------------------------------------------------------------------ listing
    def within(self, most: float, known: PricedSum) -> list[dict[Placement, Index]] | None:
        """Return all chains whose sum is within ``most``, and perhaps a few beyond.

        ``None`` where there are too many.
        """
        budget = most - self.bound.offset + known.credit
        found = list(itertools.islice(self._chains(budget, known), MOST_STEPS))
        whole = [dict(own.tiles) for own in found if not any(own.state)]
        return None if len(found) == MOST_STEPS or len(whole) > MOST_CHAINS else whole

    def _chains(self, budget: float, known: PricedSum) -> Iterator[_Partial]:
        """Yield all upper parts of chains that can be within a budget, depth first."""
        left = [self._nothing_placed]
        while left:
            upper = left.pop()
            yield upper
            for step in steps_back(upper.state):
                left.extend(self._placed(upper, step, budget, known))

    @property
    def _nothing_placed(self) -> _Partial:
        """A chain of no tiles: a memory has what the smallest tiles of all cuts leave."""
        memories = zip(self.accelerator.memories, self.columns.least_held_bits, strict=True)
        return _Partial(
            state=tuple(map(len, self._own)),
            outer=tuple(size - 1 for size in self.columns.lattice.shape),
            value=0.0,
            free=tuple(memory.size_bits - held for memory, held in memories),
            tiles=(),
        )

    def _placed(
        self, upper: _Partial, step: Step, budget: float, known: PricedSum
    ) -> Iterator[_Partial]:
        """Yield a part of a chain with one more cut at every tile at which it can be."""
        own = self.at_places.cuts[step.operand][step.rank]
        box = tuple(slice(top + 1) for top in upper.outer)
        value = upper.value + step.value(known.values, known.front, box)
        is_possible = (value <= budget) & self._may_lie_inside(upper.outer)
        if not own.is_at_array:  # beyond the smallest tile
            is_possible &= own.bits[box] - own.least_bits <= upper.free[own.memory]
        for index in map(tuple, np.argwhere(is_possible).tolist()):
            if not self._is_told_already(upper, step, index):
                yield self._with(upper, step, index, known)

    def _with(self, upper: _Partial, step: Step, index: Index, known: PricedSum) -> _Partial:
        """Return a part of a chain with one more cut at a tile."""
        own = self.at_places.cuts[step.operand][step.rank]
        value = upper.value + float(known.values[step.operand][step.rank][index])
        free = list(upper.free)
        if not own.is_at_array:
            free[own.memory] -= float(own.bits[index]) - own.least_bits
        placed = self._own[step.operand][step.rank], index
        return _Partial(step.state, index, value, tuple(free), (*upper.tiles, placed))

    @staticmethod
    def _is_told_already(upper: _Partial, step: Step, index: Index) -> bool:
        """Whether cuts at one tile are placed in another order than that of their operands."""
        if not upper.tiles:
            return False
        (operand, _), tile = upper.tiles[-1]
        return tile == index and operand < step.operand

    def _may_lie_inside(self, outer: Index) -> Array:
        """Whether a tile of each class up to another one may lie inside of one of that."""
        lattice = self.columns.lattice
        assert isinstance(lattice, StepLattice)
        tops = zip(lattice.dims, outer, strict=False)
        along = (lattice.along(dim, lattice.may_hold(dim)[: top + 1, top]) for dim, top in tops)
        return reduce(np.logical_and, along, np.ones((), dtype=np.bool_))

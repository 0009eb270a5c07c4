"""What mappings through tiles of any lengths cost at least.

What the best chain of classes through the class of a tile costs, with what the tile itself costs in
place of the least of its class, is a bound of all mappings through the tile. Energy is bounded so,
and latency by each of its sums.

Chains of little energy often take long, so the product of both bounds is far below every product.
With the least energy ``e`` and latency ``l`` of all mappings as weights, ``l * energy + e *
latency`` is a sum as well, and bounds what a chain has of both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.formulation.problem import NOTHING, Least
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.bundles import Index
from zigzag_imc.solver.presolve.latency_sums import LatencySum
from zigzag_imc.solver.presolve.room_prices import price_credit, priced_energies
from zigzag_imc.solver.presolve.standing import SpatialOption
from zigzag_imc.solver.tables.chains import forward, through
from zigzag_imc.solver.tables.cut import Cut, PerCut, per_cut
from zigzag_imc.solver.tables.lattice import Array, TileLattice

Place = tuple[int, int]
"""Operand, and rank of a cut among its own."""


class ThroughTiles:
    """Bounds of all mappings of one spatial mapping through each of its tiles.

    Parameters
    ----------
    costs
        Cost model of the layer.
    option
        Its classes of tiles with their bounds.
    goal
        What is minimised.
    proved
        What all mappings of interest cost at least, as far as that is proved.
    """

    def __init__(
        self, costs: CostModel, option: SpatialOption, goal: Goal, proved: Least = NOTHING
    ) -> None:
        self._columns, self._goal, self._proved = option.columns, goal, proved
        self._costs, self._option = costs, option
        lattice = option.columns.lattice
        self._energy_pj = _Sum.of(lattice, _Terms.of_energy(costs, option))
        self._latency = [_Sum.of(lattice, _Terms.of_latency(bound)) for bound in option.latency]

    @cached_property
    def least(self) -> Least:
        """What every mapping of interest costs at least."""
        latency = max((bound.least for bound in self._latency), default=0.0)
        return Least(
            max(self._energy_pj.least * (1 - TOLERANCE), self._proved.energy_pj),
            max(latency * (1 - TOLERANCE), self._proved.latency),
        )

    def classes(self, place: Place) -> Array:
        """Least objective of any chain through every class at a cut."""
        return self._values(lambda one: one.through(place))

    def at(self, place: Place) -> Callable[[Index, Cut], Array]:
        """Return what bounds all mappings through some tiles at a cut, given their classes."""
        coarse = self._columns.cuts[place[0]][place[1]]
        beside = {one: one.beside(place, coarse) for one in self._sums}

        def least(classes: Index, tiles: Cut) -> Array:
            return self._values(lambda one: beside[one][classes] + one.read(tiles))

        return least

    @property
    def _sums(self) -> Sequence[_Sum]:
        return (self._energy_pj, *self._latency, *self._weighted)

    @cached_property
    def _weighted(self) -> list[_Sum]:
        """Sums of energy and latency together, where their product counts."""
        if self._goal.objective != "edp" or not all(self.least):
            return []
        energy_pj = _Terms.of_energy(self._costs, self._option)
        return [
            _Sum.of(self._columns.lattice, energy_pj.plus(_Terms.of_latency(bound), self.least))
            for bound in self._option.latency
        ]

    def _values(self, bound: Callable[[_Sum], Array]) -> Array:
        """Least objective by what every sum is at least."""
        energy_pj = np.maximum(bound(self._energy_pj), self._proved.energy_pj)
        latency = np.full((), self._proved.latency)
        for one in self._latency:
            latency = np.maximum(latency, bound(one))
        values = self._goal.values(energy_pj, latency)
        for one in self._weighted:
            together = least_product(energy_pj, latency, bound(one), self.least)
            values = np.maximum(values, together)
        return values


def least_product(energy_pj: Array, latency: Array, together: Array, least: Least) -> Array:
    """Least product of an energy and a latency that keep three bounds.

    ``l * energy + e * latency >= together`` cuts the corner off that the other two bounds leave.
    Both factors are least on that edge, along which their product is concave: so it is least at one
    of its two ends.

    Parameters
    ----------
    energy_pj, latency
        Energy and latency at least.
    together
        Their weighted sum at least.
    least
        The weights: ``e`` and ``l``.
    """
    is_possible = np.isfinite(together) & np.isfinite(energy_pj) & np.isfinite(latency)
    sums = np.where(is_possible, together, 0.0)
    own_pj, own = np.where(is_possible, energy_pj, 0.0), np.where(is_possible, latency, 0.0)
    with_least_energy = own_pj * np.maximum(own, (sums - least.latency * own_pj) / least.energy_pj)
    with_least_latency = own * np.maximum(own_pj, (sums - least.energy_pj * own) / least.latency)
    product = np.minimum(with_least_energy, with_least_latency)
    return np.where(is_possible, product, np.inf)


@dataclass(frozen=True, eq=False)
class _Terms:
    """What an additive bound adds up.

    Attributes
    ----------
    offset
        What no cut changes.
    values
        What every class adds, per cut.
    read
        What of it a cut adds, given the cut.
    """

    offset: float
    values: PerCut[Array]
    read: Callable[[Cut], Array]

    @classmethod
    def of_energy(cls, costs: CostModel, option: SpatialOption) -> _Terms:
        """Energy, with the price of room."""
        columns, prices = option.columns, option.energy.prices
        rest_pj = columns.fixed_energy_pj - price_credit(columns, costs.accelerator, prices)

        def read(cut: Cut) -> Array:
            price = prices.get(cut.memory, 0.0)
            energy_pj: Array = cut.energy_pj + price * cut.bits if price else cut.energy_pj
            return energy_pj

        return cls(rest_pj, priced_energies(columns, prices), read)

    @classmethod
    def of_latency(cls, bound: LatencySum) -> _Terms:
        """One bound of the latency."""
        return cls(bound.offset, bound.values, bound.of_cut)

    def plus(self, latency: _Terms, weights: Least) -> _Terms:
        """Return the sum of an energy, times a latency, and of a latency, times an energy."""

        def together(energy_pj: Array, cycles: Array) -> Array:
            value: Array = weights.latency * energy_pj + weights.energy_pj * cycles
            return value

        return _Terms(
            weights.latency * self.offset + weights.energy_pj * latency.offset,
            per_cut(together, self.values, latency.values),
            lambda cut: together(self.read(cut), latency.read(cut)),
        )


@dataclass(frozen=True, eq=False)
class _Sum:
    """An additive bound.

    Attributes
    ----------
    best
        Least value of any chain through every class of every cut.
    read
        What of it a cut adds, given the cut.
    """

    best: PerCut[Array]
    read: Callable[[Cut], Array]

    @classmethod
    def of(cls, lattice: TileLattice, terms: _Terms) -> _Sum:
        """Find the best chain through every class; the terms of all are not kept."""
        best = through(lattice, terms.values, forward(lattice, terms.values))
        return cls(per_cut(partial(np.add, terms.offset), best), terms.read)

    @property
    def least(self) -> float:
        """Least value of any chain: one passes through a class of every cut."""
        return max((float(own.min()) for cuts in self.best for own in cuts), default=0.0)

    def through(self, place: Place) -> Array:
        """Least value of any chain through every class at a cut."""
        return self.best[place[0]][place[1]]

    def beside(self, place: Place, cut: Cut) -> Array:
        """Least value of what is beside every class at a cut; infinite where no chain is."""
        best = self.through(place)
        is_possible = np.isfinite(best)
        rest = np.where(is_possible, best, 0.0) - np.where(is_possible, self.read(cut), 0.0)
        return np.where(is_possible, rest, np.inf)

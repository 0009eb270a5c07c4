"""Candidates among tiles of any lengths: those that can be part of a mapping of some objective.

What the best chain of classes through the class of a tile costs, with what the tile itself costs in
place of the least of its class, is a bound of all mappings through the tile. So a tile is discarded
where that is too much, or where it overflows its memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.problem import Least
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.bundles import Index, Pieces, bundles_at
from zigzag_imc.solver.presolve.energy_bound import price_credit, priced
from zigzag_imc.solver.presolve.latency_sums import LatencySum
from zigzag_imc.solver.presolve.standing import SpatialOption
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumns
from zigzag_imc.solver.tables.any_sizes.any_cut import AnyCut
from zigzag_imc.solver.tables.chains import forward, through
from zigzag_imc.solver.tables.cut import Cut, PerCut, per_cut
from zigzag_imc.solver.tables.lattice import Array

_SLACK = 1 + TOLERANCE
"""Tiles are discarded only beyond what rounding explains."""


class Reaching(NamedTuple):
    """Tiles at one cut that can reach an objective.

    Attributes
    ----------
    cut
        The cut.
    places
        Their places, axis by axis.
    values
        Least objective of any mapping through each, at most.
    """

    cut: AnyCut
    places: Index
    values: Array


class AnyCandidates:
    """The tiles of one spatial mapping that can reach an objective.

    Parameters
    ----------
    costs
        Cost model of the layer.
    fine
        All its tiles.
    option
        Its classes of tiles with their bounds.
    goal
        What is minimised.
    most_value
        The objective.
    """

    def __init__(
        self,
        costs: CostModel,
        fine: AnyColumns,
        option: SpatialOption,
        goal: Goal,
        most_value: float,
    ) -> None:
        self._costs, self._option, self._goal = costs, option, goal.relaxed(_SLACK)
        self._energy_pj = _Sum.of_energy(costs, option)
        self._latency = [_Sum.of_latency(bound, option) for bound in option.latency]
        self._most_bits = fine.most_bits
        self._reaching = [
            self._at((operand, rank), cut, most_value)
            for operand, cuts in enumerate(fine.cuts)
            for rank, cut in enumerate(cuts)
        ]

    @property
    def least(self) -> float:
        """Bound of the objective of all mappings: at every cut they have one of the tiles."""
        return max(float(own.values.min(initial=math.inf)) for own in self._reaching)

    @property
    def least_costs(self) -> Least:
        """What every mapping costs at least, whatever its objective."""
        latency = max((bound.least for bound in self._latency), default=0.0)
        return Least(self._energy_pj.least * (1 - TOLERANCE), latency * (1 - TOLERANCE))

    def value_of(self, number: int) -> float:
        """Objective that about so many tiles can reach; infinite where there are not so many."""
        values = np.concatenate([own.values for own in self._reaching])
        if len(values) <= number:
            return math.inf
        return float(np.partition(values, number)[number])

    def count(self, most_value: float) -> int:
        """How many tiles can reach an objective."""
        return sum(int((own.values <= most_value * _SLACK).sum()) for own in self._reaching)

    def up_to(self, most_value: float, pieces: Pieces | None = None) -> list[Candidate]:
        """Tiles that can reach an objective; with pieces, in bundles."""
        found: list[Candidate] = []
        for cut, index, values in self._reaching:
            kept = values <= most_value * _SLACK
            plain = self._costs.layer.plain_dims(OPERANDS[cut.operand])
            found += bundles_at(cut, tuple(axis[kept] for axis in index), plain, pieces)
        return found

    def _at(self, place: tuple[int, int], cut: AnyCut, most_value: float) -> Reaching:
        """Tiles at a cut."""
        operand, rank = place
        of_classes = self._goal.values(
            self._energy_pj.through[operand][rank], self._latency_of(place, None)
        )
        index = np.nonzero(cut.expanded(of_classes <= most_value * _SLACK))
        classes = cut.class_at(index)
        coarse, known = self._option.columns.cuts[operand][rank], cut.cut_at(index)
        energy_pj = self._energy_pj.at(place, classes, coarse, known)
        latency = self._latency_of(place, (classes, coarse, known))
        values = self._goal.values(energy_pj, latency)
        fits = known.bits <= self._most_bits[operand][rank]
        kept = fits & (values <= most_value * _SLACK)
        return Reaching(cut, tuple(axis[kept] for axis in index), values[kept])

    def _latency_of(
        self, place: tuple[int, int], tiles: tuple[Index, Cut, Cut] | None
    ) -> Array | float:
        """Least latency through every class at a cut, or through some tiles."""
        latency: Array | float = 0.0
        for one in self._latency:
            own = one.through[place[0]][place[1]] if tiles is None else one.at(place, *tiles)
            latency = np.maximum(latency, own)
        return latency


@dataclass(frozen=True)
class _Sum:
    """An additive bound.

    Attributes
    ----------
    through
        Least value of any chain through every class of every cut.
    read
        What of it a cut adds, given the cut.
    """

    through: PerCut[Array]
    read: Callable[[Cut], Array]

    @property
    def least(self) -> float:
        """Least value of any chain: one passes through a class of every cut."""
        return max((float(own.min()) for cuts in self.through for own in cuts), default=0.0)

    @classmethod
    def of_energy(cls, costs: CostModel, option: SpatialOption) -> _Sum:
        """Energy, with the price of room."""
        columns, prices = option.columns, option.energy.prices
        values = priced(columns, prices)
        rest_pj = columns.fixed_energy_pj - price_credit(columns, costs.accelerator, prices)
        best = through(columns.lattice, values, forward(columns.lattice, values))

        def read(cut: Cut) -> Array:
            price = prices.get(cut.memory, 0.0)
            energy_pj: Array = cut.energy_pj + price * cut.bits if price else cut.energy_pj
            return energy_pj

        return cls(per_cut(partial(np.add, rest_pj), best), read)

    @classmethod
    def of_latency(cls, bound: LatencySum, option: SpatialOption) -> _Sum:
        """One bound of the latency."""
        lattice = option.columns.lattice
        best = through(lattice, bound.values, forward(lattice, bound.values))
        return cls(per_cut(partial(np.add, bound.offset), best), bound.of_cut)

    def at(self, place: tuple[int, int], classes: Index, coarse: Cut, tiles: Cut) -> Array:
        """Least value of any chain through some tiles, given their classes."""
        own = self.read(coarse)[classes]
        best = self.through[place[0]][place[1]][classes]
        is_possible = np.isfinite(best)
        beside = np.where(is_possible, best, np.inf) - np.where(is_possible, own, 0.0)
        value: Array = beside + self.read(tiles)
        return value

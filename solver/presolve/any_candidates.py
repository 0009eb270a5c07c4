"""Candidates among tiles of any lengths: those that can be part of a mapping of some objective.

A tile is discarded where all mappings through it cost too much (`through_tiles`), or where it
overflows its memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.problem import NOTHING, Least
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.bundles import Index, Pieces, bundles_at
from zigzag_imc.solver.presolve.standing import SpatialOption
from zigzag_imc.solver.presolve.through_tiles import ThroughTiles
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumns
from zigzag_imc.solver.tables.any_sizes.any_cut import AnyCut
from zigzag_imc.solver.tables.lattice import Array

_SLACK = 1 + TOLERANCE
"""Tiles are discarded only beyond what rounding explains."""

LOT = 1 << 16
"""Tiles bounded together: a cut may have millions, and scores of numbers of each."""


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
    proved
        What all mappings up to it cost at least, as far as that is proved.

    Attributes
    ----------
    least_costs
        What every mapping of interest costs at least.
    """

    def __init__(
        self,
        costs: CostModel,
        fine: AnyColumns,
        option: SpatialOption,
        goal: Goal,
        most_value: float,
        proved: Least = NOTHING,
    ) -> None:
        self._layer = costs.layer
        through = ThroughTiles(costs, option, goal.relaxed(_SLACK), proved)
        self.least_costs = through.least
        self._most_bits = fine.most_bits
        self._reaching = [
            self._at((operand, rank), cut, through, most_value)
            for operand, cuts in enumerate(fine.cuts)
            for rank, cut in enumerate(cuts)
        ]

    @property
    def least(self) -> float:
        """Bound of the objective of all mappings: at every cut they have one of the tiles."""
        return max(float(own.values.min(initial=math.inf)) for own in self._reaching)

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
            plain = self._layer.plain_dims(OPERANDS[cut.operand])
            found += bundles_at(cut, tuple(axis[kept] for axis in index), plain, pieces)
        return found

    def _at(
        self, place: tuple[int, int], cut: AnyCut, through: ThroughTiles, most_value: float
    ) -> Reaching:
        """Tiles at a cut, given bounds of all mappings through them."""
        of_classes = through.classes(place)
        everything = np.nonzero(cut.expanded(of_classes <= most_value * _SLACK))
        least, most_bits = through.at(place), self._most_bits[place[0]][place[1]]
        kept: list[Index] = []
        values: list[Array] = []
        for index in _in_lots(everything):
            known = cut.cut_at(index)
            of_lot = least(cut.class_at(index), known)
            reach = (known.bits <= most_bits) & (of_lot <= most_value * _SLACK)
            kept.append(tuple(axis[reach] for axis in index))
            values.append(of_lot[reach])
        places = tuple(map(np.concatenate, zip(*kept, strict=True)))
        return Reaching(cut, places, np.concatenate(values))


def _in_lots(index: Index) -> Iterator[Index]:
    """Yield places of tiles, so many at a time; one lot where there are none."""
    for start in range(0, max(1, len(index[0])), LOT):
        yield tuple(axis[start : start + LOT] for axis in index)

"""Bounds of the products of all mappings through tiles of any lengths."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from tests.solver.any_sizes.test_bounds import Known, cut_of, index_of, known_cases
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.formulation.problem import Least
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve import through_tiles
from zigzag_imc.solver.presolve.energy_bound import energy_bound
from zigzag_imc.solver.presolve.latency_sums import LatencySums
from zigzag_imc.solver.presolve.standing import SpatialOption
from zigzag_imc.solver.presolve.through_tiles import ThroughTiles, least_product
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumnBuilder

EDP = Goal("edp")


def test_an_edge_cuts_the_corner_off() -> None:
    """At least 2 pJ and 3 cycles, but ``3 * energy + 2 * latency >= 20``: 2 * 7 is below 14/3 * 3.

    The corner itself, 2 * 3, has only ``3 * 2 + 2 * 3 = 12``.
    """
    own = np.array([2.0]), np.array([3.0])
    assert least_product(*own, np.array([20.0]), Least(2.0, 3.0)).tolist() == [14.0]
    assert least_product(*own, np.array([12.0]), Least(2.0, 3.0)).tolist() == [6.0]
    assert least_product(*own, np.array([np.inf]), Least(2.0, 3.0)).tolist() == [np.inf]


def products_below_their_bounds(known: Known) -> Iterator[bool]:
    """Yield, per mapping and cut, whether its product is below the bound through its tile."""
    builder = AnyColumnBuilder(known.costs, with_latency=True)
    for spatial, found in known.by_spatial.items():
        fine = builder.fine(spatial)
        energy = energy_bound(fine.classes, known.costs.accelerator, math.inf)
        option = SpatialOption(0.0, fine.classes, energy, LatencySums(fine.classes))
        through = ThroughTiles(known.costs, option, EDP)
        for operand, cuts in enumerate(fine.cuts):
            for rank, cut in enumerate(cuts):
                least = through.at((operand, rank))
                for mapping, cost in found[::4]:
                    index = index_of(cut, known, mapping)
                    tiles = cut_of(cut, known, mapping)
                    bound = least(cut.class_at(index), tiles)
                    value = cost.energy_pj * cost.latency_cycles
                    yield float(np.ravel(bound)[0]) > value * (1 + TOLERANCE)


def test_no_product_is_below_the_bound_of_its_tiles() -> None:
    assert not any(below for known in known_cases() for below in products_below_their_bounds(known))


def test_too_much_weight_is_seen() -> None:
    """A planted fault: in the weighted sum, the latency counts twice."""
    plus = through_tiles._Terms.plus
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            through_tiles._Terms,
            "plus",
            lambda own, other, weights: plus(
                own, other, Least(2 * weights.energy_pj, weights.latency)
            ),
        )
        assert any(below for known in known_cases() for below in products_below_their_bounds(known))

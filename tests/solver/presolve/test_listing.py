"""The list of all spatial mappings of the layer of four multiplications: there are two.

On two columns and two rows, the input channels may be on the two rows, or nothing is unrolled.
"""

from __future__ import annotations

import pytest

from tests.solver.tables.tiny_columns import model_of
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.space import DIVISORS
from zigzag_imc.solver.presolve.listing import Listing, counts_of
from zigzag_imc.solver.presolve.spatial.bounds import SpatialBounds

MODEL = model_of()
NO_LIMIT = Budget.of()


def test_all_spatial_mappings_are_listed_with_their_bounds() -> None:
    """4 activations and a second weight to write, 5 cycles; or 2 activations."""
    listing = Listing.of(MODEL, with_latency=True, budget=NO_LIMIT)
    assert [dict(spatial.factors) for spatial in listing.spatials] == [{}, {"C": 2}]
    assert listing.quick.latency.tolist() == pytest.approx([5, 2])
    assert listing.complete
    assert listing.least_latency_cycles == pytest.approx(2)


def test_without_latency_nothing_is_known_of_it() -> None:
    """Then it is bounded by nothing."""
    listing = Listing.of(MODEL, with_latency=False, budget=NO_LIMIT)
    assert listing.complete
    assert listing.least_latency_cycles == 0


def test_all_mappings_are_counted_whether_they_fit_or_not() -> None:
    """Two loops have 2 orders, with each of three operands cut at one of 3 places: ``2 * 27 = 54``.

    One loop, the other on the rows, has one order and 2 places: ``2^3 = 8``. Together 62.
    """
    listing = Listing.of(MODEL, with_latency=False, budget=NO_LIMIT)
    counts = counts_of([listing.known], listing.complete, MODEL, DIVISORS, NO_LIMIT)
    assert (counts.spatial_mappings, counts.mappings) == (2, 62)


def test_a_list_of_which_a_part_is_bounded_is_not_complete() -> None:
    """Only the first, of 5 cycles, has its bounds; what follows it is left for later."""
    whole = Listing.of(MODEL, with_latency=True, budget=NO_LIMIT)
    first = SpatialBounds.of(energy_pj=whole.quick.energy_pj[:1], latency=whole.quick.latency[:1])
    listing = Listing(spatials=whole.spatials, quick=first)
    assert not listing.complete
    assert listing.least_latency_cycles == 5
    assert listing.rest_from == whole.spatials.place(1)

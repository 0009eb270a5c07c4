"""What a bound of the energy makes of a memory that is too small for both of its tenants."""

from __future__ import annotations

import math

import pytest

from tests.solver.presolve.sharing import BUFFER, array_pj, sharing, sharing_columns
from zigzag_imc.solver.presolve.energy_bound import energy_bound, energy_through
from zigzag_imc.solver.presolve.room_prices import (
    fitting,
    overflow_bits,
    price_credit,
    priced_energies,
    shared_memories,
)
from zigzag_imc.solver.tables.chains import best_chain, best_value, forward

ENOUGH = sharing(48)
SCARCE = sharing(40)


def test_only_the_buffer_is_shared() -> None:
    """Weights and inputs are cut there; the top memory, which all share, is not below a cut."""
    assert shared_memories(sharing_columns(40)) == (BUFFER,)


def test_room_for_both_costs_nothing() -> None:
    """48 bits hold what every element once needs: 350 pJ, at no price, by a chain that fits."""
    columns = sharing_columns(48)
    bound = energy_bound(columns, ENOUGH, math.inf)
    assert bound.value_pj - array_pj() == pytest.approx(350, rel=1e-12)
    assert not any(bound.prices.values())
    assert [fitting(columns, ENOUGH, chain) for chain in bound.chains] == [True]


def test_the_cheapest_chain_overflows_by_what_it_lacks() -> None:
    """48 bits in a memory of 40: 8 too many."""
    columns = sharing_columns(40)
    values = priced_energies(columns, {})
    chain = best_chain(values, forward(columns.lattice, values))
    assert overflow_bits(columns, SCARCE, chain) == {BUFFER: 8}


@pytest.mark.parametrize(("price", "bound_pj"), [(0, 350), (1, 358), (2, 363), (4, 331)])
def test_a_price_for_room_raises_the_bound(price: float, bound_pj: float) -> None:
    """At ``p`` pJ per bit, ``min(350 + 48 p, 395 + 24 p) - 40 p``.

    The first is least up to 1.875 pJ: ``350 + 8 p``, 358 at 1 pJ. Beyond, ``395 - 16 p``: 363 at 2
    pJ, and at 4 pJ only 331. All are below the best that fits, 395.
    """
    columns, prices = sharing_columns(40), {BUFFER: float(price)}
    least = best_value(forward(columns.lattice, priced_energies(columns, prices)))
    value_pj = least - price_credit(columns, SCARCE, prices) + columns.fixed_energy_pj
    assert value_pj - array_pj() == pytest.approx(bound_pj, rel=1e-12)


@pytest.mark.parametrize(("size_bits", "best_pj"), [(40, 365), (42, 361.25), (46, 353.75)])
def test_the_bound_finds_a_good_price(size_bits: int, best_pj: float) -> None:
    """The best price is 1.875 pJ per bit, at which both are equal, whatever the memory lacks.

    It gives ``350 + (48 - size) * 1.875``. A few prices come within a fifth of a pJ.
    """
    bound = energy_bound(sharing_columns(size_bits), sharing(size_bits), math.inf)
    assert best_pj - 0.2 < bound.value_pj - array_pj() <= best_pj + 1e-9
    assert bound.prices[BUFFER] == pytest.approx(1.875, rel=0.02)


def test_chains_met_on_the_way_fit() -> None:
    """One of them is the best that fits: 395 pJ."""
    columns = sharing_columns(40)
    chains = energy_bound(columns, SCARCE, math.inf).chains
    assert all(fitting(columns, SCARCE, chain) for chain in chains)
    energies_pj = [
        columns.fixed_energy_pj
        + sum(
            columns.cuts[operand][rank].energy_pj[index] for (operand, rank), index in chain.tiles
        )
        for chain in chains
    ]
    assert min(energies_pj) - array_pj() == pytest.approx(395, rel=1e-12)


def test_the_bound_ends_where_it_is_enough() -> None:
    """A bound of 350 pJ and the array at no price is enough to rule out what is asked for."""
    bound = energy_bound(sharing_columns(40), SCARCE, 350)
    assert bound.value_pj - array_pj() == pytest.approx(350, rel=1e-12)
    assert not bound.prices


def test_no_bound_through_a_tile_is_below_that_of_all() -> None:
    """At every cut the best chain goes through some tile, none goes below it."""
    columns = sharing_columns(40)
    bound = energy_bound(columns, SCARCE, math.inf)
    for cuts in energy_through(columns, SCARCE, bound):
        for least_pj in cuts:
            assert least_pj.min() == pytest.approx(bound.value_pj, rel=1e-12)


def test_what_cannot_fit_has_no_chain() -> None:
    """Not even one weight and one input fit in 15 bits."""
    assert energy_bound(sharing_columns(15), sharing(15), math.inf).value_pj == math.inf

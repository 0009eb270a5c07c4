"""The lattice of tiles, on loops small enough to write every tile down."""

from __future__ import annotations

import numpy as np

from zigzag_imc.solver.tables.lattice import TileLattice


def test_every_prime_has_an_axis() -> None:
    """``K12 = 2^2 * 3`` and ``C2``: 3 x 2 x 2 tiles, as many as 12 and 2 have divisors (6 x 2)."""
    lattice = TileLattice.of({"K": 12, "C": 2})
    assert lattice.axes == (("K", 2), ("K", 3), ("C", 2))
    assert lattice.shape == (3, 2, 2)
    assert lattice.size == 12


def test_a_tile_is_what_its_exponents_say() -> None:
    """Exponents 1, 1 and 0: ``K = 2 * 3 = 6``, and C is left out because it is one."""
    assert TileLattice.of({"K": 12, "C": 2}).tile_at((1, 1, 0)) == {"K": 6}


def test_a_layer_without_loops_has_one_tile() -> None:
    """Nothing is left for time: one tile of one step, of no dimension."""
    lattice = TileLattice.of({"K": 1, "C": 1})
    assert lattice.shape == (1,)
    assert lattice.steps.tolist() == [1]
    assert lattice.tile_at((0,)) == {}


def test_the_steps_of_a_tile_are_those_of_all_its_loops() -> None:
    """K1, K2, K4 down, C1 and C3 across: 1 3, 2 6, 4 12."""
    assert TileLattice.of({"K": 4, "C": 3}).steps.tolist() == [[1, 3], [2, 6], [4, 12]]


def test_a_product_has_only_the_dimensions_asked_for() -> None:
    """Along K alone: 1, 2, 4, whatever C is; a dimension without loops changes nothing."""
    lattice = TileLattice.of({"K": 4, "C": 3, "D": 1})
    assert lattice.fill(lattice.product(frozenset("KD"))).tolist() == [[1, 1], [2, 2], [4, 4]]


def test_the_best_inside_is_that_of_all_divisors() -> None:
    """Values of K1 and K2 down, C1 and C3 across.

    9 5    9 5   K2 has itself and K1 inside: 4. K2 C3 has all four: 4.
    4 7    4 4
    """
    lattice = TileLattice.of({"K": 2, "C": 3})
    assert lattice.best_inside(np.array([[9, 5], [4, 7]])).tolist() == [[9, 5], [4, 4]]


def test_the_best_around_is_that_of_all_multiples() -> None:
    """Values of K1 and K2 down, C1 and C3 across.

    9 5    4 5   K1 divides all four: 4. C3 divides itself and K2 C3: 5.
    4 7    4 7
    """
    lattice = TileLattice.of({"K": 2, "C": 3})
    assert lattice.best_around(np.array([[9, 5], [4, 7]])).tolist() == [[4, 5], [4, 7]]


def test_large_lattices_have_the_same_best_tiles_as_small_ones() -> None:
    """From 256 tiles on numbers are passed on in another way; every tile is compared by itself."""
    lattice = TileLattice.of({"K": 2**4 * 3, "C": 2**3 * 3, "OX": 14})
    assert lattice.size == 10 * 8 * 4
    values = np.random.default_rng(7).integers(1000, size=lattice.shape)
    inside, around = lattice.best_inside(values), lattice.best_around(values)
    for index in np.ndindex(lattice.shape):
        divisors = tuple(slice(None, place + 1) for place in index)
        multiples = tuple(slice(place, None) for place in index)
        assert inside[index] == values[divisors].min()
        assert around[index] == values[multiples].min()


def test_several_values_of_every_tile_do_not_mix() -> None:
    """Along axes before those of the lattice, each is alone; of few tiles and of many."""
    for sizes in ({"K": 4, "C": 3}, {"K": 2**5, "C": 2**5 * 3}):
        lattice = TileLattice.of(sizes)
        values = np.random.default_rng(7).integers(1000, size=(6, *lattice.shape))
        inside, around = lattice.best_inside(values), lattice.best_around(values)
        for own, best_inside, best_around in zip(values, inside, around, strict=True):
            assert np.array_equal(best_inside, lattice.best_inside(own))
            assert np.array_equal(best_around, lattice.best_around(own))

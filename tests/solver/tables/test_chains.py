"""The best chain of tiles, for two cuts over two loops: small enough to try all sixteen pairs.

Tiles of K2 and C2; K1 and K2 down, C1 and C2 across. Each of two operands has one cut::

    first     10  1        second    10  9
               8  9                   2  5

Without a chain, the least sum is ``1 + 2 = 3``: the first operand at C2, the second at K2. Neither
divides the other. Of the pairs that do, the best with the first operand at

- nothing: ``10 + 2 = 12``, for 1 divides every tile,
- C2: ``1 + 5 = 6``, with the second at K2 C2 (at nothing, 11; at C2, 10),
- K2: ``8 + 2 = 10``, with the second at K2 as well (at nothing, 18; at K2 C2, 13),
- K2 C2: ``9 + 2 = 11``, with the second at K2 inside it.
"""

from __future__ import annotations

import numpy as np

from zigzag_imc.solver.tables.chains import backward, best_chain, best_value, forward, through
from zigzag_imc.solver.tables.lattice import TileLattice

LATTICE = TileLattice.of({"K": 2, "C": 2})
FIRST = np.array([[10.0, 1.0], [8.0, 9.0]])
SECOND = np.array([[10.0, 9.0], [2.0, 5.0]])
VALUES = [[FIRST], [SECOND]]
"""One cut for each of two operands."""


def test_forward_places_cuts_inside_every_tile() -> None:
    """The first operand alone inside K1, C2, K2, K2 C2 costs 10, 1, 8, 1; both, at last, 6.

    Inside C2 both are best there (``1 + 9 = 10``), inside K2 both there (``8 + 2 = 10``), and with
    nothing inside ``10 + 10 = 20`` is left.
    """
    table = forward(LATTICE, VALUES)
    assert table[1, 0].tolist() == [[10, 1], [8, 1]]
    assert table[1, 1].tolist() == [[20, 10], [10, 6]]


def test_backward_places_what_is_left_around_every_tile() -> None:
    """The second operand around nothing or K2 costs 2, around C2 or K2 C2 it costs 5.

    Both around K2 are best there (``8 + 2 = 10``); around K2 C2, ``9 + 5 = 14`` is left.
    """
    table = backward(LATTICE, VALUES)
    assert table[1, 0].tolist() == [[2, 5], [2, 5]]
    assert table[0, 0].tolist() == [[6, 6], [10, 14]]


def test_the_best_chain_is_no_sum_of_bests() -> None:
    """6 with the first operand at C2 and the second at K2 C2, though 1 + 2 would be 3."""
    table = forward(LATTICE, VALUES)
    chain = best_chain(VALUES, table)
    assert best_value(table) == chain.value == 6
    assert chain.tiles == (((0, 0), (0, 1)), ((1, 0), (1, 1)))


def test_through_every_tile_goes_its_own_best_chain() -> None:
    """The least sums of the four pairs of each tile, as the text above works them out.

    For the second operand: at nothing, around which the first may be anywhere, ``10 + 1 = 11``; at
    C2, with the first there, too, ``9 + 1 = 10``; at K2, with the first there, ``2 + 8 = 10``; at
    K2 C2, with the first at C2, 6.
    """
    first, second = through(LATTICE, VALUES, forward(LATTICE, VALUES))
    assert first[0].tolist() == [[12, 6], [10, 11]]
    assert second[0].tolist() == [[11, 10], [10, 6]]


def test_the_cuts_of_one_operand_keep_their_order() -> None:
    """As two cuts of one operand, the second lies around the first.

    The best chain has the first inside the second (C2 in K2 C2, ``1 + 5 = 6``). Were the second to
    lie inside the first, both at K2 (``8 + 2 = 10``) and both at C2 (``1 + 9``) would be best.
    """
    assert best_value(forward(LATTICE, [[FIRST, SECOND]])) == 6
    assert best_value(forward(LATTICE, [[SECOND, FIRST]])) == 10


def test_a_tile_that_is_not_allowed_is_in_no_chain() -> None:
    """Without K2 C2 for the second operand, both at K2 or both at C2 are best: 10."""
    forbidden = np.array([[10.0, 9.0], [2.0, np.inf]])
    values = [[FIRST], [forbidden]]
    table = forward(LATTICE, values)
    assert best_value(table) == 10
    assert through(LATTICE, values, table)[1][0][1, 1] == np.inf

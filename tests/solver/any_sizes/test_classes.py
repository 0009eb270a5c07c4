"""What is known of classes of tiles is the least of all their tiles."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from tests.solver.any_sizes.test_bounds import known_cases
from zigzag_imc.solver.tables.any_sizes.amount import Amount
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumnBuilder
from zigzag_imc.solver.tables.any_sizes.step_lattice import StepLattice
from zigzag_imc.solver.tables.any_sizes.terms import Term


@pytest.mark.parametrize("size", [2, 7, 12, 30, 97])
def test_a_class_holds_another_where_lengths_do(size: int) -> None:
    """A length holds another one that divides it; the whole holds all."""
    lattice = StepLattice((("D", size),))
    lengths = np.arange(1, size + 1)
    classes = lattice.class_of("D", lengths)
    expected = np.zeros((classes[-1] + 1,) * 2, dtype=bool)
    for inner, outer in itertools.product(range(size), repeat=2):
        is_held = lengths[outer] % lengths[inner] == 0 or outer == size - 1
        expected[classes[inner], classes[outer]] |= is_held
    assert (lattice.may_hold("D") == expected).all()


def test_one_class_is_told_as_all_are() -> None:
    told = 0
    for known in known_cases()[:3]:
        builder = AnyColumnBuilder(known.costs, with_latency=True)
        for cut in itertools.chain(*builder.fine(next(iter(known.by_spatial))).cuts):
            for amount in (cut.bits, cut.need, cut.link, *cut.busy.values()):
                table = cut.coarse(amount, beyond=math.inf)
                for index in np.ndindex(*cut.lattice.shape):
                    assert cut.least_of_class(amount, index) == table[index]
                    told += 1
    assert told > 100


def test_energies_are_added_where_tiles_are_allowed() -> None:
    known = known_cases()[0]
    fine = AnyColumnBuilder(known.costs, with_latency=True).fine(next(iter(known.by_spatial)))
    for timed, whole in zip(fine.timed.all_cuts, fine.classes.all_cuts, strict=True):
        assert set(np.unique(timed.energy_pj)) <= {0.0, math.inf}
        assert (np.isinf(timed.energy_pj) == np.isinf(whole.energy_pj)).all()


def test_amounts_are_worked_out_once() -> None:
    made = []

    def make() -> Amount:
        made.append(1)
        return Amount.of([Term(np.ones(3), np.arange(3.0))], of_whole=7.0)

    amount = Amount.later(make)
    kept = amount.only(0, np.array([1, 2]))
    assert not made
    assert [term.rows.tolist() for term in kept.terms] == [[1.0, 2.0]]
    assert amount.of_whole == kept.of_whole == 7.0
    assert len(made) == 1

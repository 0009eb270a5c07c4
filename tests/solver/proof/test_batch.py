"""A batch whose model has two tiles to choose from.

The layer is a sum of two products (C2), with outputs of 16 bits. Nothing is unrolled:

- each weight comes once, ``2 * (10 + 0.5) = 21``, each input as well, ``2 * (10 + 3 + 2) = 30``
- both products are added in the register, ``2 * 3 + 2 = 8``
- the output leaves as a finished one, ``2 + 2 * 20 = 42``, if its tile is C2; if nothing is below
  its cut, a partial sum leaves twice and comes back once, ``2 * 42 + (2 * 10 + 3) = 107``

So the memories take 101 pJ, or 166.
"""

from __future__ import annotations

import math
from collections import deque

import pytest

from tests.solver.presolve.tiny import product, tiny_accelerator
from zigzag_imc.core.layer import Precision
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.energy_bound import EnergyBound
from zigzag_imc.solver.presolve.standing import Standing, Waiting
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.batch import Batch

LAYER = product(in_channels=2).replace(precision=Precision(8, 8, 16, 16))
ENERGY = Goal("energy")
SCALING = 1e-8
"""The model counts in whole units, some 1e-9 of the largest energy each, and rounds down."""


def bench() -> Workbench:
    """Return the workbench of the layer; its first spatial mapping unrolls nothing."""
    found = Workbench(CostModel(LAYER, tiny_accelerator()), with_latency=False)
    assert not found.listing.spatials[0].unrollings
    return found


def array_pj() -> float:
    """Energy of the array."""
    work = bench()
    return work.costs.spread(work.listing.spatials[0]).array_total_pj


def waiting(bound: float) -> Waiting:
    """Return the first spatial mapping with a bound of which nothing is known but that it holds."""
    nothing = EnergyBound(value_pj=bound, prices={}, chains=())
    return Waiting(bound=bound, place=(0, 0), energy=nothing, held_bits=())


def test_of_two_tiles_the_better_one_is_proved() -> None:
    """101 pJ and the array, from nothing known: both outputs' tiles are in the model."""
    work, standing = bench(), Standing(None)
    standing.waiting = deque([waiting(0.0)])
    verdict = Batch(work, ENERGY, standing).prove()
    assert verdict.proved
    assert not verdict.stopped
    assert verdict.best is not None
    assert verdict.best.value - array_pj() == pytest.approx(101, rel=1e-12)
    assert verdict.bound == pytest.approx(verdict.best.value, rel=SCALING)
    assert verdict.bound <= verdict.best.value


def test_a_better_mapping_is_handed_on() -> None:
    """The search stands at what the batch has found, and nothing waits any more."""
    work, standing = bench(), Standing(None)
    standing.waiting = deque([waiting(0.0)])
    verdict = Batch(work, ENERGY, standing).prove()
    assert standing.best is verdict.best
    assert standing.least_waiting == math.inf


def test_nothing_below_a_cutoff_is_proved_without_a_mapping() -> None:
    """101 pJ is more than 100: no tile is left, and none of its mappings takes 100 or less."""
    work, standing = bench(), Standing(None, cutoff=100.0)
    standing.waiting = deque([waiting(0.0)])
    verdict = Batch(work, ENERGY, standing).prove()
    assert verdict.best is None
    assert verdict.proved
    assert verdict.bound == 100


def test_a_batch_starts_from_the_least_bound_that_waits() -> None:
    """Of 70 and 50, 50 holds for both."""
    work, standing = bench(), Standing(None)
    standing.waiting = deque([waiting(50.0), waiting(70.0)])
    assert Batch(work, ENERGY, standing).floor == 50

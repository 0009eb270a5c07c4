"""Bounds of the latency of the layer of four multiplications, each the best of a few chains.

Computing takes 4 cycles, and what is first loaded and last unloaded at least one each. The best
chains have the tile of the weights at D2 (both rows use a weight before the next one comes) and
that of the outputs at D2 C2 (both leave at once).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.solver.tables.tiny_columns import CELLS, FOUR, OUTPUT_REGISTER, columns_of
from tests.solver.tables.tiny_columns import model_of as tiny_model
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.mapspace.enumeration import mappings_of
from zigzag_imc.solver.presolve import latency_sums
from zigzag_imc.solver.presolve.latency_sums import LatencySums, SumName
from zigzag_imc.solver.presolve.stalls import Busy, Computing, Passing, Stuck
from zigzag_imc.solver.tables.chains import Chain, forward
from zigzag_imc.solver.tables.cut import ROW_PORT

COLUMNS = columns_of()


def least(name: SumName) -> float:
    """Least value of one bound over all chains."""
    found = next(bound for bound in LatencySums(COLUMNS) if bound.name == name)
    return found.least(forward(COLUMNS.lattice, found.values))


def test_computing_waits_for_the_first_weight_and_the_last_output() -> None:
    """4 activations, a cycle for the first weight, a cycle for the last output: 6."""
    assert least((0, Computing())) == 6


def test_a_reload_of_the_cells_is_stuck() -> None:
    """The second weight is written into its row while nothing is computed: ``6 + 1 = 7``."""
    assert least((0, Stuck((CELLS, ROW_PORT)))) == 7


def test_a_busy_port_takes_longer_than_computing() -> None:
    """The array writes the outputs 3 times after the first, and reads back twice: 5 cycles.

    With a cycle of loading and one of unloading: 7.
    """
    assert least((0, Busy((OUTPUT_REGISTER, 0)))) == 7


def test_the_largest_bound_holds() -> None:
    """Of 6, 7 and 8: 8, and no mapping takes less."""
    model = tiny_model()
    mappings = mappings_of(FOUR, model.accelerator, SpatialMapping(()))
    largest, (_, stall) = LatencySums(COLUMNS).largest()
    assert largest == 8
    assert isinstance(stall, Busy)
    assert min(model.evaluate(mapping).latency_cycles for mapping in mappings) >= 8


def test_a_bound_that_is_enough_ends_the_search() -> None:
    """The first bound, computing, is 6: beyond 5 nobody asks for more."""
    assert LatencySums(COLUMNS).largest(enough=5) == (6, (0, Computing()))


def test_what_was_decisive_elsewhere_comes_first() -> None:
    """Rows of the cells stuck: 7 at once; a port that does not exist here is passed over."""
    rows: SumName = (0, Stuck((CELLS, ROW_PORT)))
    sums = LatencySums(COLUMNS, first=[(0, Busy((9, 9))), rows])
    assert sums.largest(enough=6) == (7, rows)


def test_the_same_bound_elsewhere_has_other_cycles_of_computing() -> None:
    """All that passes a port is the first bound here, too, with the cycles of this one."""
    names = [bound.name for bound in LatencySums(COLUMNS)]
    waited, here = next(name for name in names if isinstance(name[1], Passing))
    assert isinstance(here, Passing)
    elsewhere: SumName = (waited, replace(here, compute_cycles=1000 * here.compute_cycles))
    (_, own), *_ = (bound.name for bound in LatencySums(COLUMNS, first=[elsewhere]))
    assert isinstance(own, Passing)
    assert (own, own.compute_cycles) == (here, here.compute_cycles)


def test_a_chain_costs_the_largest_of_its_bounds() -> None:
    """The best chain of one bound may be worse in another, never better than 8."""
    sums = LatencySums(COLUMNS)
    sums.largest()
    best = sums.best_chains()
    assert best[0][0].offset + best[0][1].value == 8
    assert all(sums.of(chain) >= bound.of(chain) for bound, chain in best)
    assert min(sums.of(chain) for _, chain in best) >= 8


def test_no_bound_through_a_tile_is_below_that_of_all() -> None:
    """Through the weights at D2 a chain takes 8 cycles; at nothing below, they are stuck 3 times.

    ``4 + 3`` with a cycle to load a weight and one to unload outputs: 9.
    """
    at_nothing, at_rows = LatencySums(COLUMNS).through()[0][0][:, 0]
    assert (at_nothing, at_rows) == pytest.approx((9, 8))


def test_bounds_worked_out_together_are_those_worked_out_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Largest, the chains of all, and through every tile."""
    together, alone = LatencySums(COLUMNS), LatencySums(COLUMNS)
    largest, through = together.largest(), together.through()
    monkeypatch.setattr(latency_sums, "_FEW_TILES", 0)
    assert largest == alone.largest()
    assert _chains(together) == _chains(alone)
    for cuts, others in zip(through, alone.through(), strict=True):
        assert all(map(np.array_equal, cuts, others))


def _chains(sums: LatencySums) -> list[tuple[SumName, Chain]]:
    return [(bound.name, chain) for bound, chain in sums.best_chains()]

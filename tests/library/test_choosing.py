"""The choice of one mapping of every layer of a network, of two points each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.solver.network.fronts import proved_front
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.library.choosing import choose_together
from zigzag_imc.onnx_workload.network import LayerGroup
from zigzag_imc.runs.job import Outcome
from zigzag_imc.solver.solution import Front

LAYER = matmul_layer("layer", rows=1, out_channels=1, in_channels=1)
ONCE = LayerGroup(layer=LAYER, names=("a",), count=1)
TWICE = LayerGroup(layer=LAYER, names=("b", "c"), count=2)

FIRST = proved_front((2, 6), (5, 3))
SECOND = proved_front((1, 8), (4, 2))


def test_layers_are_chosen_for_the_product_of_the_totals() -> None:
    """The first (2 pJ, 6 cycles) or (5, 3), the second twice, (2, 16) or (8, 4).

    ``(2 + 2) * (6 + 16) = 88``, ``(2 + 8) * (6 + 4) = 100``, ``(5 + 2) * (3 + 16) = 133``,
    ``(5 + 8) * (3 + 4) = 91``.
    """
    chosen = choose_together([ONCE, TWICE], [Outcome(front=FIRST), Outcome(front=SECOND)])
    assert dict(chosen.points) == {0: FIRST.points[0], 1: SECOND.points[0]}
    assert (chosen.edp, chosen.bound, chosen.proved) == (88, 88, True)


def test_a_front_that_may_lack_points_leaves_a_bound() -> None:
    """The same choice, but the second layer is only known to take 1 pJ and 1 cycle or more.

    The first has at least 2 pJ and 3 cycles: ``(2 + 2 * 1) * (3 + 2 * 1) = 20``.
    """
    incomplete = replace(SECOND, proved=False, least_energy_pj=1.0, least_latency_cycles=1.0)
    chosen = choose_together([ONCE, TWICE], [Outcome(front=FIRST), Outcome(front=incomplete)])
    assert (chosen.edp, chosen.bound, chosen.proved) == (88, 20, False)


@pytest.mark.parametrize("nothing", [None, Front(points=(), proved=True)])
def test_the_others_are_chosen_where_a_layer_has_no_mapping(nothing: Front | None) -> None:
    """Of the second layer alone, ``(2 * 1) * (2 * 8) = 32`` or ``(2 * 4) * (2 * 2) = 32``.

    Of equals the first point. Of the whole network nothing is known.
    """
    chosen = choose_together([ONCE, TWICE], [Outcome(front=nothing), Outcome(front=SECOND)])
    assert dict(chosen.points) == {1: SECOND.points[0]}
    assert (chosen.edp, chosen.bound, chosen.proved) == (32, None, False)


def test_of_nothing_there_is_nothing() -> None:
    """No layer, no mapping: a product of 0."""
    chosen = choose_together([], [])
    assert (dict(chosen.points), chosen.edp, chosen.proved) == ({}, 0, True)

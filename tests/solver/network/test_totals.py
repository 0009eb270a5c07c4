"""The totals of a network of two or three layers, where every choice can be written down."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from tests.solver.network.fronts import proved_front
from zigzag_imc.solver.network.edp import choose, network_bound
from zigzag_imc.solver.solution import Front


def test_two_fronts_have_four_choices() -> None:
    """Of (2 pJ, 6 cycles) or (5, 3) and (1, 8) or (4, 2), the first point of both.

    ``(2 + 1) * (6 + 8) = 42``, ``(2 + 4) * (6 + 2) = 48``, ``(5 + 1) * (3 + 8) = 66``,
    ``(5 + 4) * (3 + 2) = 45``.
    """
    fronts = [proved_front((2, 6), (5, 3)), proved_front((1, 8), (4, 2))]
    assert choose(fronts, [1, 1]) == ((0, 0), True)


@pytest.mark.parametrize(("count", "point"), [(1, 0), (10, 1)])
def test_how_often_a_layer_comes_changes_the_choice(count: int, point: int) -> None:
    """Beside (6 pJ, 2 cycles), one layer of (4, 1) or (1, 3), or ten of them.

    Once: ``(6 + 4) * (2 + 1) = 30`` and ``(6 + 1) * (2 + 3) = 35``. Ten times:
    ``(6 + 40) * (2 + 10) = 552`` and ``(6 + 10) * (2 + 30) = 512``.
    """
    fronts = [proved_front((6, 2)), proved_front((4, 1), (1, 3))]
    assert choose(fronts, [1, count])[0] == (0, point)


@pytest.mark.parametrize("counts", [*itertools.product((1, 5), repeat=3)])
def test_no_other_choice_has_a_smaller_product(counts: tuple[int, ...]) -> None:
    """Eight choices of a point for each of three layers, all tried."""
    points = [((2.0, 6.0), (5.0, 3.0)), ((1.0, 8.0), (4.0, 2.0)), ((3.0, 9.0), (7.0, 1.0))]

    def product(choice: tuple[int, ...]) -> float:
        chosen = [own[place] for own, place in zip(points, choice, strict=True)]
        energy_pj = sum(count * pj for count, (pj, _) in zip(counts, chosen, strict=True))
        return energy_pj * sum(
            count * cycles for count, (_, cycles) in zip(counts, chosen, strict=True)
        )

    chosen, _ = choose([proved_front(*own) for own in points], counts)
    assert product(chosen) == min(map(product, itertools.product((0, 1), repeat=3)))


def test_a_choice_among_fronts_that_may_lack_points_is_not_proved() -> None:
    """One point each, so there is one choice; but the second front may have others."""
    incomplete = replace(proved_front((4, 1)), proved=False)
    assert choose([proved_front((1, 9)), incomplete], [1, 1]) == ((0, 0), False)


def test_a_front_that_may_lack_points_is_bounded_by_what_is_certified() -> None:
    """Twice at least 3 pJ and 1 cycle, though its only point has 4 pJ and 2 cycles.

    ``(1 + 2 * 3) * (9 + 2 * 1) = 77``.
    """
    incomplete = replace(
        proved_front((4, 2)), proved=False, least_energy_pj=3.0, least_latency_cycles=1.0
    )
    assert network_bound([proved_front((1, 9)), incomplete], [1, 2]) == 77


def test_a_layer_without_any_mapping_has_nothing_to_choose() -> None:
    """Its front is empty."""
    with pytest.raises(ValueError, match="every layer needs at least one mapping"):
        choose([proved_front((1, 9)), Front(points=(), proved=True)], [1, 1])

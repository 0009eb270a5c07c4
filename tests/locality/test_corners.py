"""The corners of a network's energy-latency front, against all choices and all mappings."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from tests.locality.plain_choices import PlainChoices
from tests.locality.small_networks import random_question
from zigzag_imc.checking.verify import verify_result
from zigzag_imc.core.space import DIVISORS
from zigzag_imc.library.mapping import map_network
from zigzag_imc.locality.corners import Corner, _Walk
from zigzag_imc.models.profile import IMC
from zigzag_imc.results.locality import CornerRecord, NetworkFrontRecord
from zigzag_imc.results.result import NetworkResult

Curve = list[tuple[float, float]]
"""(latency, energy) by rising latency."""


def hull_of(points: Sequence[tuple[float, float]]) -> Curve:
    """Corners of the curve below which no point lies, by cross products."""
    hull: Curve = []
    for latency, energy in points:
        while len(hull) > 1:
            (a, b), (c, d) = hull[-2:]
            is_below = (c - a) * (energy - b) - (d - b) * (latency - a) > 1e-6 * abs(c - a) * b
            if is_below:
                break
            hull.pop()
        hull.append((latency, energy))
    return hull


def mapped(seed: int) -> tuple[NetworkResult, Curve]:
    """Map a random network, with the corners that enumeration finds."""
    network, accelerator = random_question(random.Random(seed), DIVISORS)
    result = map_network(
        network,
        accelerator,
        objective="edp",
        locality="best",
        pareto=True,
        space=DIVISORS,
        jobs=1,
    )
    return result, hull_of(PlainChoices(network, accelerator, IMC, DIVISORS).front)


def corners_in(result: NetworkResult) -> Curve:
    """Return the corners of a result."""
    return [(one.latency_cycles, one.energy_pj) for one in front_of(result).corners]


def front_of(result: NetworkResult) -> NetworkFrontRecord:
    """Return the front of a result."""
    assert result.locality is not None
    assert result.locality.front is not None
    return result.locality.front


def problems_with(
    result: NetworkResult, front: NetworkFrontRecord, corners: Sequence[CornerRecord]
) -> str:
    """Return what `verify` says of a result with other corners."""
    assert result.locality is not None
    other = front.model_copy(update={"corners": tuple(corners)})
    locality = result.locality.model_copy(update={"front": other})
    return "; ".join(verify_result(result.model_copy(update={"locality": locality})).problems)


@pytest.mark.parametrize("seed", [1, 25])
def test_corners_are_those_of_all_choices_and_mappings(seed: int) -> None:
    result, expected = mapped(seed)
    assert len(expected) > 2
    assert corners_in(result) == [pytest.approx(corner, rel=1e-9) for corner in expected]
    assert front_of(result).proved
    report = verify_result(result)
    assert report.holds, report.problems


def test_a_walk_that_takes_the_ends_alone_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(self: _Walk, fast: Corner, thrifty: Corner) -> tuple[Corner, ...]:
        return ()

    monkeypatch.setattr(_Walk, "between", nothing)
    result, expected = mapped(25)
    assert len(corners_in(result)) < len(expected)
    assert any("best edp" in problem for problem in verify_result(result).problems)


def test_corners_that_are_none_are_seen() -> None:
    result, _ = mapped(25)
    front = front_of(result)
    first, second, *others = front.corners
    above = second.model_copy(update={"energy_pj": (first.energy_pj + 3 * second.energy_pj) / 4})
    lost = second.model_copy(update={"kept": {"no such tensor": "sram"}})
    assert "best edp" in problems_with(result, front, (first, above, *others))
    assert "no place" in problems_with(result, front, (first, lost, *others))
    assert "convex" in problems_with(result, front, front.corners[::-1])

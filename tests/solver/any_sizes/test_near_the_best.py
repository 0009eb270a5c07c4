"""Near the best mapping of products of real sizes, no model takes any for worse than it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.solver.any_sizes.model_checks import is_above, values_of_few_bundles
from tests.solver.any_sizes.near_the_best import near_the_best
from zigzag_imc.core.objective import Objective
from zigzag_imc.solver.formulation import length_windows
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.bundled import Bundled


def told(preset: str, rows: int, objective: Objective) -> Iterator[tuple[float, float]]:
    """Yield what mappings cost in models that ask for no more, and exactly."""
    known = near_the_best(preset, rows, objective)
    yield from values_of_few_bundles(known, 8, Goal(objective))


@pytest.mark.parametrize("objective", ["latency", "edp"])
@pytest.mark.parametrize(("preset", "rows"), [("aimc", 197), ("aimc", 509), ("dimc", 509)])
def test_no_mapping_is_better_than_in_the_model(
    preset: str, rows: int, objective: Objective
) -> None:
    pairs = list(told(preset, rows, objective))
    assert len(pairs) >= 4
    assert not any(is_above(*pair) for pair in pairs)


def test_the_most_of_bundles_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: a bundle has the most that any of its tiles has."""
    monkeypatch.setattr(Bundled, "least", Bundled.most)
    assert any(is_above(*pair) for pair in told("aimc", 509, "edp"))


def test_last_tiles_that_are_too_short_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: windows end with half of the last tile inside."""
    longest = length_windows.longest_last
    monkeypatch.setattr(length_windows, "longest_last", lambda *of: max(1, longest(*of) // 2))
    assert any(is_above(*pair) for pair in told("aimc", 509, "edp"))

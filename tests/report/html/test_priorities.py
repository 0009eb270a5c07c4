"""Which change of the accelerator comes first."""

from __future__ import annotations

from zigzag_imc.report.html.priorities import Saving, by_rank


def saving(change: str, saved: float, more_area: float | None) -> Saving:
    """Return a change of one layer."""
    return Saving(change, saved, (saved,), (1, 2), more_area)


def test_what_saves_most_comes_first() -> None:
    found = [saving("more", 0.1, 0.0), saving("most", 0.2, 0.5), saving("worse", -0.1, 0.0)]
    assert [one.change for one in by_rank(found)] == ["most", "more"]


def test_of_equally_good_changes_that_of_least_area_comes_first() -> None:
    found = [
        saving("unknown", 0.1341, None),
        saving("large", 0.13404, 0.237),
        saving("small", 0.13401, 0.226),
    ]
    assert [one.change for one in by_rank(found)] == ["small", "large", "unknown"]

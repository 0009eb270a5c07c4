"""The look of all figures, whatever else the process does with matplotlib."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zigzag_imc.plotting.decades import Decades
from zigzag_imc.plotting.style import drawing, logarithmic, save, tidy

LARGE: dict[Any, Any] = {
    "axes.labelsize": 20.0,
    "axes.titlesize": 14.0,
    "xtick.labelsize": 30.0,
    "savefig.dpi": 50,
}
"""Settings such as another library leaves behind when it is imported."""


@pytest.fixture
def foreign_settings() -> Iterator[None]:
    with matplotlib.rc_context(LARGE):
        yield


def drawn() -> Axes:
    with drawing(None, 8.0, 5.0) as axes:
        axes.plot([1, 2], [3, 4], label="line")
        axes.set_xlabel("x")
        tidy(axes)
        axes.legend()
    return axes


@pytest.mark.parametrize("span", [1.5, 8, 60, 3000])
@pytest.mark.usefixtures("foreign_settings")
def test_numbers_on_logarithmic_axes_do_not_overlap(span: float) -> None:
    with drawing(None, 8.0, 5.0) as axes:
        axes.plot([130, 130 * span], [17, 17 * span])
        logarithmic(axes)
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    labels = [label for label in axes.get_xticklabels(which="both") if label.get_text()]
    spans = sorted((box.x0, box.x1) for box in (label.get_window_extent() for label in labels))
    assert len(spans) >= 2
    assert all(left[1] < right[0] for left, right in pairwise(spans))


@pytest.mark.parametrize(
    ("low", "high", "seen"),
    [
        (1, 1000, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]),
        (0.4, 1.9, [0.5, 0.7, 1, 1.5]),
    ],
)
def test_there_are_enough_ticks_to_read_values_from(
    low: float, high: float, seen: list[float]
) -> None:
    ticks = Decades().tick_values(low, high)
    assert [tick for tick in ticks if low <= tick <= high] == pytest.approx(seen)


def test_there_are_enough_ticks_within_a_part_of_a_decade() -> None:
    """Which ones is matplotlib's own choice."""
    assert sum(7.2 <= tick <= 12 for tick in Decades().tick_values(7.2, 12)) >= 3


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_files_are_the_same_whatever_else_was_imported(tmp_path: Path, suffix: str) -> None:
    plain, foreign = (str(tmp_path / f"{name}.{suffix}") for name in ("plain", "foreign"))
    save(drawn(), plain)
    with matplotlib.rc_context(LARGE):
        save(drawn(), foreign)
    assert Path(plain).read_bytes() == Path(foreign).read_bytes()


@pytest.mark.usefixtures("foreign_settings")
def test_the_settings_of_others_stay() -> None:
    drawn()
    assert {name: matplotlib.rcParams[name] for name in LARGE} == LARGE


@pytest.mark.usefixtures("foreign_settings")
def test_axes_of_others_keep_the_settings_of_their_owner() -> None:
    """The label gets the 20 points that the owner set, not our 10."""
    own = Figure().subplots()
    with drawing(own, 8.0, 5.0) as axes:
        axes.set_xlabel("x")
    assert axes is own
    assert axes.xaxis.label.get_fontsize() == 20.0
    assert drawn().xaxis.label.get_fontsize() == 10.0

"""What the figures of results show."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from tests.commands.networks import small_layer
from tests.plotting.pictures import colour_at
from tests.plotting.written import assert_readable, shown
from zigzag_imc.core.errors import OptionError
from zigzag_imc.library.mapping import map_network
from zigzag_imc.onnx_workload import Network
from zigzag_imc.plotting.energy import energy_split, plot_energy
from zigzag_imc.plotting.latency import latency_split, plot_latency
from zigzag_imc.plotting.pareto import plot_pareto
from zigzag_imc.plotting.result import plot_result, save_result
from zigzag_imc.plotting.split_bars import MOST_PARTS, OTHER, Split
from zigzag_imc.plotting.style import COLUMN, GREY, PALETTE
from zigzag_imc.results.parts import ParetoRecord
from zigzag_imc.results.result import LayerResult, NetworkResult


@pytest.fixture(scope="module")
def result() -> NetworkResult:
    """Return a network of one layer, with its front."""
    return map_network(Network("mine", (small_layer(),)), "aimc", jobs=1, pareto=True)


def many(result: NetworkResult, count: int) -> NetworkResult:
    """Return a result with many layers, whose fronts have one to three points."""
    (record,) = result.layers
    layers = [named(record, f"features.{number}.depthwise", number) for number in range(count)]
    return result.model_copy(update={"layers": tuple(layers)})


def named(record: LayerResult, name: str, number: int) -> LayerResult:
    """Return a record under another name, with a front of some points."""
    assert record.pareto is not None
    (point, *_) = record.pareto
    front = tuple(
        ParetoRecord.model_validate(
            point.model_dump()
            | {
                "energy_pj": point.energy_pj * (3 - step),
                "latency_cycles": point.latency_cycles * (1 + step),
            }
        )
        for step in range(1 + number % 3)
    )
    update = {"name": name, "names": (name,), "pareto": front, "pareto_proved": number % 2 == 0}
    return record.model_copy(update=update)


def texts(figure: Figure) -> list[str]:
    """Return all that is written in a figure."""
    return [text.get_text() for text in shown(figure)]


def test_figures_draw_on_given_axes(result: NetworkResult) -> None:
    left, middle, right = Figure().subplots(1, 3)
    assert plot_pareto(result, ax=left) is left
    assert plot_energy(result, ax=middle) is middle
    assert plot_latency(result, ax=right) is right
    assert left.get_xlabel().startswith("latency (")
    assert middle.get_xlabel().startswith("energy (")
    assert right.get_xlabel().startswith("latency (")


def test_figures_without_data_say_so() -> None:
    result = map_network(Network("empty", ()), "aimc")
    with pytest.raises(OptionError, match="no Pareto fronts"):
        plot_pareto(result)
    for plot in (plot_energy, plot_latency, plot_result):
        with pytest.raises(OptionError, match="no layer"):
            plot(result)


def test_the_bars_add_up_to_the_totals(result: NetworkResult) -> None:
    assert sum(energy_split(result).lengths) == pytest.approx(result.totals.energy_pj)
    assert sum(latency_split(result).lengths) == pytest.approx(result.totals.latency_cycles)


def test_the_title_says_objective_cost_model_and_totals(result: NetworkResult) -> None:
    written = "\n".join(texts(plot_result(result)))
    assert "mine on aimc: EDP " in written
    assert "objective edp per layer, cost model imc; layers: 1 OPTIMAL" in written
    assert "energy " in written
    assert " = " in written  # cycles and seconds


# ------------------------------------------------------------------ parts of bars
def test_what_cannot_be_seen_is_other() -> None:
    """In no bar is it half a percent of the longest."""
    split = Split.of("abcd", [{"a": 70, "b": 29, "c": 0.4, "d": 0.6}, {"a": 1, "c": 0.1}])
    assert split.parts == ("a", "b", OTHER)
    assert split.is_hidden
    assert split.shares[0] == {"a": 70, "b": 29, OTHER: 1.0}
    assert split.share(OTHER) == pytest.approx(1.1 / 101.1)


def test_few_colours_however_many_memories() -> None:
    shares = [{f"memory{number}": 10.0 + number for number in range(12)}]
    split = Split.of(list(shares[0]), shares)
    assert split.parts == (*(f"memory{number}" for number in range(7, 12)), OTHER)
    assert len(split.parts) == MOST_PARTS + 1
    assert split.lengths == [sum(shares[0].values())]


def test_a_single_small_part_keeps_its_name_but_no_colour() -> None:
    split = Split.of("ab", [{"a": 1000, "b": 1}])
    assert (split.parts, split.is_hidden) == (("a", "b"), True)
    assert not Split.of("ab", [{"a": 1000, "b": 100}]).is_hidden


def test_colours_differ_for_all_eyes() -> None:
    """Also as people without red or green cones see them (after Machado et al., 2009)."""
    without_red = [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]
    without_green = [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]
    used = np.array([to_rgb(colour) for colour in (*PALETTE[:MOST_PARTS], GREY)])
    for seen in (np.eye(3), np.array(without_red), np.array(without_green)):
        colours = used @ seen.T
        assert min(np.linalg.norm(a - b) for a, b in combinations(colours, 2)) > 0.12


# ------------------------------------------------------------------ pictures
@pytest.mark.parametrize("layers", [1, 31])
def test_nothing_that_is_written_overlaps(result: NetworkResult, layers: int) -> None:
    """All of 31 fronts can be told apart: every name once, whole, beside nothing else."""
    figure = plot_result(many(result, layers))
    figure.draw_without_rendering()
    names = [f"features.{number}.depthwise" for number in range(layers)]
    written = " ".join(texts(figure))
    assert all(written.count(name) == 2 for name in names[:10])  # beside its bars, and its front
    assert_readable(figure)


@pytest.mark.parametrize("layers", [1, 31])
def test_in_a_column_all_can_be_read(result: NetworkResult, layers: int) -> None:
    """It is printed 89 mm wide, and five points are the least that can be read there."""
    figure = plot_result(many(result, layers), column=True)
    assert figure.get_figwidth() == COLUMN
    assert_readable(figure)
    assert min(float(text.get_fontsize()) for text in shown(figure)) >= 5
    names = {f"features.{number}.depthwise" for number in range(layers)}
    assert names <= set(texts(figure))


def test_a_front_of_one_point_is_only_named(result: NetworkResult) -> None:
    """Panels are for layers with something to choose from; a star marks what is not proved."""
    figure = plot_pareto(many(result, 6)).get_figure(root=True)
    assert isinstance(figure, Figure)
    titles = [axes.get_title(loc="left") for axes in figure.axes if axes.axison]
    assert titles == [
        f"features.{number}.depthwise{' *' if number % 2 else ''}" for number in (1, 2, 4, 5)
    ]
    (caption,) = [text for text in texts(figure) if "One mapping has both" in text]
    assert "features.0.depthwise, features.3.depthwise *." in caption.replace("\n", " ")


def test_the_picture_has_both_halves_and_the_fronts(result: NetworkResult, tmp_path: Path) -> None:
    path = tmp_path / "figure.png"
    assert save_result(many(result, 8), str(path))
    picture = matplotlib.image.imread(path)[..., :3]
    assert picture.shape[1] == 7 * 160
    middle = picture.shape[1] // 2
    for colour in PALETTE[:1]:  # the array to the left, computing to the right
        found = np.abs(picture - to_rgb(colour)).max(axis=2) < 0.02
        assert found[:, :middle].sum() > 500
        assert found[:, middle:].sum() > 500
    below = picture[-picture.shape[0] // 3 :]
    assert (np.abs(below - to_rgb(PALETTE[1])).max(axis=2) < 0.02).sum() > 50  # rings


@pytest.mark.parametrize(
    ("plot", "split"), [(plot_energy, energy_split), (plot_latency, latency_split)]
)
def test_bars_are_as_long_as_what_a_layer_takes(
    result: NetworkResult,
    plot: Callable[[NetworkResult], Axes],
    split: Callable[[NetworkResult], Split],
) -> None:
    """In the picture, a bar begins in the colour of its first part, and white is behind its end."""
    axes = plot(result)
    parts = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    end = max(part.get_x() + part.get_width() for part in parts)
    (whole,) = split(result).lengths
    assert math.log10(whole / end) == pytest.approx(round(math.log10(whole / end)))  # its unit
    assert colour_at(axes, 0.005 * end, 0) == pytest.approx(to_rgb(PALETTE[0]), abs=0.01)
    assert colour_at(axes, 1.15 * end, -0.3) == pytest.approx((1, 1, 1))


def test_names_are_text_whatever_they_hold(result: NetworkResult, tmp_path: Path) -> None:
    odd = ("$x^{$", "a_$b$", "<script>alert(1)</script>", "\\frac{1}")
    (record,) = result.layers
    layers = tuple(named(record, name, number) for number, name in enumerate(odd))
    changed = result.model_copy(update={"layers": layers})
    assert save_result(changed, str(tmp_path / "odd.svg"))
    assert {"$x^{$", "a_$b$"} <= set(texts(plot_result(changed)))

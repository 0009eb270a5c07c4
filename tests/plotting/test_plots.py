"""What the figures of results show."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from tests.commands.networks import small_layer
from zigzag_imc.core.errors import OptionError
from zigzag_imc.library.mapping import map_network
from zigzag_imc.onnx_workload import Network
from zigzag_imc.plotting.energy import plot_energy
from zigzag_imc.plotting.pareto import plot_pareto


def test_figures_draw_on_given_axes() -> None:
    result = map_network(Network("mine", (small_layer(),)), "aimc", jobs=1, pareto=True)
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert plot_pareto(result, ax=left) is left
    assert plot_energy(result, ax=right) is right
    assert left.get_xlabel().startswith("latency (")
    assert right.get_xlabel().startswith("energy (")
    assert plot_pareto(result.layers[0]).get_title(loc="left") == "Energy-latency front of small"


def test_figures_without_data_say_so() -> None:
    result = map_network(Network("empty", ()), "aimc")
    with pytest.raises(OptionError, match="no Pareto fronts"):
        plot_pareto(result)
    with pytest.raises(OptionError, match="no layer"):
        plot_energy(result)

"""All that a result has to show, in one figure: where its energy goes, and its fronts."""

from __future__ import annotations

from zigzag_imc.plotting.energy import energy_height, plot_energy
from zigzag_imc.plotting.pareto import pareto_height, plot_pareto
from zigzag_imc.plotting.style import save, stacked
from zigzag_imc.results.result import NetworkResult

_WIDTH = 8.0


def save_result(result: NetworkResult, path: str) -> bool:
    """Draw the energy of every layer, and the fronts above it, into a png, svg or pdf file.

    Returns
    -------
    bool
        Whether there was anything to draw; without a mapping there is not, and no file is written.

    Raises
    ------
    OptionError
        When the file cannot be written.
    """
    if all(layer.breakdown is None for layer in result.layers):
        return False
    fronts = any(layer.pareto for layer in result.layers)
    heights = [*([pareto_height(result)] if fronts else []), energy_height(result)]
    with stacked(_WIDTH, heights) as axes:
        if fronts:
            plot_pareto(result, axes[0])
        plot_energy(result, axes[-1])
        save(axes[0], path)
    return True

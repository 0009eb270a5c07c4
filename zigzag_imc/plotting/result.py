"""All that a result has to show, in one figure: where its energy goes, and its fronts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from zigzag_imc.plotting.energy import energy_height, plot_energy
from zigzag_imc.plotting.kept import HEIGHT, plot_kept
from zigzag_imc.plotting.pareto import pareto_height, plot_pareto
from zigzag_imc.plotting.style import save, stacked
from zigzag_imc.results.result import NetworkResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH = 8.0


def save_result(result: NetworkResult, path: str) -> bool:
    """Draw the energy of every layer into a png, svg or pdf file.

    Above it the fronts, and what stays on chip between layers, where there are any.

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
    parts: list[tuple[float, Callable[[NetworkResult, Axes], Axes]]] = []
    if any(layer.pareto for layer in result.layers):
        parts.append((pareto_height(result), plot_pareto))
    if result.locality is not None and result.locality.memories:
        parts.append((HEIGHT, plot_kept))
    parts.append((energy_height(result), plot_energy))
    with stacked(_WIDTH, [height for height, _ in parts]) as axes:
        for (_, draw), one in zip(parts, axes, strict=True):
            draw(result, one)
        save(axes[0], path)
    return True

"""Ticks of a logarithmic axis that can be read however little of a decade it shows."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.ticker import LogLocator

FEWEST = 3
"""Ticks from which values in between can be told."""

STEPS: Sequence[Sequence[float]] = (
    (1.0, 2.0, 5.0),
    (1.0, 1.5, 2.0, 3.0, 5.0, 7.0),
    tuple(float(step) for step in range(1, 10)),
)
"""In every decade; more of them where few would be seen. Closer ones overlap."""


class Decades(LogLocator):
    """Puts ticks at the fewest steps of every decade of which enough are seen."""

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        """Return the places of the ticks between two values, and next to them."""
        ticks: Sequence[float] = ()
        for steps in STEPS:
            self.set_params(subs=steps)
            ticks = super().tick_values(vmin, vmax)
            if sum(vmin <= tick <= vmax for tick in ticks) >= FEWEST:
                break
        return ticks

"""Figures that look the same whatever else sets matplotlib's global settings.

Importing another library can change them for the whole process: ``zigzag`` enlarges all texts, so
that labels would overlap.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib import rc_context, style
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


@contextmanager
def own_settings() -> Iterator[None]:
    """Draw under matplotlib's defaults; the settings of before return afterwards."""
    # With a fixed salt, equal figures make equal svg files. A $ in a name is no formula.
    with (
        style.context("default"),
        rc_context({"svg.hashsalt": "zigzag-imc", "text.parse_math": False}),
    ):
        yield


class OwnFigure(Figure):
    """A figure that needs no display, leaves pyplot's state alone and keeps its own settings.

    Matplotlib makes ticks, and reads how a file is saved, only when a figure is drawn: by then,
    anybody may have changed the settings.
    """

    def __init__(self, width: float, height: float) -> None:
        super().__init__(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(self)

    def draw(self, renderer: RendererBase) -> None:
        """Draw under the figure's own settings."""
        with own_settings():
            super().draw(renderer)

    def savefig(self, *args: Any, **options: Any) -> None:
        """Save under the figure's own settings."""
        with own_settings():
            super().savefig(*args, **options)

    def _repr_png_(self) -> bytes:
        """Return what a notebook shows, whether or not it has set matplotlib up."""
        drawn = io.BytesIO()
        self.savefig(drawn, format="png", dpi=100)
        return drawn.getvalue()

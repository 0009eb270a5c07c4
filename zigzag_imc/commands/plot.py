"""``zigzag-imc plot``."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from zigzag_imc.commands.common import QuietOption, say_written


class FigureName(enum.StrEnum):
    """A figure of a sweep."""

    PEAKS = "peaks"
    PARTS = "parts"
    NETWORKS = "networks"
    LAYERS = "layers"
    ENERGIES = "energies"
    FRONT = "front"


def plot_command(  # noqa: PLR0913  (options of the command line)
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Folder of a sweep.")],
    figure: Annotated[FigureName, typer.Argument(metavar="FIGURE", help="See docs/exploring.md.")],
    out: Annotated[
        str, typer.Option("--out", "-o", metavar="FILE", help="A .png, .svg or .pdf file.")
    ],
    over: Annotated[
        str | None,
        typer.Option("--over", metavar="PARAMETER", help="Along which; default: the first."),
    ] = None,
    layer: Annotated[
        list[str] | None,
        typer.Option("--layer", metavar="NETWORK:LAYER", help="Which layers; repeatable."),
    ] = None,
    entry: Annotated[
        list[str] | None,
        typer.Option("--entry", metavar="NAME", help="Which entries of the study; repeatable."),
    ] = None,
    column: Annotated[
        bool, typer.Option("--column", help="As wide as one column of a page with two.")
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Draw what a sweep found.

    peaks, networks, layers: TOPS/W and TOPS/mm2; parts: energy at peak, clock and area; energies:
    what layers spend energy on; front: energy and delay of all networks.
    """
    from zigzag_imc.plotting.files import check_figure_path
    from zigzag_imc.plotting.style import COLUMN, WIDTH, save
    from zigzag_imc.plotting.sweep_figures import SweepFigures

    check_figure_path(out)
    width = COLUMN if column else WIDTH
    figures = SweepFigures(folder, over, tuple(layer or ()), tuple(entry or ()), width)
    save(figures.draw(figure.value), out)
    say_written(out, "figure", quiet)

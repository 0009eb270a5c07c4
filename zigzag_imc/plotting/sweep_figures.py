"""The figures of a sweep, by name; what each shows is in docs/exploring.md."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zigzag_imc.core.errors import OptionError, nearest
from zigzag_imc.core.paths import path_text
from zigzag_imc.models.peak import OPERATIONS_PER_MAC
from zigzag_imc.plotting.efficiency import (
    BEST_EACH,
    QUANTITIES,
    Panel,
    geometric_mean,
    plot_efficiency,
)
from zigzag_imc.plotting.hardware_front import plot_hardware_front
from zigzag_imc.plotting.stacks import Bar, plot_parts
from zigzag_imc.plotting.style import WIDTH
from zigzag_imc.plotting.sweep_peaks import BuiltPeak, peaks_of
from zigzag_imc.plotting.sweep_series import (
    Row,
    first_question,
    has_choice,
    mapped_rows,
    parameter_of,
    series_of,
)
from zigzag_imc.sweep.frames import Table, sweep_table
from zigzag_imc.sweep.quantities import ENERGIES
from zigzag_imc.sweep.record import REFUSED
from zigzag_imc.sweep.study.keeping import kept_study

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from polars import DataFrame

MOST_LAYERS = 4
"""Layers in figures where nobody says which: the largest of each network."""


@dataclass(frozen=True)
class SweepFigures:
    """Figures of the tables in a folder.

    Attributes
    ----------
    folder
        Where a sweep left them.
    over
        Parameter along which figures run; the first with numbers by default.
    layers
        Layers of figures of layers, as ``network:layer``; the largest of each network by default.
    entries
        Names of the entries of the study that are drawn; all by default.
    width
        Inches of the figure.
    """

    folder: str | os.PathLike[str]
    over: str | None = None
    layers: Sequence[str] = ()
    entries: Sequence[str] = ()
    width: float = WIDTH

    def draw(self, name: str) -> Axes:
        """Draw a figure.

        Raises
        ------
        ZigzagImcError
            When there is none of the name, or nothing to draw.
        """
        if name not in FIGURES:
            raise OptionError(
                f"figure: found {name!r}, expected one of {', '.join(FIGURES)}"
                f"{nearest(name, FIGURES)}"
            )
        return FIGURES[name](self)

    def peaks(self) -> Axes:
        """Draw peak TOPS/W and TOPS/mm2, of macros and systems."""
        built, over = self._built()
        panels = [
            {
                kind: series_of([one.row(kind, over) for one in built], over, quantity)
                for kind in ("macro", "system")
            }
            for quantity, _ in QUANTITIES
        ]
        rows = [one.row("system", over) for one in built]
        below = _below(over, has_choice(rows, over, "accelerators"))
        return plot_efficiency(panels, below, "Peak performance", self.width)

    def parts(self) -> Axes:
        """Draw energy of a multiply-accumulate at peak, clock and area, by part."""
        built, _ = self._built()
        bars = {
            "fJ per MAC": [_bar(one, one.energy_fj_per_mac()) for one in built],
            "clock (ns)": [_bar(one, one.clock_by_part_ns()) for one in built],
            "area (mm²)": [_bar(one, one.area_by_part_mm2()) for one in built],
        }
        return plot_parts(bars, "Energy at peak, clock and area", self.width)

    def networks(self) -> Axes:
        """Draw TOPS/W and TOPS/mm2 of networks, their geometric mean, and the peak of systems."""
        table = self._table("networks")
        over = parameter_of(table, self.over)
        rows = self._rows(table)
        names = list(dict.fromkeys(str(row["network"]) for row in rows))
        return self._efficiency(rows, "network", names, over, "Networks")

    def layer_efficiency(self) -> Axes:
        """Draw TOPS/W and TOPS/mm2 of single layers, and the peak of systems."""
        rows, over = self._layer_rows()
        names = list(dict.fromkeys(str(row["of"]) for row in rows))
        return self._efficiency(rows, "of", names, over, "Layers")

    def energies(self) -> Axes:
        """Draw pJ per multiply-accumulate of single layers by what it is spent on."""
        rows, over = self._layer_rows()
        bars = {
            f"{_in_two_lines(name)}\npJ per MAC": [
                Bar(f"{row[over]:g}", str(row["accelerators"]), _spent_per_mac(row), _reuse(row))
                for row in rows
                if row["of"] == name
            ]
            for name in dict.fromkeys(str(row["of"]) for row in rows)
        }
        return plot_parts(bars, f"Energy of layers, over {over}", self.width)

    def front(self) -> Axes:
        """Draw energy and delay of all networks together, by area."""
        table = self._table("networks")
        return plot_hardware_front(self._rows(table), self.width)

    # ------------------------------------------------------------------ parts
    def _table(self, name: Table) -> DataFrame:
        """Return a table of the sweep.

        Raises
        ------
        OptionError
            When none of the study's accelerators is a point.
        """
        table = sweep_table(self.folder, name)
        refused = [row["status"] == REFUSED for row in table.iter_rows(named=True)]
        if not all(refused):
            return table
        if refused:
            raise OptionError(
                f"{path_text(self.folder)}: the sweep has no points to draw: "
                f"{table['accelerator'][0]}: {table['reason'][0]}"
            )
        area_mm2 = kept_study(self.folder).area_mm2
        within = "" if area_mm2 is None else f" within {area_mm2:.4g} mm2"
        raise OptionError(
            f"{path_text(self.folder)}: the sweep has no points to draw: its study has no "
            f"accelerator{within}; `zigzag-imc sweep` says why"
        )

    def _built(self) -> tuple[list[BuiltPeak], str]:
        table = self._table("networks")
        over = parameter_of(table, self.over)
        drawn = {
            str(row["accelerators"]) for row in self._chosen(list(table.iter_rows(named=True)))
        }
        built = (one for one in peaks_of(kept_study(self.folder), over) if one.label in drawn)
        return list(built), over

    def _rows(self, table: DataFrame) -> list[Row]:
        """Return the rows of a table that are drawn: those with a cost, of one question."""
        return first_question(self._chosen(mapped_rows(table)))

    def _chosen(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows of the entries that are drawn."""
        known = dict.fromkeys(str(row["accelerators"]) for row in rows)
        for name in self.entries:
            if name not in known:
                raise OptionError(
                    f"entry: found {name!r}, expected an entry of the study{nearest(name, known)}; "
                    f"they are {', '.join(known)}"
                )
        wanted = set(self.entries or known)
        return [row for row in rows if str(row["accelerators"]) in wanted]

    def _efficiency(
        self, rows: Sequence[Row], column: str, names: Sequence[str], over: str, title: str
    ) -> Axes:
        """Draw lines of several things and their mean, and of the peak."""
        built, _ = self._built()
        panels: list[Panel] = []
        for quantity, _ in QUANTITIES:
            panel = {
                name: series_of([row for row in rows if row[column] == name], over, quantity)
                for name in names
            }
            mean = geometric_mean([one for lines in panel.values() for one in lines])
            peak = series_of([one.row("system", over) for one in built], over, quantity)
            panels.append({**panel, **({"mean": mean} if len(names) > 1 else {}), "peak": peak})
        below = _below(over, has_choice(rows, over, column))
        return plot_efficiency(panels, below, title, self.width)

    def _layer_rows(self) -> tuple[list[Row], str]:
        """Return the rows of the layers that are shown, with what they are called."""
        table = self._table("layers")
        rows = self._rows(table)
        asked = list(self.layers) or _largest(rows)
        known = dict.fromkeys(_name(row) for row in rows)
        for name in asked:
            if name not in known:
                raise OptionError(
                    f"layer: found {name!r}, expected network:layer{nearest(name, known)}"
                )
        of_them = [{**row, "of": _name(row)} for row in rows if _name(row) in asked]
        ordered = sorted(of_them, key=lambda row: asked.index(row["of"]))
        return list(ordered), parameter_of(table, self.over)


def _below(over: str, is_choice: bool) -> str:
    """Return what stands below the axis of a parameter."""
    return f"{over}\n{BEST_EACH}" if is_choice else over


def _name(row: Row) -> str:
    return f"{row['network']}:{row['layer']}"


def _largest(rows: Sequence[Row]) -> list[str]:
    """Return the layer with most operations of each network, of the first few networks."""
    largest: dict[str, Row] = {}
    for row in rows:
        known = largest.get(str(row["network"]))
        if known is None or row["operations"] > known["operations"]:
            largest[str(row["network"])] = row
    return [_name(row) for row in largest.values()][:MOST_LAYERS]


def _bar(built: BuiltPeak, parts: dict[str, float]) -> Bar:
    return Bar(f"{built.size:g}", built.label, parts)


def _spent_per_mac(row: Row) -> dict[str, float]:
    macs = row["operations"] / OPERATIONS_PER_MAC
    return {name.removesuffix("_pj").replace("_", " "): row[name] / macs for name in ENERGIES}


def _reuse(row: Row) -> dict[str, float]:
    return {"input reuse": row["input_reuse"], "output reuse": row["output_reuse"]}


def _in_two_lines(name: str) -> str:
    return name.replace(":", "\n", 1)


FIGURES: dict[str, Callable[[SweepFigures], Axes]] = {
    "peaks": SweepFigures.peaks,
    "parts": SweepFigures.parts,
    "networks": SweepFigures.networks,
    "layers": SweepFigures.layer_efficiency,
    "energies": SweepFigures.energies,
    "front": SweepFigures.front,
}
"""Figures by name."""

"""The page of a sweep: axes to choose, fronts, and what makes each point."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

from zigzag_imc.report.html.provenance import Source
from zigzag_imc.report.html.sweep_view import (
    BEST_OF,
    best_rows,
    columns_of,
    explorer_of,
    made_of,
)
from zigzag_imc.report.html.templating import render
from zigzag_imc.results.reading import source_name
from zigzag_imc.sweep.frames import sweep_table
from zigzag_imc.sweep.study.keeping import FILE, kept_study

MOST_ROWS = 2000
"""Rows of a table that a page shows: more would make it large and slow."""

LAYER_COLUMNS = (
    "accelerator",
    "network",
    "layer",
    "count",
    "loops",
    "status",
    "energy_pj",
    "delay_ns",
    "tops_per_w",
    "utilization",
    "spatial",
)
"""Columns of the table of layers."""


def sweep_page(folder: str | os.PathLike[str]) -> str:
    """Return the tables of a sweep as a page.

    Parameters
    ----------
    folder
        Where the sweep left its tables.

    Raises
    ------
    ResultError
        When they cannot be read.
    """
    rows = sweep_table(folder, "networks").to_dicts()
    layers = sweep_table(folder, "layers").to_dicts()
    study = kept_study(folder)
    kept = rows[:MOST_ROWS]
    explorer = explorer_of(kept)
    best = best_rows(rows)
    made = made_of(kept, study)
    return render(
        "sweep.html",
        title=study.name or "A sweep",
        study=study,
        statuses=Counter(str(row["status"]) for row in rows),
        rows=kept,
        rows_in_all=len(rows),
        columns=columns_of(kept) if kept else (),
        explorer=explorer,
        charts=(explorer.chart,),
        chart=explorer.chart,
        quantities=BEST_OF,
        best={name: {key: rows[at] for key, at in of.items()} for name, of in best.items()},
        made=made,
        made_of={one.name: one for one in made},
        layers=layers[:MOST_ROWS],
        layers_in_all=len(layers),
        layer_columns=[name for name in LAYER_COLUMNS if not layers or name in layers[0]],
        folder=source_name(folder),
        sources=_sources(Path(folder)),
    )


def _sources(folder: Path) -> list[Source]:
    files: list[Any] = [folder / name for name in (FILE, "networks.parquet", "layers.parquet")]
    return [Source.read(file) for file in files]

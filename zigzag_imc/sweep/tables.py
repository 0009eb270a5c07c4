"""Tables of a sweep as files: a row for each layer, and one for each network.

Rows are written as they are made, so that a sweep of any size fits into memory; polars then turns
the comma-separated values into Parquet, a part at a time.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.paths import path_text
from zigzag_imc.sweep.columns import (
    LAYER_COLUMNS,
    NETWORK_COLUMNS,
    about_columns,
    parameter_columns,
    parameter_types,
)
from zigzag_imc.sweep.plan import Case
from zigzag_imc.sweep.rows import layer_rows, network_row
from zigzag_imc.sweep.store import Store
from zigzag_imc.sweep.unmapped import Unmapped

if TYPE_CHECKING:
    from polars import DataType

LAYERS, NETWORKS = "layers", "networks"
"""Names of the tables, without suffix."""

_UNFINISHED = ".part"
_HOW_TO_INSTALL = "pip install polars"


def check_polars() -> None:
    """Refuse to begin what could not be written in the end.

    Raises
    ------
    OptionError
        When polars is not installed.
    """
    if find_spec("polars") is None:
        raise OptionError(
            "polars is not installed, which writes the tables of a sweep; "
            f"{_HOW_TO_INSTALL} adds it"
        )


def write_tables(cases: Sequence[Case], store: Store, folder: Path) -> Unmapped:
    """Write ``layers`` and ``networks`` as ``.csv`` and ``.parquet``, whole or not at all.

    Returns
    -------
    Unmapped
        The networks of which a layer fits nowhere.

    Raises
    ------
    OptionError
        When they cannot be written.
    """
    columns = parameter_columns(cases)
    parameters = parameter_types(cases, columns)
    layers = {**about_columns(parameters), **LAYER_COLUMNS}
    networks = {**about_columns(parameters), **NETWORK_COLUMNS}
    unmapped = Unmapped()
    with _explained(folder):
        with ExitStack() as stack:
            of_layers = stack.enter_context(_table(folder, LAYERS, layers))
            of_networks = stack.enter_context(_table(folder, NETWORKS, networks))
            for case in cases:
                known = store.known(case.keys)
                of_layers.writerows(layer_rows(case, columns, known))
                row = network_row(case, columns, known)
                unmapped.add(row)
                of_networks.writerow(row)
        for name, held in ((LAYERS, layers), (NETWORKS, networks)):
            _to_parquet(folder / name, held)
        for name in (LAYERS, NETWORKS):
            for suffix in (".csv", ".parquet"):
                path = folder / (name + suffix)
                os.replace(f"{path}{_UNFINISHED}", path)
    return unmapped


def _to_parquet(path: Path, held: Mapping[str, type]) -> None:
    """Write the table beside it as Parquet."""
    import polars

    schema = {name: _polars_type(kind) for name, kind in held.items()}
    rows = polars.scan_csv(f"{path}.csv{_UNFINISHED}", schema=schema)
    rows.sink_parquet(f"{path}.parquet{_UNFINISHED}")


def _polars_type(kind: type) -> DataType:
    import polars

    known: Mapping[type, Any] = {str: polars.String, int: polars.Int64, float: polars.Float64}
    found: DataType = known[kind]()
    return found


@contextmanager
def _table(folder: Path, name: str, columns: Iterable[str]) -> Iterator[csv.DictWriter[str]]:
    """Yield what writes the rows of a table."""
    path = folder / f"{name}.csv{_UNFINISHED}"
    file: TextIO
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns), restval="", lineterminator="\n")
        writer.writeheader()
        yield writer


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Say in one line why tables cannot be written; what was solved is in the cache."""
    try:
        yield
    except OSError as error:
        raise OptionError(
            f"{path_text(folder)}: tables cannot be written: {error.strerror or error}; what was "
            "solved is kept in the cache"
        ) from None

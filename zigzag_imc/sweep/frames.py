"""Tables of a sweep read again: filtered, sorted, grouped."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from zigzag_imc.core.arguments import path as checked_path
from zigzag_imc.core.arguments import shown
from zigzag_imc.core.errors import OptionError, ResultError, nearest
from zigzag_imc.core.paths import path_text
from zigzag_imc.sweep.groups import STATISTICS, grouped
from zigzag_imc.sweep.study.conditions import Condition, condition_of
from zigzag_imc.sweep.tables import LAYERS, NETWORKS, check_polars

if TYPE_CHECKING:
    from polars import DataFrame

Table = Literal["layers", "networks"]


@dataclass(frozen=True)
class Selection:
    """Which rows and columns of a table are wanted.

    Attributes
    ----------
    where
        Conditions between columns that rows have to keep, such as ``area_mm2 <= 1``.
    sort
        Columns by which rows are sorted, the first before the others; with a ``-`` before its
        name, from the largest on.
    group_by
        Columns whose equal values make one row; see ``statistic``.
    statistic
        What is said of the numbers of a group; of ``sum``, see `zigzag_imc.sweep.groups`.
    columns
        Which columns; all by default.
    limit
        Rows at most; all by default.
    """

    where: Sequence[str] = ()
    sort: Sequence[str] = ()
    group_by: Sequence[str] = ()
    statistic: str = "mean"
    columns: Sequence[str] | None = None
    limit: int | None = None


def sweep_table(folder: str | os.PathLike[str], table: Table = "networks") -> DataFrame:
    """Read a table of a sweep as a data frame of polars.

    Parameters
    ----------
    folder
        Where the sweep left its tables.
    table
        ``networks`` or ``layers``.

    Raises
    ------
    ResultError
        When it cannot be read.
    """
    check_polars()
    import polars

    if not isinstance(table, str) or table not in (LAYERS, NETWORKS):
        raise OptionError(f"table: found {shown(table)}, expected {LAYERS} or {NETWORKS}")
    path = Path(checked_path("folder", folder, "the path of a folder")) / f"{table}.parquet"
    try:
        return polars.read_parquet(path)
    except (FileNotFoundError, NotADirectoryError):
        raise ResultError(
            f"{path_text(path)}: no such file; expected the folder of a sweep"
        ) from None
    except (OSError, ValueError, polars.exceptions.PolarsError) as error:
        said = " ".join(str(error).split())
        raise ResultError(f"{path_text(path)}: cannot be read: {said}") from None


def selected(table: DataFrame, selection: Selection) -> DataFrame:
    """Return the rows and columns of a table that are wanted.

    Raises
    ------
    OptionError
        When there is no such column; with the nearest.
    """
    for condition in map(condition_of, selection.where):
        table = _where(table, condition)
    if selection.group_by:
        table = _grouped(table, selection)
    if selection.sort:
        names = [name.removeprefix("-") for name in selection.sort]
        _check_columns(table, "sort", names)
        falling = [name.startswith("-") for name in selection.sort]
        table = table.sort(names, descending=falling, nulls_last=True, maintain_order=True)
    if selection.columns is not None:
        _check_columns(table, "columns", selection.columns)
        table = table.select(selection.columns)
    return table if selection.limit is None else table.head(selection.limit)


def _where(table: DataFrame, condition: Condition) -> DataFrame:
    """Keep the rows of which a condition holds; of what is not known, none does."""
    _check_names(table, condition)
    kept = [_holds(condition, row) for row in table.select(condition.names).iter_rows(named=True)]
    return table.filter(kept)


def _check_names(table: DataFrame, condition: Condition) -> None:
    """Refuse a condition on what is no column; a text without quotes looks like one."""
    try:
        _check_columns(table, "where", condition.names)
    except OptionError as error:
        raise OptionError(f"{error}; texts stand in quotes: network == 'resnet8'") from None


def _holds(condition: Condition, row: Mapping[str, Any]) -> bool:
    return all(value is not None for value in row.values()) and condition.holds(row)


def _grouped(table: DataFrame, selection: Selection) -> DataFrame:
    """Return a row for each group."""
    if selection.statistic not in STATISTICS:
        raise OptionError(
            f"statistic: found {selection.statistic!r}, expected one of {', '.join(STATISTICS)}"
            f"{nearest(selection.statistic, STATISTICS)}"
        )
    by = list(selection.group_by)
    _check_columns(table, "group_by", by)
    return grouped(table, by, selection.statistic)


def _check_columns(table: DataFrame, where: str, names: Sequence[str]) -> None:
    for name in names:
        if name not in table.columns:
            raise OptionError(
                f"{where}: found {name!r}, expected a column{nearest(name, table.columns)}; they "
                f"are {', '.join(table.columns)}"
            )

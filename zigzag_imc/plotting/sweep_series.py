"""Rows of a sweep as lines of a figure: a line for each entry of the study, over one parameter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zigzag_imc.core.errors import OptionError, nearest

if TYPE_CHECKING:
    from polars import DataFrame

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Series:
    """A line: values over sizes.

    Attributes
    ----------
    label
        What it is called.
    sizes, values
        Places and values, by rising size.
    """

    label: str
    sizes: tuple[float, ...]
    values: tuple[float, ...]


def series_of(rows: Iterable[Row], over: str, quantity: str) -> list[Series]:
    """Return a line for each entry of the study; of several rows at one size, the largest value."""
    found: dict[str, dict[float, float]] = {}
    for row in rows:
        size, value = row.get(over), row.get(quantity)
        if size is None or value is None:
            continue
        line = found.setdefault(str(row["accelerators"]), {})
        line[size] = max(value, line.get(size, value))
    return [
        Series(label, tuple(sorted(line)), tuple(line[size] for size in sorted(line)))
        for label, line in found.items()
    ]


def has_choice(rows: Iterable[Row], over: str, of: str) -> bool:
    """Whether `series_of` has to choose: several rows of one line at one size.

    Parameters
    ----------
    of
        Column that tells lines of the same entry of the study apart.
    """
    places = Counter((row["accelerators"], row[of], row[over]) for row in rows)
    return any(count > 1 for count in places.values())


def parameter_of(table: DataFrame, over: str | None) -> str:
    """Return the parameter along which figures run: the first with numbers, if not said.

    Raises
    ------
    OptionError
        When the study has none, or not that one.
    """
    names = table.columns[2 : table.columns.index("network")]
    numbers = [name for name in names if table.schema[name].is_numeric()]
    if over is None and numbers:
        return numbers[0]
    if not numbers:
        raise OptionError(
            "over: the study has no parameter with numbers, along which figures run; expected "
            "ranges of one"
        )
    if over not in numbers:
        raise OptionError(
            f"over: found {over!r}, expected a parameter of the study with numbers"
            f"{nearest(over or '', numbers)}; they are {', '.join(numbers)}"
        )
    return str(over)


def mapped_rows(table: DataFrame, **kept: str) -> list[Row]:
    """Return the rows with a cost, of those whose columns have some values.

    Raises
    ------
    OptionError
        When there are none.
    """
    rows: list[Row] = [
        row
        for row in table.iter_rows(named=True)
        if row["energy_pj"] is not None and all(row[name] == kept[name] for name in kept)
    ]
    if not rows:
        said = " and ".join(f"{name} {value!r}" for name, value in kept.items())
        raise OptionError(f"the tables have no mapped rows {f'of {said}' if said else ''}".rstrip())
    return rows


def first_question(rows: Sequence[Row]) -> list[Row]:
    """Return the rows of the first objective and cost model, and of what stays on chip first.

    Others are another figure. Each entry of the study has a first of its own.
    """
    question = ("objective", "cost_model")
    first = [rows[0][name] for name in question]
    asked = [row for row in rows if [row[name] for name in question] == first]
    locality: dict[str, str] = {}
    for row in asked:
        locality.setdefault(str(row["accelerators"]), str(row["locality"]))
    return [row for row in asked if row["locality"] == locality[str(row["accelerators"])]]

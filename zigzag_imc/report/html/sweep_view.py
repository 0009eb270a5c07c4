"""What a sweep found: points on charts, the best of each network, how to make each accelerator."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from zigzag_imc.report.html.charts import Point, PointChart, front_of
from zigzag_imc.sweep.study.entries import AcceleratorsEntry, Study

Row = Mapping[str, Any]
"""A row of a table of the sweep."""

Better = Literal["low", "high", ""]
"""Which values of a column are better; empty where neither is."""

BETTER: Mapping[str, Better] = {
    "energy_pj": "low",
    "delay_ns": "low",
    "latency_cycles": "low",
    "edp_js": "low",
    "area_mm2": "low",
    "array_area_mm2": "low",
    "tclk_ns": "low",
    "gap": "low",
    "tops": "high",
    "tops_per_w": "high",
    "tops_per_mm2": "high",
    "utilization": "high",
}
"""Columns of which one may say what is better."""

SHOWN = (
    "accelerator",
    "network",
    "objective",
    "status",
    "energy_pj",
    "delay_ns",
    "edp_js",
    "tops",
    "tops_per_w",
    "tops_per_mm2",
    "area_mm2",
    "array_area_mm2",
    "tclk_ns",
    "utilization",
    "gap",
    "cost_model",
    "locality",
)
"""Columns that the page shows, beside those of the parameters."""

QUESTION = ("network", "objective", "cost_model", "locality")
"""Columns that say what was asked."""

BEST_OF = ("energy_pj", "delay_ns", "edp_js", "tops_per_w", "tops_per_mm2")
"""What the best accelerators of a network are looked for in."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table of a sweep.

    Attributes
    ----------
    name
        As in the table, with its unit.
    is_number
        Whether it may be an axis.
    better
        Which values are better.
    """

    name: str
    is_number: bool
    better: Better


@dataclass(frozen=True, slots=True)
class Made:
    """An accelerator of a sweep, and how to make it again.

    Attributes
    ----------
    name, anchor
        What it is called, and its place on the page.
    command
        What writes its file; ``None`` where it is no template of simple values.
    facts
        Where it comes from, and its parameters.
    """

    name: str
    anchor: str
    command: str | None
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Explorer:
    """The chart of a sweep, and what a reader may choose there.

    Attributes
    ----------
    chart
        Energy over delay of all mapped rows, of which the script shows a question at a time;
        ``None`` where nothing is mapped.
    questions
        Networks, with objective and cost model where there are several.
    question_of
        The place of every row's question among them.
    on_front, first_front
        Places of the rows that are on the front of their question, and of those of the first one.
    """

    chart: PointChart | None
    questions: tuple[str, ...]
    question_of: tuple[int, ...]
    on_front: frozenset[int]
    first_front: tuple[int, ...]


def columns_of(rows: Sequence[Row]) -> tuple[Column, ...]:
    """Return the columns to show: parameters stand behind the accelerator's name."""
    names = list(rows[0])
    after = names.index("accelerators") + 1
    parameters = names[after : names.index("network")]
    wanted = [SHOWN[0], *parameters, *SHOWN[1:]]
    found = []
    for name in wanted:
        values = [row[name] for row in rows if row.get(name) is not None]
        if values:
            is_number = all(isinstance(value, int | float) for value in values)
            found.append(Column(name, is_number, BETTER.get(name, "")))
    return tuple(found)


def explorer_of(rows: Sequence[Row]) -> Explorer:
    """Return energy over delay of all mapped rows, and the front of each question.

    A front is that of one network under one question; a mark is that of its accelerators.
    """
    asked = [tuple(str(row.get(key, "")) for key in QUESTION) for row in rows]
    questions = _drawn_first(rows, asked)
    groups = list(dict.fromkeys(str(row["accelerators"]) for row in rows))
    points = {
        number: Point(
            row["delay_ns"],
            row["energy_pj"],
            f"{row['accelerator']}, {row['network']}",
            f"point-{number + 1}",
            groups.index(str(row["accelerators"])),
        )
        for number, row in enumerate(rows)
        if row["energy_pj"] is not None and row["delay_ns"] is not None
    }
    fronts = [
        front_of(point for number, point in points.items() if asked[number] == question)
        for question in questions
    ]
    on_front = {point for front in fronts for point in front}
    best = fronts[0] if fronts else []
    chart = PointChart(
        "explorer",
        "A point for each accelerator",
        ("delay_ns", "energy_pj"),
        tuple(points.values()),
        tuple(groups),
    )
    numbers = {point: number for number, point in points.items()}
    return Explorer(
        chart=chart if points else None,
        questions=_named(questions),
        question_of=tuple(map(questions.index, asked)),
        on_front=frozenset(number for number, point in points.items() if point in on_front),
        first_front=tuple(numbers[point] for point in best),
    )


def _drawn_first(rows: Sequence[Row], asked: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the questions in their order, but those of which nothing is mapped last."""
    mapped = {
        question for question, row in zip(asked, rows, strict=True) if row["energy_pj"] is not None
    }
    return sorted(dict.fromkeys(asked), key=lambda question: question not in mapped)


def _named(questions: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return what questions are called: by their network, and by what else tells them apart."""
    places = [
        place
        for place, key in enumerate(QUESTION)
        if key == "network" or len({one[place] for one in questions}) > 1
    ]
    return tuple(", ".join(one[place] for place in places) for one in questions)


def best_rows(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """Return the place of the best row of every network, for each quantity that is known."""
    found: dict[str, dict[str, int]] = {}
    for network in dict.fromkeys(str(row["network"]) for row in rows):
        for quantity in BEST_OF:
            sign = 1.0 if BETTER[quantity] == "low" else -1.0
            known = [
                (sign * row[quantity], number)
                for number, row in enumerate(rows)
                if str(row["network"]) == network and row.get(quantity) is not None
            ]
            if known:
                found.setdefault(network, {})[quantity] = min(known)[1]
    return found


def made_of(rows: Iterable[Row], study: Study) -> tuple[Made, ...]:
    """Return how to make every accelerator of the rows."""
    entries = {entry.label: entry for entry in study.accelerators}
    first = {str(row["accelerator"]): row for row in reversed(list(rows))}
    return tuple(
        _made(name, number, row, entries.get(str(row["accelerators"])))
        for number, (name, row) in enumerate(sorted(first.items()), start=1)
    )


def _made(name: str, number: int, row: Row, entry: AcceleratorsEntry | None) -> Made:
    anchor = f"made-{number}"
    if entry is None:
        return Made(name, anchor, None, ())
    varied = {path: _value_of(row, path) for path in entry.ranges}
    given = {**entry.set, **varied}
    source = {"template": entry.template} if entry.template else {"file": entry.accelerator}
    facts = tuple((key, str(value)) for key, value in (*source.items(), *given.items()))
    return Made(name, anchor, _command(entry.template, given), facts)


def _value_of(row: Row, path: str) -> Any:
    """Return a parameter of a row; its column has the last part of its path, or all of it."""
    last = path.rpartition(".")[2]
    return row[last] if last in row else row.get(f"parameter.{path}")


def _command(template: str | None, given: Mapping[str, Any]) -> str | None:
    """Return what writes the file of a template."""
    if template is None:
        return None
    words = ["zigzag-imc", "template", template]
    for name, value in given.items():
        if not isinstance(value, str | int | float):
            return None
        if value is not False:  # a flag that is not set
            words += [f"--{name.replace('_', '-')}", *([] if value is True else [str(value)])]
    return shlex.join(words)

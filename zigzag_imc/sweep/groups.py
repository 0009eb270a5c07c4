"""Rows of a table of a sweep that have something in common, made one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from zigzag_imc.results.records import edp_js
from zigzag_imc.sweep.quantities import ENERGIES
from zigzag_imc.sweep.sums import tops_of

if TYPE_CHECKING:
    from polars import DataFrame, Expr

STATISTICS = ("min", "mean", "max", "sum", "geomean")
"""What may be said of the rows of a group."""

_OF_A_LAYER = (
    "operations",
    "energy_pj",
    "latency_cycles",
    "compute_cycles",
    "stall_cycles",
    "loading_cycles",
    "delay_ns",
    *ENERGIES,
)
"""Columns that add up; in the table of layers they are those of one of ``count`` layers."""

_OF_A_ROW = ("count", "layers", "mapped_layers", "tensors", "kept_tensors", "solve_s")
"""Columns that add up and are those of the whole row."""

_OWN = ("edp_js", "tops", "tops_per_w")
"""Columns that do not add up, but that a group of one run has a value of its own of."""

_RUN = ("accelerator", "objective", "cost_model", "locality")
"""What rows have in common that may run one after the other on one accelerator."""

ABOUT_SUMS = (
    "sums: of energies, cycles, delays, operations and counts, of layers each as often as it "
    "occurs. Of rows of one accelerator, asked for one objective, edp_js is the sum of energies "
    "times the sum of delays; tops and tops_per_w are all operations over these sums. What does "
    "not add up is left out; - where a row has no mapping"
)
"""What whoever reads sums has to know."""


def grouped(table: DataFrame, by: Sequence[str], statistic: str) -> DataFrame:
    """Return a row for each group: how many it has, ``points``, and a statistic of its numbers.

    Parameters
    ----------
    table
        A table of a sweep.
    by
        Columns whose equal values make a group.
    statistic
        One of `STATISTICS`. A sum has only the columns that add up, see `ABOUT_SUMS`.
    """
    import polars

    if statistic == "sum":
        return _summed(table, by)
    numbers = [
        polars.col(name)
        for name, kind in table.schema.items()
        if kind.is_numeric() and name not in by
    ]
    of_numbers = {
        "min": [one.min() for one in numbers],
        "mean": [one.mean() for one in numbers],
        "max": [one.max() for one in numbers],
        "geomean": [one.log().mean().exp() for one in numbers],
    }[statistic]
    return table.group_by(by, maintain_order=True).agg(polars.len().alias("points"), *of_numbers)


def _summed(table: DataFrame, by: Sequence[str]) -> DataFrame:
    """Return a row for each group with sums, and what follows from them."""
    import polars

    told = [name for name in table.columns if name not in by]
    added = [name for name in told if name in _OF_A_LAYER + _OF_A_ROW]
    of_run = [name for name in _RUN if name in table.columns]
    groups = table.group_by(by, maintain_order=True).agg(
        polars.len().alias("points"),
        *(_sum(name, "count" in table.columns) for name in added),
        *(polars.col(name).null_count().alias(_MISSING + name) for name in added),
        *(polars.col(name).n_unique().alias(_DIFFERENT + name) for name in of_run),
    )
    whole = (polars.when(polars.col(_MISSING + name) == 0).then(name).alias(name) for name in added)
    sums = groups.with_columns(whole)
    own = [_own(row) for row in sums.iter_rows(named=True)]
    values = [
        polars.Series(name, [one.get(name) for one in own], dtype=polars.Float64)
        for name in told
        if name in _OWN
    ]
    kept = [name for name in told if name in added or name in _OWN]
    return sums.with_columns(values).select(*by, "points", *kept)


_MISSING, _DIFFERENT = "rows without ", "different "
"""What columns that no table has begin with: rows without a value, and values of a group."""


def _sum(name: str, has_counts: bool) -> Expr:
    """Return the sum of a column, over all layers of a row."""
    import polars

    column = polars.col(name)
    is_of_one = has_counts and name in _OF_A_LAYER
    return (column * polars.col("count") if is_of_one else column).sum().alias(name)


def _own(sums: dict[str, Any]) -> dict[str, float]:
    """Return what follows from the sums of a group; nothing where they are no run."""
    is_run = all(sums.get(_DIFFERENT + name, 1) == 1 for name in _RUN)
    energy_pj, delay_ns = sums.get("energy_pj"), sums.get("delay_ns")
    operations = sums.get("operations")
    if not (is_run and energy_pj and delay_ns and operations):
        return {}
    return {
        "edp_js": edp_js(energy_pj * delay_ns, 1.0),
        "tops": tops_of(operations, delay_ns),
        "tops_per_w": operations / energy_pj,
    }

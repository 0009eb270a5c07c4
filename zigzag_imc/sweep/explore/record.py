"""What an exploration found, as records that machines read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, NonNegativeInt

from zigzag_imc.core.space import TileSizes
from zigzag_imc.results.html import html_table
from zigzag_imc.results.parts import Record
from zigzag_imc.sweep.study.values import Value
from zigzag_imc.sweep.tables import check_polars

if TYPE_CHECKING:
    from polars import DataFrame

EXPLORATION_ID: Literal["zigzag-imc/exploration/1"] = "zigzag-imc/exploration/1"
"""Value of ``schema`` in every exploration."""


class PointResult(Record):
    """An accelerator that was solved: what it takes for all networks, one after the other.

    Attributes
    ----------
    accelerator
        What it is called.
    parameters
        Values that tell it from the others.
    value
        What was made least; see `Exploration.objective`. ``None`` over the energy limit.
    energy_pj, delay_ns, edp_js
        Energy, delay and their product.
    tops, tops_per_w, tops_per_mm2
        10^12 operations per second, per J, and per second and area; two for each
        multiply-accumulate.
    area_mm2, array_area_mm2, register_area_mm2, cache_area_mm2
        Area in mm2, and its parts.
    tclk_ns
        Clock period.
    utilization
        Useful share of all multipliers over the computing cycles.
    compute_cycles, stall_cycles, loading_cycles
        Parts of the latency.
    energies_pj
        The energy by what it is spent on.
    """

    accelerator: str
    parameters: dict[str, Value]
    value: float | None
    energy_pj: float
    delay_ns: float
    edp_js: float
    tops: float
    tops_per_w: float
    tops_per_mm2: float
    area_mm2: float
    array_area_mm2: float
    register_area_mm2: float
    cache_area_mm2: float
    tclk_ns: float
    utilization: float
    compute_cycles: float
    stall_cycles: float
    loading_cycles: float
    energies_pj: dict[str, float]


class Exploration(Record):
    """The best accelerator of a study.

    Attributes
    ----------
    study
        Name of the study; ``None`` where it has none.
    networks
        What runs on the accelerators, one after the other.
    objective
        ``energy``, ``latency`` (delay), ``edp``, ``tops_per_w``, ``tops_per_mm2``.
    mapped_for
        What every layer is mapped for, each for itself.
    cost_model
        Name of the cost profile.
    tile_sizes
        Sizes of the tiles of the mappings; ``None`` in older files, where they divide.
    area_mm2, energy_limit_pj
        What an accelerator may have and take at most; ``None`` for no limit.
    combinations
        Combinations of values that keep the conditions of the study.
    over_area, refused
        Combinations over the area, and those that cannot be built.
    notes
        Why these are no points, a sentence each: the smallest where all are over the area, and the
        first reason why some cannot be built.
    points
        All others: those that count.
    pruned
        Points that did not have to be solved, by what their bound stands on.
    unfit
        Points on which some layer has no mapping.
    unfit_reason
        Why, of the first of them; ``None`` where there is none.
    solved, layers_solved
        Points whose layers were all solved, and layers that were, of these and others.
    open
        Points of which nothing is known for sure: those left where the search was stopped.
    best, runner_up
        The best point and the one after it; ``None`` where there is none.
    proved
        Whether no other point of the ranges is better.
    why
        What makes the best one better than the runner-up, a sentence each.
    front
        Points that no other solved one beats in energy, delay and area, by rising energy.
    front_proved
        Whether it is proved that no point left unsolved belongs to it.
    seconds
        Time of the exploration in s.
    schema_id
        Name and version of the format.
    """

    schema_id: Literal["zigzag-imc/exploration/1"] = Field(alias="schema")
    study: str | None
    networks: tuple[str, ...]
    objective: str
    mapped_for: str
    cost_model: str
    tile_sizes: TileSizes | None = None
    area_mm2: float | None
    energy_limit_pj: float | None
    combinations: NonNegativeInt
    over_area: NonNegativeInt
    refused: NonNegativeInt
    notes: tuple[str, ...] = ()
    points: NonNegativeInt
    pruned: dict[str, NonNegativeInt]
    unfit: NonNegativeInt
    unfit_reason: str | None = None
    solved: NonNegativeInt
    layers_solved: NonNegativeInt
    open: NonNegativeInt
    best: PointResult | None
    runner_up: PointResult | None
    proved: bool
    why: tuple[str, ...]
    front: tuple[PointResult, ...]
    front_proved: bool
    seconds: float

    def shown(self) -> tuple[PointResult, ...]:
        """Return the best point, the one after it, and those of the front, each once."""
        points = (self.best, self.runner_up, *self.front)
        return tuple({point.accelerator: point for point in points if point is not None}.values())

    def to_frame(self) -> DataFrame:
        """Return the points of `shown` as a data frame of polars, a row for each.

        Returns
        -------
        polars.DataFrame
            Name and parameters of the accelerators, then their figures; units stand in the names.
        """
        check_polars()
        import polars

        nested = {"parameters", "energies_pj"}
        rows = [
            {"accelerator": point.accelerator} | point.parameters | point.model_dump(exclude=nested)
            for point in self.shown()
        ]
        return polars.DataFrame(rows, infer_schema_length=None)

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        networks = ", ".join(self.networks)
        proof = "proved" if self.proved else "not proved"
        title = f"{networks}: {self.points} accelerators, least {self.objective} {proof}"
        headers = ("accelerator", "energy (uJ)", "delay (ms)", "EDP (J s)", "area (mm2)")
        rows = (
            (
                point.accelerator,
                f"{point.energy_pj / 1e6:.4g}",
                f"{point.delay_ns / 1e6:.4g}",
                f"{point.edp_js:.4g}",
                f"{point.area_mm2:.4g}",
            )
            for point in self.shown()
        )
        return html_table(title, headers, rows, self.why)

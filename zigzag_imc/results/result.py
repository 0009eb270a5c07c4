"""What a run leaves behind: every layer's mapping, cost and proof, as one self-contained record.

The record alone is enough to rebuild layers, accelerator and mappings, so that a checker can score
them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict, Field, PositiveInt

from zigzag_imc.core.arguments import text
from zigzag_imc.core.errors import UnknownLayerError, nearest, some_of
from zigzag_imc.core.objective import Objective, Scope, Stopped
from zigzag_imc.core.patterns import named_by
from zigzag_imc.results.layer_result import LayerResult
from zigzag_imc.results.locality import LocalityRecord
from zigzag_imc.results.parts import HardwareRecord
from zigzag_imc.results.run_records import (
    AcceleratorRecord,
    LimitsRecord,
    NetworkRecord,
    TotalsRecord,
    UnsupportedRecord,
    VersionsRecord,
)
from zigzag_imc.results.sparse import SparseRecord
from zigzag_imc.results.units import costs_text, counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from polars import DataFrame

    from zigzag_imc.results.frames import Rows

__all__ = [  # a result and its parts, under one name
    "ADDED_LATER",
    "SCHEMA_ID",
    "AcceleratorRecord",
    "LayerResult",
    "LimitsRecord",
    "NetworkRecord",
    "NetworkResult",
    "TotalsRecord",
    "UnsupportedRecord",
    "VersionsRecord",
]

SCHEMA_ID: Literal["zigzag-imc/result/1"] = "zigzag-imc/result/1"
"""Value of ``schema`` in every result file."""

ADDED_LATER = frozenset({"cost_sources", "edp_js", "hardware"})
"""Fields that older files of the same schema do not have."""


class NetworkResult(SparseRecord):
    """Result of mapping (or evaluating) a network on an accelerator.

    Attributes
    ----------
    network, batch
        Where the layers came from, and the batch size that was asked for.
    accelerator
        What they are mapped onto, in full.
    hardware
        Clock, area and peak performance of it in parts; ``None`` in older files.
    objective, scope, cost_model
        What was made least, of what, under which cost profile.
    layers
        Distinct layers in the order of the graph.
    totals
        Sums over all layers.
    unsupported
        Operators that are left out.
    locality
        What stays on chip between layers; ``None`` where that was not asked.
    stopped
        What ended the run before all searches were done, if anything did.
    versions
        What computed the result.
    seed, limits
        Seed and limits of the searches.
    schema_id
        Name and version of the format.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": SCHEMA_ID,
        }
    )

    schema_id: Literal["zigzag-imc/result/1"] = Field(alias="schema")
    network: NetworkRecord
    batch: PositiveInt | None
    accelerator: AcceleratorRecord
    hardware: HardwareRecord | None = None
    objective: Objective
    scope: Scope
    cost_model: str
    versions: VersionsRecord
    seed: int
    limits: LimitsRecord
    stopped: Stopped | None = None
    totals: TotalsRecord
    layers: tuple[LayerResult, ...]
    unsupported: tuple[UnsupportedRecord, ...] = ()
    locality: LocalityRecord | None = None

    def __getitem__(self, name: str) -> LayerResult:
        return self.record_of(name)

    def __contains__(self, name: object) -> bool:
        return any(name in record.names for record in self.layers)

    def __repr__(self) -> str:
        totals = self.totals
        layers = counted(totals.layers, "layer")
        costs = costs_text(totals.energy_pj, totals.latency_cycles)
        return (
            f"<NetworkResult {self.network.name} on {self.accelerator.name}: {layers}, "
            f"{totals.status}, {costs}>"
        )

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        from zigzag_imc.results.tables import html_text, summary

        title = f"{self.network.name} on {self.accelerator.name}"
        return html_text(title, self.layers, summary(self))

    def to_frame(self, rows: Rows = "layers") -> DataFrame:
        """Return the result as a data frame of polars.

        Parameters
        ----------
        rows
            ``layers``: a row for each distinct layer; units stand in the names. ``terms``: a row
            for every term of energy (in pJ) and latency (in cycles). ``fronts``: a row for every
            point of the energy-latency fronts. All of it of one of the ``count`` identical layers.

        Returns
        -------
        polars.DataFrame
            ``.to_pandas()`` makes one of pandas, where that and pyarrow are installed.

        Raises
        ------
        OptionError
            When ``rows`` is something else.
        """
        from zigzag_imc.results.frames import frame_of

        return frame_of(self.layers, rows)

    def plot(self, *, column: bool = False) -> Figure:
        """Draw energy and latency of every layer, and the fronts where there are any.

        Parameters
        ----------
        column
            Whether it is for one column of a page with two, instead of the whole width.

        Returns
        -------
        matplotlib.figure.Figure
            Notebooks show it, ``.savefig(...)`` writes it.

        Raises
        ------
        OptionError
            When no layer has a mapping.
        """
        # By name, as public names are: this room knows no figures.
        plot_result = import_module("zigzag_imc.plotting.result").plot_result
        drawn: Figure = plot_result(self, column=column)
        return drawn

    def record_of(self, name: str) -> LayerResult:
        """Return the record of a layer, by the name of any of the identical layers.

        Raises
        ------
        UnknownLayerError
            When there is no such layer; names the nearest one.
        """
        text("layer", name, "the name of a layer")
        for record in self.layers:
            if name in record.names:
                return record
        known = [known for record in self.layers for known in record.names]
        hint = nearest(name, known) or f", which has {some_of(known, 4)}"
        raise UnknownLayerError(f"layer {name!r}: not in the result{hint}")

    def only(self, names: Sequence[str]) -> NetworkResult:
        """Return the result with some of its layers; totals and limits stay those of the whole.

        Parameters
        ----------
        names
            Names of layers, or patterns of names such as ``conv*``.

        Raises
        ------
        UnknownLayerError
            When there is no such layer.
        """
        known = [name for record in self.layers for name in record.names]
        wanted: set[str] = set()
        for name in names:
            found = named_by(name, known)
            if not found:
                self.record_of(name)  # tells what is near
            wanted.update(found)
        kept = []
        for record in self.layers:
            own = tuple(name for name in record.names if name in wanted)
            if own:
                kept.append(
                    record.model_copy(update={"name": own[0], "names": own, "count": len(own)})
                )
        return self.model_copy(update={"layers": tuple(kept)})

"""Two results side by side: which layers differ, in what, and what that makes of the whole."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from zigzag_imc.core.tolerances import same
from zigzag_imc.results.parts import Record
from zigzag_imc.results.reading import read_result
from zigzag_imc.results.result import LayerResult, NetworkResult

COMPARISON_ID: Literal["zigzag-imc/comparison/1"] = "zigzag-imc/comparison/1"
"""Value of ``schema`` in every comparison."""


class SideRecord(Record):
    """What one of the results is of.

    Attributes
    ----------
    network, accelerator
        Names of them.
    digest
        Tells the accelerator.
    objective, scope, cost_model
        What was made least, of what, under which cost profile.
    layers, mapped_layers
        Layers of the network, and how many of them have a mapping: sums are over these.
    """

    network: str
    accelerator: str
    digest: str
    objective: str
    scope: str
    cost_model: str
    layers: int
    mapped_layers: int


class QuantityRecord(Record):
    """A quantity in both results.

    Attributes
    ----------
    name
        Its name, with its unit.
    first, second
        Its values; ``None`` where there is none.
    ratio
        The second over the first; ``None`` where one is missing, or the first is 0.
    """

    name: str
    first: float | None
    second: float | None
    ratio: float | None

    @classmethod
    def of(cls, name: str, first: float | None, second: float | None) -> QuantityRecord:
        """Compare two values."""
        is_known = first is not None and second is not None and first != 0
        return cls(
            name=name,
            first=first,
            second=second,
            ratio=second / first if is_known and first and second is not None else None,
        )

    @property
    def is_same(self) -> bool:
        """Whether both have the same value, to what rounding leaves."""
        if self.first is None or self.second is None:
            return self.first is self.second
        return same(self.first, self.second, noise=0.0)


class LayerComparison(Record):
    """A layer in both results.

    Attributes
    ----------
    name
        First of its names in the first result.
    count
        Layers that both results have under the same names.
    quantities
        Costs of one such layer.
    differs_in
        What differs: names of quantities, ``status``, ``mapping``, ``layer`` (its loops or bits).
    """

    name: str
    count: int
    quantities: tuple[QuantityRecord, ...]
    differs_in: tuple[str, ...]

    def quantity(self, name: str) -> QuantityRecord:
        """Return a quantity by its name."""
        return next(one for one in self.quantities if one.name == name)


class Comparison(Record):
    """Two results compared.

    Attributes
    ----------
    first, second
        What they are of.
    totals
        Quantities of the networks, over the layers that have a mapping; without a ratio where these
        are not the same layers.
    is_alike
        Whether the same layers have one in both, so that sums can be compared.
    layers
        Layers that both have, in the order of the first.
    only_first, only_second
        Names of layers that only one of them has.
    is_same
        Whether nothing differs but times.
    schema_id
        Name and version of the format.
    """

    schema_id: Literal["zigzag-imc/comparison/1"] = Field(alias="schema")
    first: SideRecord
    second: SideRecord
    totals: tuple[QuantityRecord, ...]
    is_alike: bool
    layers: tuple[LayerComparison, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    is_same: bool

    @property
    def different(self) -> tuple[LayerComparison, ...]:
        """The layers that differ."""
        return tuple(layer for layer in self.layers if layer.differs_in)


def compare_results(
    first: NetworkResult | str | os.PathLike[str], second: NetworkResult | str | os.PathLike[str]
) -> Comparison:
    """Compare two results, layer by layer and as a whole.

    Parameters
    ----------
    first
        A result, or the path of its file.
    second
        The other one; ratios are of the second over the first.

    Raises
    ------
    ResultError
        When a file cannot be read.
    """
    one, other = (
        result if isinstance(result, NetworkResult) else read_result(result)
        for result in (first, second)
    )
    layers = tuple(_layers(one, other))
    is_alike = _mapped_names(one) == _mapped_names(other)
    totals = tuple(_totals(one, other, is_alike))
    sides = _side(one), _side(other)
    alone = _names_without(one, other), _names_without(other, one)
    return Comparison(
        schema=COMPARISON_ID,
        first=sides[0],
        second=sides[1],
        totals=totals,
        is_alike=is_alike,
        layers=layers,
        only_first=alone[0],
        only_second=alone[1],
        is_same=sides[0] == sides[1]
        and not any(alone)
        and all(quantity.is_same for quantity in totals)
        and not any(layer.differs_in for layer in layers),
    )


def _side(result: NetworkResult) -> SideRecord:
    return SideRecord(
        network=result.network.name,
        accelerator=result.accelerator.name,
        digest=result.accelerator.digest,
        objective=result.objective,
        scope=result.scope,
        cost_model=result.cost_model,
        layers=result.totals.layers,
        mapped_layers=result.totals.mapped_layers,
    )


def _mapped_names(result: NetworkResult) -> frozenset[str]:
    """Return the names of all layers that have a mapping."""
    mapped = (record for record in result.layers if record.energy_pj is not None)
    return frozenset(name for record in mapped for name in record.names)


_OF_THE_ARRAY = frozenset({"tclk_ns", "area_mm2"})
"""Quantities that do not depend on which layers are mapped."""


def _totals(one: NetworkResult, other: NetworkResult, is_alike: bool) -> Iterator[QuantityRecord]:
    """Compare the networks as a whole; sums over other layers have no ratio."""
    for quantity in _whole(one, other):
        has_ratio = is_alike or quantity.name in _OF_THE_ARRAY
        yield quantity if has_ratio else quantity.model_copy(update={"ratio": None})


def _whole(one: NetworkResult, other: NetworkResult) -> Iterator[QuantityRecord]:
    """Compare totals as they are."""
    for name in ("energy_pj", "latency_cycles", "edp_js", "tclk_ns", "area_mm2"):
        yield QuantityRecord.of(name, getattr(one.totals, name), getattr(other.totals, name))
    delays = [
        None if cycles is None else cycles * side.totals.tclk_ns
        for side in (one, other)
        for cycles in (side.totals.latency_cycles,)
    ]
    yield QuantityRecord.of("delay_ns", *delays)


def _layers(one: NetworkResult, other: NetworkResult) -> Iterator[LayerComparison]:
    """Compare layers of the same names; identical layers may be grouped otherwise in the other."""
    owner = {name: record for record in other.layers for name in record.names}
    for record in one.layers:
        shared: dict[str, list[str]] = {}
        for name in record.names:
            if name in owner:
                shared.setdefault(owner[name].name, []).append(name)
        for partner, names in shared.items():
            yield _compared(record, owner[partner], names)


_COSTS = ("energy_pj", "latency_cycles", "edp_js", "utilization")
"""Costs of a layer that are compared."""


def _compared(one: LayerResult, other: LayerResult, names: Sequence[str]) -> LayerComparison:
    costs = [QuantityRecord.of(name, getattr(one, name), getattr(other, name)) for name in _COSTS]
    differs = [quantity.name for quantity in costs if not quantity.is_same]
    delay = QuantityRecord.of("delay_ns", _delay_ns(one), _delay_ns(other))
    if one.status != other.status:
        differs.append("status")
    if (one.spatial, one.temporal) != (other.spatial, other.temporal):
        differs.append("mapping")
    if (one.loop_dims, one.precision) != (other.loop_dims, other.precision):
        differs.append("layer")
    return LayerComparison(
        name=names[0], count=len(names), quantities=(*costs, delay), differs_in=tuple(differs)
    )


def _delay_ns(record: LayerResult) -> float | None:
    """Return how long a layer takes at the clock of its array."""
    if record.latency_cycles is None or record.tclk_ns is None:
        return None
    return record.latency_cycles * record.tclk_ns


def _names_without(one: NetworkResult, other: NetworkResult) -> tuple[str, ...]:
    """Return the names of layers that the other result does not have."""
    return tuple(name for record in one.layers for name in record.names if name not in other)

"""Where to start: the dearest layers, what binds each, and which change saves most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from zigzag_imc.explain.records import Explanation, WhatIfRecord
from zigzag_imc.report.html.layer_view import LayerView
from zigzag_imc.report.words import headline, lanes_words, room_words
from zigzag_imc.results.units import percent

SHOWN = 3
"""Layers that a reader should look at first."""


@dataclass(frozen=True, slots=True)
class Saving:
    """What a change of the accelerator saves of the objective of some layers.

    Attributes
    ----------
    change
        The change, in words.
    saved
        Of the objective of the network, as far as these layers go, to first order; negative where
        it costs more.
    by_layer
        What it saves of each layer that was searched again, in the order of those.
    sizes
        What it changes from and to: lanes, or bits of a memory or of its ports.
    more_area
        What it adds to the area, as a share of that; ``None`` where no model says so.
    """

    change: str
    saved: float
    by_layer: tuple[float, ...]
    sizes: tuple[int, int]
    more_area: float | None


@dataclass(frozen=True, slots=True)
class Priorities:
    """Where to start.

    Attributes
    ----------
    dearest
        The layers that take most of the objective, the dearest first.
    searched
        Those of them that were mapped again on changed accelerators.
    savings
        Changes that save something, the best first; of equally good ones, that of least area.
    advice
        For each of the dearest, what to change first.
    """

    dearest: tuple[LayerView, ...]
    searched: tuple[LayerView, ...]
    savings: tuple[Saving, ...]
    advice: tuple[str, ...]


def priorities_of(layers: Sequence[LayerView]) -> Priorities:
    """Rank layers and changes."""
    mapped = [layer for layer in layers if layer.mapped is not None]
    ranked = sorted(mapped, key=lambda layer: -layer.cost_share)
    dearest = tuple(ranked[:SHOWN])
    searched = tuple(
        layer for layer in ranked if layer.mapped is not None and layer.mapped.told.what_ifs
    )
    return Priorities(
        dearest, searched, _savings(searched), tuple(advice_for(layer) for layer in dearest)
    )


def advice_for(layer: LayerView) -> str:
    """Say what to change first for a layer: searched where it was, else what limits it."""
    assert layer.mapped is not None
    told = layer.mapped.told
    if told.what_ifs:
        return headline(told)
    largest = layer.mapped.energy[0] if layer.mapped.energy else None
    spent = f"; {percent(largest.share)} of its energy is {largest.name}" if largest else ""
    limits = {
        "compute": f"most of its time it computes: {lanes_words(told.occupancy)}",
        "port": f"a wider port would help: without waits it would take "
        f"{percent(told.binding.share)} less time",
        "rows": "rows written faster, or a second weight per cell, would help",
        "loading": "it is too short to hide its first loads and last stores",
    }[told.binding.kind]
    return f"{limits}{spent}; {room_words(told.capacities)}"


def _savings(searched: Sequence[LayerView]) -> tuple[Saving, ...]:
    """Add up what every change saves of the layers on which it was tried."""
    tried: dict[str, list[tuple[LayerView, Explanation, WhatIfRecord]]] = {}
    for layer in searched:
        assert layer.mapped is not None
        told = layer.mapped.told
        for change in told.what_ifs:
            if change.gain is not None:
                tried.setdefault(change.change, []).append((layer, told, change))
    found = [_saving(of) for of in tried.values() if len(of) == len(searched)]
    return by_rank(found)


def by_rank(found: Sequence[Saving]) -> tuple[Saving, ...]:
    """Return the changes that save something, the best first."""
    return tuple(sorted((one for one in found if one.saved > 0), key=_rank))


def _rank(one: Saving) -> tuple[float, float, float]:
    """Order changes by what they save, as printed; those that save as much by what they add."""
    more_area = math.inf if one.more_area is None else one.more_area
    return -float(f"{one.saved:.3g}"), more_area, -one.saved


def _saving(tried: Sequence[tuple[LayerView, Explanation, WhatIfRecord]]) -> Saving:
    gains = tuple(change.gain or 0.0 for _, _, change in tried)
    _, told, change = tried[0]
    is_wider = "bandwidth" in change.change  # no model says what area wider ports take
    area = None if is_wider or not change.area_mm2 else change.area_mm2 / told.area_mm2 - 1
    return Saving(
        change.change,
        sum(gain * layer.cost_share for gain, (layer, _, _) in zip(gains, tried, strict=True)),
        gains,
        (change.before, change.after),
        area,
    )

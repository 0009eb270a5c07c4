"""What an explanation says, in words, for terminals and pages alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zigzag_imc.explain.records import (
    BindingRecord,
    CapacityRecord,
    Explanation,
    OccupancyRecord,
    TileRecord,
    WhatIfRecord,
)
from zigzag_imc.results.comparison import Comparison
from zigzag_imc.results.units import counted, gap_text, percent

DIRECTIONS = {"fh": "from above", "tl": "to below", "fl": "from below", "th": "to above"}
"""Words for the directions of accesses; below is towards the array."""


OPERAND_WORDS = {"W": "weights", "I": "inputs", "O": "outputs"}

ACCESSES = {
    "fh": "writing {operand} into {memory}",
    "tl": "reading {operand} from {memory}",
    "fl": "writing {operand} into {memory}",
    "th": "reading {operand} from {memory} on their way up",
}
"""What a memory does in every direction."""

ARRAY_PARTS = {
    "adders_regular": "the adder trees of the array",
    "adders_pv": "the place-value adders of the array",
    "adcs": "the ADCs of the array",
    "dacs": "the DACs of the array",
    "mults": "the multipliers of the array",
    "accumulators": "the accumulators of the array",
    "cells": "the cells of the array",
}
"""Words for the components of the array."""


def standing(told: Explanation) -> str:
    """How good the mapping is known to be."""
    chosen_together = told.objective == "network_edp"
    of = "the network's edp" if chosen_together else told.objective
    if told.status == "OPTIMAL":
        return f"OPTIMAL for {of}" if chosen_together else f"OPTIMAL: no mapping has less {of}"
    if told.gap is None:
        return (
            f"{told.status}: nothing is known about how much less {of} another mapping could have"
        )
    return f"{told.status}: another mapping could have at most {gap_text(told.gap)} less {of}"


def energy_terms(told: Explanation) -> list[tuple[str, float]]:
    """Names of all terms of the energy, and each of them in pJ."""
    terms = [(f"array {name}", energy) for name, energy in told.breakdown.array_energy_pj.items()]
    terms += [
        (f"{term.memory} {term.operand} {DIRECTIONS[term.direction]}", term.energy_pj)
        for term in told.breakdown.memory_energy
    ]
    return terms


def plain_terms(told: Explanation) -> list[str]:
    """Words for all terms of the energy, in the order of `energy_terms`, for those new to them."""
    parts = told.breakdown.array_energy_pj
    return [ARRAY_PARTS.get(name, f"{name} of the array") for name in parts] + [
        ACCESSES[term.direction].format(operand=OPERAND_WORDS[term.operand], memory=term.memory)
        for term in told.breakdown.memory_energy
    ]


def largest_terms(told: Explanation) -> str:
    """Up to three largest terms of the energy with their shares."""
    total = told.energy_pj or 1.0
    largest = sorted(energy_terms(told), key=lambda term: -term[1])[:3]
    shares = [f"{name} {percent(energy / total)}" for name, energy in largest if energy > 0]
    return ", ".join(shares) or "none"


def room_words(capacities: Iterable[CapacityRecord]) -> str:
    """Which memories are too small for larger tiles."""
    full = [capacity.memory for capacity in capacities if capacity.binds]
    if full:
        return f"the next larger tile does not fit into {listed(full)}"
    return "no memory is too small for its tiles"


def lanes_words(occupancy: Sequence[OccupancyRecord]) -> str:
    """Which dimensions of the array are used in full."""
    full = [lane for lane in occupancy if lane.used == lane.size]
    if full:
        words = [f"all {lane.size} {lane.role} ({lane.array_dim})" for lane in full]
        return f"{listed(words)} are in use"
    return f"some of the {listed([lane.role for lane in occupancy])} are not in use"


def binding_words(binding: BindingRecord) -> str:
    """What a part of the latency is spent on."""
    if binding.kind == "compute":
        return "computing"
    if binding.kind == "loading":
        return "first loads and last stores"
    if binding.kind == "rows":
        return f"waiting until the rows of {binding.memory} are written"
    return f"waiting for port {binding.port} of {binding.memory}"


def next_step(tile: TileRecord) -> str:
    """Whether a tile could grow by the next piece of a loop."""
    if tile.next_loop is None:
        return "holds all of it"
    dim, factor = tile.next_loop
    fits = "fit" if tile.next_fits else "do not fit"
    return f"{dim} x{factor}: {tile.next_bits:,} bits {fits}"


def listed(words: Sequence[str]) -> str:
    """Words as a person lists them: ``a, b and c``."""
    return " and ".join([*([", ".join(words[:-1])] if len(words) > 1 else []), words[-1]])


def headline(told: Explanation) -> str:
    """Return the change that gives most.

    And how many others might give more, where limits ended their searches.
    """
    less = f"less {told.what_if_objective}"
    best = next((change for change in told.what_ifs if (change.gain or 0.0) > 0), None)
    others = [
        change
        for change in told.what_ifs
        if change is not best and _may_gain_more(change, than=best)
    ]
    if best is None:
        known = f"none below is known to give {less}"
        sure = f"no single change below gives {less}"
    else:
        known = f"{best.change} gives most of what is known: {gain_words(best)} {less}"
        sure = f"{best.change} gives most: {gain_words(best)} {less}"
    if not others:
        return sure
    most = [change.most_gain for change in others if change.most_gain is not None]
    up_to = f", up to {100 * max(most):.3g} %" if len(most) == len(others) else ""
    return f"{known}; how much is not known for {counted(len(others), 'change')}{up_to}"


def _may_gain_more(change: WhatIfRecord, than: WhatIfRecord | None) -> bool:
    """Whether a limit ended the search before it was known that a change gives no more."""
    if change.status in (None, "INFEASIBLE"):
        return False
    if change.most_gain is None:
        return True
    known = 0.0 if than is None else than.gain or 0.0
    return change.status != "OPTIMAL" and change.most_gain > known


def gain_words(change: WhatIfRecord) -> str:
    """Return what a change saves, as a percentage or a range of them; ``-`` for not known."""
    if change.gain is None:
        return "-"
    text = "nothing" if change.gain == 0 else f"{100 * change.gain:.3g} %"
    if change.most_gain is not None and change.most_gain > change.gain:
        return f"{text} to {100 * change.most_gain:.3g} %"
    return text


def partial_text(compared: Comparison) -> str:
    """Say which layers totals are over, where that is not all; empty where it is."""
    sides = (compared.first, compared.second)
    if all(side.mapped_layers == side.layers for side in sides):
        return ""
    mapped = [f"{side.mapped_layers} of {counted(side.layers, 'layer')}" for side in sides]
    if compared.is_alike:
        return f"sums are over {mapped[0]}: the others have no mapping in either"
    return (
        f"sums are over {mapped[0]} in the first and {mapped[1]} in the second, which are not the "
        "same: no ratios; the others have no mapping"
    )

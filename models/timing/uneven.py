"""Stalls of a memory port where the outermost loop of a dimension ends short.

The same model as in `stalls`, of periods that differ: each has its own busy cycles and its own
window.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from zigzag_imc.models.movement.short_flows import Part
from zigzag_imc.models.movement.short_tiles import LoopNest, iterations_at_last
from zigzag_imc.models.timing.stalls import Use


class Spell(NamedTuple):
    """Equal periods of one movement whose transfers compete with computing.

    Attributes
    ----------
    times
        How many there are.
    busy, window
        Clock cycles of one transfer, and those that may overlap with computing.
    """

    times: int
    busy: int
    window: int


class UnevenTiming(NamedTuple):
    """What every port has to do, in clock cycles.

    Attributes
    ----------
    nest, rate
        The loops, and cycles per activation.
    spells
        Per movement, its periods; none where it carries nothing.
    runs
        Per flow, the places of the loops whose last iterations are its windows; none where a window
        is the whole period.
    """

    nest: LoopNest
    rate: int
    spells: Sequence[Sequence[Spell]]
    runs: Sequence[range]


def spells_of(
    parts: Sequence[Part], busy: Sequence[int], rate: int, single: bool, outside: int | None
) -> list[Spell]:
    """Return the periods of a movement.

    Parameters
    ----------
    parts, busy
        Its transfers, and the cycles that one of each part takes.
    rate
        Cycles per activation.
    single
        Whether there is no room for a second tile.
    outside
        Place of the transfer outside the computation: the last one of what leaves the array, the
        first one of what is loaded. ``None`` where none is: on first visits, which carry nothing
        then, no partial sum comes back.
    """
    spells = []
    for part, cycles in zip(parts, busy, strict=True):
        # A tile is first visited in the first round along all irrelevant dimensions, a full one.
        first_visits = part.times - part.carried
        for period in part.periods:
            window = rate * (period.last_cycles if single else period.cycles)
            spells.append(Spell(period.times - first_visits, cycles, window))
            first_visits = 0
    if outside is not None:
        spells[outside] = spells[outside]._replace(times=spells[outside].times - 1)
    return spells


def uneven_windows_union(flows: Collection[int], timing: UnevenTiming) -> int:
    """Cycles of the whole computation that lie in the window of at least one of the ``flows``.

    A window without room for a second tile is where some neighbouring loops are all in their last
    iteration. So the windows of several flows have in common where all loops of all of them are,
    and the union follows by inclusion and exclusion.
    """
    runs = {timing.runs[flow] for flow in flows}
    everything = timing.rate * math.prod(timing.nest.sizes.values())
    if any(not run for run in runs):
        return everything
    covered = 0
    for number in range(1, len(runs) + 1):
        for some in itertools.combinations(runs, number):
            common = _in_common(timing.nest, frozenset(itertools.chain(*some)))
            covered += common if number % 2 else -common
    return timing.rate * covered


def uneven_port_stall(uses: Iterable[Use], timing: UnevenTiming) -> int:
    """Stall cycles of one port, negative when a single movement has slack.

    A period that lacks cycles stalls even where another one has some to spare.
    """
    live = [(place, flow) for place, flow in uses if timing.spells[place]]
    spells = [spell for place, _ in live for spell in timing.spells[place]]
    own = sum(times * max(0, busy - window) for times, busy, window in spells)
    if len(live) < 2:
        return own or sum(times * (busy - window) for times, busy, window in spells)
    together = sum(times * busy for times, busy, _ in spells)
    if together <= own:
        return own
    return max(own, together - uneven_windows_union({flow for _, flow in live}, timing))


def _in_common(nest: LoopNest, at_last: Collection[int]) -> int:
    """Activations in which all loops at some places are in their last iteration."""
    by_dim: dict[str, list[tuple[int, bool]]] = {dim: [] for dim in nest.sizes}
    for place, (dim, steps) in enumerate(nest.loops):
        by_dim[dim].append((steps, place in at_last))
    return math.prod([iterations_at_last(by_dim[dim], size) for dim, size in nest.sizes.items()])

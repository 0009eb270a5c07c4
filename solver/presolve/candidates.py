"""Candidates: the tiles that can be part of an optimal mapping.

Reduced-cost fixing: a tile is discarded when even the best chain through it cannot reach the
incumbent, or when it overflows its memory. What is left is usually a few hundred tiles of a few
spatial mappings out of billions of combinations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.formulation.candidate import Activity, Candidate, PortLoads, Room, Where
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.energy_bound import energy_through
from zigzag_imc.solver.presolve.standing import SpatialOption
from zigzag_imc.solver.tables.cut import Cut, PortKey, SpatialColumns, per_cut
from zigzag_imc.solver.tables.lattice import Array

Index = tuple[int, ...]
"""Place of a tile in the lattice."""

_SLACK = 1 + TOLERANCE
"""Tiles are discarded only beyond what rounding explains."""


def candidates_of(
    number: int, option: SpatialOption, accelerator: Accelerator, goal: Goal, most_value: float
) -> list[Candidate] | None:
    """Tiles of one spatial mapping that can reach an objective of ``most_value``.

    ``None`` when some cut has none left.

    Parameters
    ----------
    number
        Number of the spatial mapping, for the candidates.
    option
        Its tables and bounds.
    accelerator, goal
        What is mapped onto, and what is minimised.
    most_value
        Objective of the incumbent.
    """
    found: list[Candidate] = []
    for cut, least in _least_through(option, accelerator, goal.relaxed(_SLACK)):
        # A tile is in no better mapping where least objective through it > incumbent.
        kept = np.argwhere(np.isfinite(least) & (least <= most_value * _SLACK))
        if not len(kept):
            return None
        tiles = _TilesOfCut(number, option.columns, cut)
        found.extend(tiles.at(tuple(row)) for row in kept.tolist())
    return found


def _least_through(
    option: SpatialOption, accelerator: Accelerator, goal: Goal
) -> Iterator[tuple[Cut, Array]]:
    """Every cut with the least objective of any mapping through each tile there (a bound)."""
    columns = option.columns
    energy_pj = energy_through(columns, accelerator, option.energy)
    least = per_cut(goal.values, energy_pj, option.latency.through())
    yield from zip(columns.all_cuts, chain.from_iterable(least), strict=True)


class _TilesOfCut:
    """Reads candidates off the tables of one cut."""

    def __init__(self, number: int, columns: SpatialColumns, cut: Cut) -> None:
        self._number, self._lattice, self._cut = number, columns.lattice, cut
        exposed = np.asarray(cut.link, dtype=np.float64)
        self._exposed = np.broadcast_to(exposed, columns.lattice.shape)

    def at(self, index: Index) -> Candidate:
        """Return the candidate at a place of the lattice."""
        return Candidate(
            at=self._where(index),
            energy_pj=float(self._cut.energy_pj[index]),
            ports=self._ports(index),
            room=self._room(index),
        )

    def _where(self, index: Index) -> Where:
        # A lattice of one tile has no axes.
        powers = dict(zip(self._lattice.axes, index, strict=False))
        return Where(
            option=self._number,
            place=(self._cut.operand, self._cut.boundaries[-1]),
            index=index,
            powers={axis: power for axis, power in powers.items() if power},
            steps=int(self._lattice.steps[index]),
        )

    def _ports(self, index: Index) -> PortLoads:
        cut = self._cut
        return PortLoads(
            busy=_floats_at(cut.busy, index),
            stuck=_floats_at(cut.stuck, index),
            activities={
                key: tuple(
                    Activity(float(count[index]), float(busy[index])) for count, busy in loads
                )
                for key, loads in cut.activities.items()
            },
            once=_floats_at(cut.loads, index),
            exposed=float(self._exposed[index]),
            taken={key: int(bits[index]) for key, bits in cut.taken.items()},
        )

    def _room(self, index: Index) -> Room:
        cut = self._cut
        return Room(
            memory=cut.memory,
            bits=int(cut.bits[index]),
            need=_bits_at(cut.need, index),
            least_need=_bits_at(cut.least_need, index),
        )


def _floats_at(per_port: Mapping[PortKey, Any], index: Index) -> dict[PortKey, float]:
    """Amount of one tile on every port."""
    return {key: float(amounts[index]) for key, amounts in per_port.items()}


def _bits_at(bits: Array | None, index: Index) -> int:
    """Bits of one tile; none where they are not counted."""
    return 0 if bits is None else int(bits[index])

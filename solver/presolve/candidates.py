"""Candidates.

The tiles that can be part of an optimal mapping, with all that the CP-SAT model needs to know of
them.

A tile is discarded when even the best chain through it cannot reach the best mapping known, or
overflows its memory. What is left is usually a few hundred tiles of a few spatial mappings out of
billions of combinations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.energy_bound import EnergyBound, energy_through
from zigzag_imc.solver.presolve.latency_sums import LatencySums
from zigzag_imc.solver.scoring.loop_orders import CutPlace
from zigzag_imc.solver.tables.cut import PortKey, SpatialColumns

TOLERANCE = 1e-9
"""Relative margin by which sums of floating-point numbers may be off; tiles are only discarded
beyond it."""


@dataclass(frozen=True)
class Candidate:
    """One tile at one cut of one spatial mapping."""

    option: int
    place: CutPlace
    index: tuple[int, ...]
    powers: dict[tuple[str, int], int]
    energy_pj: float
    bits: int
    memory: int
    busy: dict[PortKey, float]
    stuck: dict[PortKey, float]
    link: float
    loads: dict[PortKey, float]
    taken: dict[PortKey, int]
    steps: int
    activities: dict[PortKey, tuple[tuple[float, float], ...]]
    need: int
    least_need: int


@dataclass(frozen=True)
class SpatialOption:
    """A spatial mapping that may still be optimal, with its bounds."""

    columns: SpatialColumns
    energy: EnergyBound
    latency: LatencySums | None


def candidates_of(
    number: int, option: SpatialOption, accelerator: Accelerator, goal: Goal, best: float
) -> list[Candidate] | None:
    """Tiles of one spatial mapping that can reach ``best``.

    ``None`` when some cut has none left.
    """
    columns = option.columns
    energy = energy_through(columns, accelerator, option.energy)
    latency = option.latency.through() if option.latency is not None else None
    slack = 1 + TOLERANCE
    relaxed = Goal(goal.objective, goal.most_energy_pj * slack, goal.most_latency * slack)
    found: list[Candidate] = []
    for operand, cuts in enumerate(columns.cuts):
        for rank, cut in enumerate(cuts):
            least = relaxed.values(
                energy[operand][rank], latency[operand][rank] if latency is not None else 0.0
            )
            keep = np.argwhere(np.isfinite(least) & (least <= best * slack))
            if keep.size == 0 and keep.shape[0] == 0:
                return None
            link = np.broadcast_to(np.asarray(cut.link, dtype=np.float64), columns.lattice.shape)
            for row in keep:
                index = tuple(int(i) for i in row)
                found.append(
                    Candidate(
                        number,
                        (operand, cut.boundaries[-1]),
                        index,
                        {
                            axis: power
                            for axis, power in zip(columns.lattice.axes, index, strict=False)
                            if power
                        },
                        float(cut.energy_pj[index]),
                        int(cut.bits[index]),
                        cut.memory,
                        {key: float(load[index]) for key, load in cut.busy.items()},
                        {key: float(load[index]) for key, load in cut.stuck.items()},
                        float(link[index]),
                        {key: float(load[index]) for key, load in cut.loads.items()},
                        {key: int(bits[index]) for key, bits in cut.taken.items()},
                        int(columns.lattice.steps[index]),
                        {
                            key: tuple(
                                (float(count[index]), float(busy[index])) for count, busy in loads
                            )
                            for key, loads in cut.activities.items()
                        },
                        int(cut.need[index]) if cut.need is not None else 0,
                        int(cut.least_need[index]) if cut.least_need is not None else 0,
                    )
                )
    return found

"""Domains: what the joint model chooses from."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.models.mapspace.factors import divisors
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.joint.tiles import Sizes, every_length

COARSE = (1, 3)
"""Unrollings of a loop in the coarse parts of a domain, beside none at all: quick ones first."""


def all_or_nothing(temporal: int) -> tuple[int, ...]:
    """Sizes of a tile that holds all of a dimension or none of it: the coarsest choice."""
    return (1, temporal) if temporal > 1 else (1,)


def sizes_in(space: Space) -> Sizes:
    """Sizes of a tile in a space."""
    return divisors if space.tile_sizes == "divisors" else every_length


@dataclass(frozen=True, slots=True)
class Domain:
    """What the model chooses from, and what is of interest.

    Attributes
    ----------
    sizes
        Tile sizes of what is left for time.
    objective
        What is minimised.
    most_pj, most_cycles, most_edp
        Energy (pJ), latency (clock cycles) and product of both above which nothing is of interest.
    space
        Which mapspace: diagonals, and what a mapping has to keep.
    widest
        How many of the largest unrollings of a loop there are beside none at all; all by default.
    only
        The one spatial mapping that there is; all by default.
    """

    sizes: Sizes = divisors
    objective: Objective = "energy"
    most_pj: float = math.inf
    most_cycles: float = math.inf
    most_edp: float = math.inf
    space: Space = DIVISORS
    widest: int | None = None
    only: SpatialMapping | None = None

    @property
    def ends_short(self) -> bool:
        """Whether tiles need not divide what is left for time: the last one may be shorter."""
        return self.sizes is every_length

    @property
    def has_energy(self) -> bool:
        """Whether energy takes part."""
        return self.objective != "latency" or math.isfinite(self.most_pj) or self.has_product

    @property
    def has_latency(self) -> bool:
        """Whether latency takes part."""
        return self.objective != "energy" or math.isfinite(self.most_cycles) or self.has_product

    @property
    def has_product(self) -> bool:
        """Whether the product of energy and latency takes part."""
        return self.objective == "edp" or math.isfinite(self.most_edp)

    def coarse(self, widest: int) -> Domain:
        """Return a part of it that is searched in no time."""
        return replace(self, sizes=all_or_nothing, widest=widest)


@dataclass(frozen=True, slots=True)
class Least:
    """What is proved that every mapping needs.

    Attributes
    ----------
    energy_pj, cycles
        Energy (pJ) and latency (clock cycles).
    """

    energy_pj: float = 0.0
    cycles: float = 0.0

    @property
    def product(self) -> float:
        """Product of both: no mapping has less."""
        return self.energy_pj * self.cycles

    def or_more(self, other: Least) -> Least:
        """What is known by either."""
        return Least(max(self.energy_pj, other.energy_pj), max(self.cycles, other.cycles))


NOTHING_KNOWN = Least()


def domain_of(
    goal: Goal, value: float, least: Least = NOTHING_KNOWN, space: Space = DIVISORS
) -> Domain:
    """Return what is of interest: within the limits of a goal, and of no more than a value."""
    measure = goal.measure
    return Domain(
        sizes=sizes_in(space),
        space=space,
        objective=goal.objective,
        most_pj=min(goal.most_energy_pj, measure.most_energy_pj(value, least.cycles)),
        most_cycles=min(goal.most_latency, measure.most_latency(value, least.energy_pj)),
        most_edp=value if goal.objective == "edp" else math.inf,
    )

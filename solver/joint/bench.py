"""The bench of a search: what all of it shares, and what it has found and proved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from zigzag_imc.core.budget import Budget
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.domain import Domain, sizes_in
from zigzag_imc.solver.joint.parts.floors import Floors, floors_of
from zigzag_imc.solver.joint.selection import UnfinishedModelError
from zigzag_imc.solver.scoring.incumbent import Incumbent
from zigzag_imc.solver.scoring.scores import KeptScores
from zigzag_imc.solver.solution import SearchOptions


@dataclass(frozen=True, eq=False)
class Bench:
    """What all searches of one layer share.

    Attributes
    ----------
    costs
        Cost model of the layer.
    scores
        Exact scores of all mappings that were looked at.
    options, budget
        How to search, and how long.
    """

    costs: CostModel
    scores: KeptScores
    options: SearchOptions
    budget: Budget

    @cached_property
    def floors(self) -> Floors | None:
        """What every spatial mapping takes at least, where tiles of any size make tables long.

        None where tiles divide, or where there are too many spatial mappings.
        """
        domain = Domain(sizes_in(self.options.space), space=self.options.space)
        if not domain.ends_short:
            return None
        try:
            return floors_of(self.costs, domain, self.budget)
        except UnfinishedModelError:
            return None


@dataclass(frozen=True, slots=True)
class Minimum:
    """What a search has found and proved.

    Attributes
    ----------
    best
        Best mapping of interest; ``None`` where there is none.
    bound
        No mapping costs less.
    reason
        Why there may be a better one; ``None`` where there is none.
    """

    best: Incumbent | None
    bound: float
    reason: str | None = None

    @property
    def proved(self) -> bool:
        """Whether the best mapping is optimal, or it is proved that there is none."""
        return self.reason is None

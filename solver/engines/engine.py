"""What all engines have in common.

A search within limits that ends in a solution, with or without a proof.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Objective, Status
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.models.mapspace.combinations import BLOCK
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.infeasible import unfit, why_nothing_fits
from zigzag_imc.solver.scoring.incumbent import Incumbent
from zigzag_imc.solver.scoring.scoreboard import OutOfBudget, Scoreboard
from zigzag_imc.solver.solution import NOTHING_KEEPS, STOPPED, SearchOptions, Solution


class Engine(ABC):
    """A way to search for mappings.

    Its options are the fields of the dataclass that derives from this one.

    An engine scores with the exact cost model and is deterministic: equal options and seeds give
    equal mappings.
    """

    __slots__ = ()
    name: ClassVar[str]

    @abstractmethod
    def described(self) -> str:
        """Name and settings in one line, as results carry them."""

    @abstractmethod
    def explore(self, board: Scoreboard, seed: int) -> bool:
        """Score mappings; return whether these were all that the mapspace has."""

    def check(  # noqa: B027  (may be empty)
        self,
        layer: Layer,
        accelerator: Accelerator,
        profile: CostProfile,
        space: Space = DIVISORS,
    ) -> None:
        """Raise `OptionError` where the search of a layer would be out of hand."""

    def forecast(
        self,
        layers: Sequence[Layer],
        accelerator: Accelerator,
        profile: CostProfile,
        space: Space = DIVISORS,
    ) -> str | None:
        """What is ahead, where that is worth knowing before the search of some layers starts."""
        return None

    def search(
        self,
        layer: Layer,
        accelerator: Accelerator,
        profile: CostProfile,
        objective: Objective,
        options: SearchOptions | None = None,
        budget: Budget | None = None,
    ) -> Solution:
        """Search for a mapping of little energy, latency or energy-delay product.

        Parameters
        ----------
        layer, accelerator, profile
            What to map onto what, under which cost model.
        objective
            ``energy`` (pJ), ``latency`` (cycles) or ``edp`` (pJ x cycles).
        options
            Seed and mapspace; and the time limit where there is no budget.
        budget
            Looked at before every score; when it is over, the search ends with the best mapping so
            far.

        Returns
        -------
        Solution
            ``OPTIMAL`` or ``INFEASIBLE`` only after all mappings were scored, or where the bits of
            the layer do not fit the array; else ``FEASIBLE`` without a bound, or ``UNKNOWN`` where
            nothing was found, which then proves nothing.

        Raises
        ------
        OptionError
            When the engine refuses the layer.
        """
        started = time.monotonic()
        options = options or SearchOptions()
        budget = budget or Budget.of(options.time_limit_s)
        if profile.dividing_tiles:
            options = replace(options, space=replace(options.space, tile_sizes="divisors"))
        self.check(layer, accelerator, profile, options.space)
        lacking = unfit(layer, accelerator, profile, objective)
        if lacking is not None:
            return lacking
        board = Scoreboard(layer, accelerator, profile, objective, budget, options.space)
        try:
            complete = self.explore(board, options.seed)
            reason = f"engine {self.name} proves no bound"
        except OutOfBudget:
            complete, reason = False, STOPPED
        found = _proved(board, objective) if complete else _unproved(board, objective, reason)
        spatial_count, size = _counts(board)
        return replace(
            found,
            exact_scores=board.exact_scores,
            spatial_mappings=spatial_count,
            mapspace_size=size,
            seconds=time.monotonic() - started,
        )


def _counts(board: Scoreboard) -> tuple[int | None, int | None]:
    """Count spatial mappings and mappings, unless there is no time for that."""
    layer, accelerator, profile = board.layer, board.accelerator, board.profile
    spatials = SpatialSpace.of(layer, accelerator, profile, board.space, board.is_over)
    if not spatials.complete or (len(spatials) > BLOCK and board.is_over()):
        return None, None
    return len(spatials), mapspace_size(layer, accelerator, profile, board.space, spatials)


def _proved(board: Scoreboard, objective: Objective) -> Solution:
    """What all mappings of the mapspace say."""
    best = board.best
    if best is None:
        if board.space.constraints:
            return Solution("INFEASIBLE", objective, reason=NOTHING_KEEPS)
        spatials = SpatialSpace.of(board.layer, board.accelerator, board.profile, board.space)
        reason = why_nothing_fits(board.layer, board.accelerator, spatials)
        return Solution("INFEASIBLE", objective, reason=reason)
    return replace(_found(best, "OPTIMAL", objective), bound=best.value)


def _unproved(board: Scoreboard, objective: Objective, reason: str) -> Solution:
    """What some mappings of the mapspace say."""
    if board.best is None:
        return Solution("UNKNOWN", objective, reason=f"no mapping found; {reason}")
    return replace(_found(board.best, "FEASIBLE", objective), reason=reason)


def _found(best: Incumbent, status: Status, objective: Objective) -> Solution:
    """Solution with a mapping."""
    return Solution(
        status, objective, mapping=best.mapping, cost=best.cost, objective_value=best.value
    )


def at_least(name: str, value: float, least: int) -> None:
    """Raise `OptionError` unless an option is a whole number from ``least`` on."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise OptionError(f"{name}: found {value!r}, expected a whole number, at least {least}")

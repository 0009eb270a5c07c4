"""The scoreboard of one search.

Every exact score made, the best mapping so far, and when to stop.
"""

from __future__ import annotations

import math
import time

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.solution import SearchOptions, ShouldStop


class Stopped(Exception):  # noqa: N818  (no error: a limit was reached or the user asked to stop)
    """Ends a search from wherever it is."""


class Scoreboard:
    """Scores legal mappings of one layer and keeps the best.

    Attributes
    ----------
    best
        Objective, mapping and cost of the best mapping so far: least objective, then energy, then
        latency, then the one that was scored first.
    exact_scores
        Mappings scored so far.
    """

    def __init__(
        self,
        layer: Layer,
        accelerator: Accelerator,
        profile: CostProfile,
        objective: Objective,
        options: SearchOptions,
        should_stop: ShouldStop | None = None,
    ) -> None:
        self.layer, self.accelerator = layer, accelerator
        self.best: tuple[float, LayerMapping, Cost] | None = None
        self.exact_scores = 0
        self._model = CostModel(layer, accelerator, profile)
        self._objective = objective
        self._key = (math.inf, math.inf, math.inf)
        limit = options.time_limit_s
        self._deadline_s = math.inf if limit is None else time.monotonic() + limit
        self._should_stop = should_stop or (lambda: False)

    def check(self) -> None:
        """Raise `Stopped` when a limit is reached or the user asks to stop."""
        if time.monotonic() >= self._deadline_s or self._should_stop():
            raise Stopped

    def score(self, mapping: LayerMapping) -> float:
        """Return the exact objective of a legal mapping (pJ, cycles, or pJ x cycles).

        Raises
        ------
        Stopped
            Before the mapping is scored.
        """
        self.check()
        cost = self._model.evaluate(mapping)
        self.exact_scores += 1
        value = cost.value(self._objective)
        key = (value, cost.energy_pj, cost.latency_cycles)
        if key < self._key:
            self._key, self.best = key, (value, mapping, cost)
        return value

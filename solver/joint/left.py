"""What is left for a cut: the most that is of interest less the least of all cuts before.

A choice that needs more of it, alone, than is left is of no interest.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.crossing import Cut, Floats
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.loads import loads_over
from zigzag_imc.solver.joint.passing import Passing
from zigzag_imc.solver.joint.traffic import energy_pj
from zigzag_imc.solver.tables.cut import PortKey


@dataclass
class Left:
    """What the cuts before have left.

    Attributes
    ----------
    costs
        Cost model of the layer.
    domain
        What is of interest.
    taken_pj, taken_cycles
        Energy that cuts so far take at least, and cycles of every port.
    """

    costs: CostModel
    domain: Domain
    taken_pj: float = 0.0
    taken_cycles: dict[PortKey, float] = field(default_factory=dict)

    def allows(self, cut: Cut) -> npt.NDArray[np.bool_]:
        """Which rows of the relevant dimensions take no more than is left, in any column."""
        kept = np.ones(len(cut.relevant), dtype=bool)
        if self.domain.has_energy:
            left_pj = self.domain.most_pj * (1 + TOLERANCE) - self.taken_pj
            kept &= energy_pj(Passing(self.costs, cut)).min(axis=1) <= left_pj
        for key, busy in self._busy(cut).items():
            left = self.domain.most_cycles * (1 + TOLERANCE) - self.taken_cycles.get(key, 0.0)
            kept &= busy.min(axis=1) <= left
        return kept

    def take(self, cut: Cut) -> None:
        """Leave less: the least that a cut takes."""
        if self.domain.has_energy:
            self.taken_pj += float(energy_pj(Passing(self.costs, cut)).min())
        for key, busy in self._busy(cut).items():
            self.taken_cycles[key] = self.taken_cycles.get(key, 0.0) + float(busy.min())

    def _busy(self, cut: Cut) -> dict[PortKey, Floats]:
        """Cycles for which a cut keeps every port: the layer takes no less than those of one."""
        busy: dict[PortKey, Floats] = {}
        if self.domain.has_latency and self.costs.profile.ports_stall:
            for load in loads_over(self.costs, cut):
                busy[load.key] = busy.get(load.key, 0.0) + load.busy
        return busy

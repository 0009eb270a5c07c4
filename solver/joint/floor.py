"""Floor: what every part of a cost takes at least, whatever is chosen elsewhere.

With all that is of interest known, it says what is left for each part. It is read off the tables of
the model before CP-SAT sees them: no constraint is needed for the least of a column.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.crossing import INTO_CELLS, Cut, Floats
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.passing import Passing
from zigzag_imc.solver.joint.port_loads import loads_over
from zigzag_imc.solver.joint.row_writes import RowWrites
from zigzag_imc.solver.joint.traffic import energy_pj
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey

Busy = Mapping[PortKey, Floats]
"""Cycles for which the transfers over a cut keep every port, in every choice."""

_UP = 1 + TOLERANCE


@dataclass(frozen=True, eq=False)
class Floor:
    """The least of every part.

    Attributes
    ----------
    array_pj
        Energy (pJ) of the array.
    cut_pj
        Energy of the transfers over every cut.
    busy
        Per cut, cycles of every port.
    stall
        Cycles for which computing waits until the rows of the array are written.
    times
        Per operand, products of what may be left for time along its dimensions, in rising order;
        anything where not known (`times`).
    """

    array_pj: float = 0.0
    cut_pj: Mapping[CutPlace, float] = field(default_factory=dict)
    busy: Mapping[CutPlace, Mapping[PortKey, float]] = field(default_factory=dict)
    stall: float = 0.0
    times: Mapping[int, Floats] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        costs: CostModel,
        domain: Domain,
        array_pj: Floats | None,
        cuts: Sequence[Cut],
        writes: RowWrites | None,
    ) -> Floor:
        """Read the least of every part off some cuts, energies of the array, and row writes."""
        stall = 0.0 if writes is None or not domain.has_latency else writes.least_stall
        return cls(
            array_pj=0.0 if array_pj is None else float(array_pj.min()),
            cut_pj={cut.place: _least(energy_of(costs, domain, cut)) for cut in cuts},
            busy={
                cut.place: {key: _least(busy) for key, busy in busy_ports(costs, cut).items()}
                for cut in cuts
                if domain.has_latency
            },
            stall=stall,
        )

    def least(self, objective: Objective) -> float:
        """Least value of an objective: pJ, clock cycles, or pJ x clock cycles."""
        energy_pj = self.array_pj + sum(self.cut_pj.values())
        ports = {key for own in self.busy.values() for key in own}
        kept = [sum(own.get(key, 0.0) for own in self.busy.values()) for key in ports]
        cycles = max([self.stall, *kept])
        return {"energy": energy_pj, "latency": cycles, "edp": energy_pj * cycles}[objective]

    def left_for_array_pj(self, domain: Domain) -> float:
        """Energy that the array may need at most, beside the least of all cuts."""
        return domain.most_pj * _UP - sum(self.cut_pj.values())

    def left_for_computing(self, domain: Domain) -> float:
        """Cycles that computing may take at most, beside the least stall."""
        return domain.most_cycles * _UP - self.stall

    def left_pj(self, domain: Domain, place: CutPlace) -> float:
        """Energy that a cut may need at most, beside the least of all else."""
        if not domain.has_energy:
            return math.inf
        others_pj = sum(pj for each, pj in self.cut_pj.items() if each != place)
        return domain.most_pj * _UP - self.array_pj - others_pj

    def leaves(self, costs: CostModel, domain: Domain, cut: Cut) -> npt.NDArray[np.bool_]:
        """Which choices at a cut take no more than everything else leaves: a matrix."""
        kept = np.ones((len(cut.relevant), len(cut.idle)), dtype=bool)
        if domain.has_energy:
            kept &= energy_of(costs, domain, cut) <= self.left_pj(domain, cut.place)
        if domain.has_latency:
            for key, busy in busy_ports(costs, cut).items():
                kept &= busy <= domain.most_cycles * _UP - self._busy_elsewhere(key, cut)
        return kept

    def _busy_elsewhere(self, key: PortKey, cut: Cut) -> float:
        """Cycles of a port that the other cuts take at least."""
        others = (busy for place, busy in self.busy.items() if place != cut.place)
        return sum(busy.get(key, 0.0) for busy in others)


@dataclass(frozen=True, eq=False)
class Left:
    """What a floor leaves of the choices at the cuts.

    Attributes
    ----------
    costs, domain
        Cost model of the layer, and what is of interest.
    floor
        What everything takes at least.
    """

    costs: CostModel
    domain: Domain
    floor: Floor

    def __call__(self, cut: Cut) -> npt.NDArray[np.bool_]:
        """Which choices take no more than everything else leaves."""
        return self.floor.leaves(self.costs, self.domain, cut)

    def left_pj(self, place: CutPlace) -> float:
        """Energy (pJ) that everything else leaves for a cut."""
        return self.floor.left_pj(self.domain, place)

    def times(self, place: CutPlace) -> Floats | None:
        """What may be left for time along the relevant dimensions; anything where not known."""
        return self.floor.times.get(place[0])


@dataclass(frozen=True, eq=False)
class Cheapest(Left):
    """The choices that a floor is read off; a coarser floor leaves out what is never reached.

    Where it leaves nothing of a cut, no mapping is of interest.
    """

    def __call__(self, cut: Cut) -> npt.NDArray[np.bool_]:
        """The least of every part."""
        return least_choices(self.costs, self.domain, cut)


def least_choices(costs: CostModel, domain: Domain, cut: Cut) -> npt.NDArray[np.bool_]:
    """Which choices at a cut a floor is read off: the least of every part, a matrix.

    All of the cells', whose writes multiply with the mapped rows.
    """
    shape = len(cut.relevant), len(cut.idle)
    if cut.place == INTO_CELLS:
        return np.ones(shape, dtype=bool)
    amounts = [energy_of(costs, domain, cut)]
    if domain.has_latency:
        amounts += busy_ports(costs, cut).values()
    kept = np.zeros(shape, dtype=bool)
    for amount in amounts:
        if amount.size:
            kept.flat[int(amount.argmin())] = True
    return kept


def energy_of(costs: CostModel, domain: Domain, cut: Cut) -> Floats:
    """Energy of all transfers over a cut, in every choice; nothing where it takes no part."""
    passing = Passing(costs, cut)
    return energy_pj(passing) if domain.has_energy else np.zeros(passing.shape)


def busy_ports(costs: CostModel, cut: Cut) -> Busy:
    """Cycles for which a cut keeps every port: the layer takes no less than those of one."""
    busy: dict[PortKey, Floats] = {}
    if costs.profile.ports_stall:
        for load in loads_over(costs, cut):
            busy[load.key] = busy.get(load.key, 0.0) + load.busy
    return busy


def _least(amounts: Floats) -> float:
    """Least of some amounts; zero where there are none."""
    return float(amounts.min()) if amounts.size else 0.0

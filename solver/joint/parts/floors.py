"""Floors: what every spatial mapping takes at least, whatever its tiles are.

The least of every part (`floor`), of each spatial mapping for itself, and with one of the lowest
tiles around the others (`around`) at a time. Only what the tables of the joint model say of their
rows is added up: no constraint is needed for it, and no row of a spatial mapping that takes more
than what is of interest has to become a literal.

``energy  = array + sum over the cuts of what passes it at least``
``latency = compute + the stall of the worst port, or of writing rows``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.budget import Budget
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.array_dimensions import add_array_dimensions
from zigzag_imc.solver.joint.crossing import INTO_CELLS, Floats
from zigzag_imc.solver.joint.cuts import EVERY_ACTIVATION, tiles_at
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.even_traffic import EvenTraffic
from zigzag_imc.solver.joint.loads import Load
from zigzag_imc.solver.joint.parts.around import Around, each_around
from zigzag_imc.solver.joint.parts.least_shares import LeastShares
from zigzag_imc.solver.joint.parts.paired_cuts import Mask, PairedCut, PairedCuts
from zigzag_imc.solver.joint.parts.side_by_side import Paired, Together
from zigzag_imc.solver.joint.passing import Passing
from zigzag_imc.solver.joint.port_loads import loads_over
from zigzag_imc.solver.joint.port_stalls import never_buffered
from zigzag_imc.solver.joint.row_writes import RowWrites
from zigzag_imc.solver.joint.selection import Scratch, UnfinishedModelError
from zigzag_imc.solver.joint.tiles import Tiles
from zigzag_imc.solver.joint.traffic import energy_pj
from zigzag_imc.solver.joint.unrollings import add_unrollings
from zigzag_imc.solver.joint.use import array_pj
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey

MARGIN = 1e-5
"""What is so little above what is of interest is left to CP-SAT, far beyond all rounding."""

NO_FLOORS = "nothing is known of single spatial mappings"


@dataclass(frozen=True, eq=False)
class Floors:
    """What every spatial mapping takes at least.

    Attributes
    ----------
    together
        The spatial mappings.
    energy_pj, cycles
        A row per tile that may be around the others, a column per spatial mapping.
    """

    together: Together
    energy_pj: Floats
    cycles: Floats

    def within(self, domain: Domain) -> Mask:
        """What is of interest, in rows and columns as above."""
        up = 1 + MARGIN
        kept: Mask = self.energy_pj <= domain.most_pj * up
        kept &= self.cycles <= domain.most_cycles * up
        if domain.has_product:
            kept &= self.energy_pj * self.cycles <= domain.most_edp * up
        return kept


def floors_of(costs: CostModel, domain: Domain, budget: Budget | None = None) -> Floors:
    """Work out what every spatial mapping of a layer takes at least.

    Raises
    ------
    UnfinishedModelError
        Where there are too many spatial mappings, or the time is over.
    """
    both = Domain(domain.sizes, "edp", space=domain.space)  # energy and latency take part
    scratch = Scratch(budget)
    unrollings = add_unrollings(scratch, costs, domain.space)
    together = Together.of(costs, unrollings, both)
    tiles = tiles_at(scratch, costs, unrollings, both)
    around = list(each_around(costs, tiles))
    if not around or not len(together):
        raise UnfinishedModelError(NO_FLOORS)
    blocks = []
    for block in together.blocks():
        scratch.go_on()
        adding = _Adding(costs, block, tiles)
        blocks.append(np.array([adding.floors(each) for each in around]))
    energy_pj, cycles = np.concatenate(blocks, axis=-1).transpose(1, 0, 2)
    return Floors(together, energy_pj, cycles)


class _Adding:
    """Adds up the least of every part of some spatial mappings."""

    def __init__(
        self, costs: CostModel, together: Together, tiles: Mapping[CutPlace, Tiles]
    ) -> None:
        self._costs, self._together, self._tiles = costs, together, tiles
        paired = together.side_by_side()
        self._cuts = PairedCuts(costs, paired, tiles)
        self._lanes = add_array_dimensions(Paired(), costs, paired)[costs.accelerator.array.bitline]
        shares = LeastShares(costs)
        self._shares = {
            place: list(shares.of(place, own, together.rows))
            for place, own in tiles.items()
            if place != EVERY_ACTIVATION
        }

    def floors(self, around: Around) -> tuple[Floats, Floats]:
        """Energy and latency with one of the lowest tiles around the others."""
        cuts = [self._cuts.cut(place, around) for place in self._tiles]
        return self._energy_pj(cuts), self._cycles(cuts)

    # ------------------------------------------------------------------ energy
    def _energy_pj(self, cuts: Sequence[PairedCut]) -> Floats:
        """Energy of the array, and of all that crosses the cuts."""
        energy = array_pj(self._costs, self._together.used)
        for each in cuts:
            even = self._even_pj(each)
            energy = energy + np.where(each.is_one, self._of_one_pj(each), even)
        return energy

    def _of_one_pj(self, cut: PairedCut) -> Floats:
        """Energy of all transfers over a cut of one step each."""
        energy: Floats = energy_pj(Passing(self._costs, cut.cut))[:, 0]
        return energy

    def _even_pj(self, cut: PairedCut) -> Floats:
        """Energy of all transfers over a cut, of whatever length."""
        even = EvenTraffic(self._costs, cut.cut.place, cut.cut.idle.columns)
        shares = self._shares.get(cut.cut.place, [])
        return sum((even.unit_pj(access) * share for access, share in shares), np.zeros(1))

    # ------------------------------------------------------------------ latency
    def _cycles(self, cuts: Sequence[PairedCut]) -> Floats:
        """Cycles of computing and stalling."""
        rate = self._costs.accelerator.array.cycles_per_activation
        compute: Floats = self._together.used.column("steps") * rate
        stall = np.maximum(self._port_stall(cuts, compute, rate), self._row_stall(cuts))
        return compute + stall

    def _port_stall(self, cuts: Sequence[PairedCut], compute: Floats, rate: float) -> Floats:
        """Cycles for which the worst port keeps computing waiting."""
        stall = np.zeros(len(compute))
        if not self._costs.profile.ports_stall:
            return stall
        busy: dict[PortKey, Floats] = {}
        stuck: dict[PortKey, Floats] = {}
        for each in cuts:
            for load in loads_over(self._costs, each.cut):
                own = np.where(each.is_one, load.busy[:, 0], 0.0)
                lost = np.where(each.is_one, self._stuck(load, rate), 0.0)
                busy[load.key] = busy.get(load.key, 0.0) + own
                stuck[load.key] = stuck.get(load.key, 0.0) + lost
        for key, own in busy.items():
            stall = np.maximum(stall, np.maximum(own - compute, stuck[key]))
        return stall

    def _stuck(self, load: Load, rate: float) -> Floats:
        """Cycles that no window hides."""
        stuck: Floats = np.where(never_buffered(self._costs, load), load.unhidden(rate), 0.0)[:, 0]
        return stuck

    def _row_stall(self, cuts: Sequence[PairedCut]) -> Floats:
        """Cycles for which computing waits until the rows of the array are written."""
        (cells,) = (each for each in cuts if each.cut.place == INTO_CELLS)
        writes = RowWrites.of(self._costs, [cells.cut], self._lanes)
        if writes is None:
            return np.zeros(1)
        waits = writes.waits[:, 0] * self._lanes.column("lanes")
        stall: Floats = np.where(cells.is_one, waits, 0.0)
        return stall

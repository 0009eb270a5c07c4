"""Links: the exposed cycles of the on- or offloading over every cut.

A first transfer of ``cycles[c,p]`` on port ``p`` keeps its link for so long, less what hides there:

``link[c] >= cycles[c,p] - hidden[c,p]``     and     ``link[c] >= sure[c]``

Only a tile that is transferred once may hide, all but its first part, where its port has cycles
left (`hiding`); ``sure[c]`` are all cycles of any other, and the first part of one that may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from ortools.sat.python import cp_model

from zigzag_imc.core.layer import OUTPUTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.solver.joint.crossing import Cut, Floats, least_bits
from zigzag_imc.solver.joint.loads import Load
from zigzag_imc.solver.joint.outer import outer_amount
from zigzag_imc.solver.joint.port_loads import Loads
from zigzag_imc.solver.joint.row_writes import RowWrites, first_write
from zigzag_imc.solver.joint.running import Running
from zigzag_imc.solver.joint.selection import Sheet
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey
from zigzag_imc.solver.tables.links import link_kinds


@dataclass(frozen=True, eq=False)
class Links:
    """On- and offloading.

    Attributes
    ----------
    exposed
        Units of latency that the link over every cut is exposed for; none where it does not count.
    hidden
        Per port, units that its first transfers hide behind computing, with the cut of each.
    """

    exposed: dict[CutPlace, cp_model.IntVar] = field(default_factory=dict)
    hidden: dict[PortKey, list[tuple[CutPlace, cp_model.IntVar]]] = field(default_factory=dict)

    def hidden_of(self, operand: int) -> Iterator[tuple[PortKey, list[cp_model.IntVar]]]:
        """Per port, what the first transfers of one operand hide."""
        for key, own in self.hidden.items():
            yield key, [hidden for (o, _), hidden in own if o == operand]


def add_links(
    sheet: Sheet,
    costs: CostModel,
    running: Running,
    cuts: Sequence[Cut],
    loads: Loads,
    writes: RowWrites | None,
) -> Links:
    """Bound what the link over every cut exposes."""
    links, kinds = Links(), link_kinds(costs)
    for cut in cuts:
        own = _first(load for of_port in loads.values() for load in of_port if load.cut is cut)
        counts = cut.operand == OUTPUTS or kinds.get(cut.place) != "hidden"
        if own and counts:
            _Link(sheet, costs, running, cut).add_to(links, own)
    if writes is not None and costs.profile.ports_stall:
        exposed = links.exposed.get(writes.into_cells.place)
        if exposed is not None:
            sheet.model.add(exposed >= first_write(sheet, running, writes))
    return links


def _first(loads: Iterable[Load]) -> list[Load]:
    """First transfers, without those that take no longer than another one at any choice."""
    found: list[Load] = []
    for load in sorted(loads, key=lambda load: -float(load.cycles.sum())):
        if load.is_first and not any(np.all(load.cycles <= longer.cycles) for longer in found):
            found.append(load)
    return found


class _Link:
    """The link over one cut."""

    def __init__(self, sheet: Sheet, costs: CostModel, running: Running, cut: Cut) -> None:
        self._sheet, self._costs, self._running, self._cut = sheet, costs, running, cut

    def add_to(self, links: Links, loads: Sequence[Load]) -> None:
        """Add the exposed cycles, and those hidden on every port."""
        most = self._running.units.most
        link = self._sheet.model.new_int_var(0, most, f"link {self._cut.place}")
        links.exposed[self._cut.place] = link
        sure = [self._sure(load) for load in loads]
        self._sheet.model.add(link >= self._amount(np.max(sure, axis=0)))
        for load, surely in zip(loads, sure, strict=True):
            hideable = int(self._running.units.of_cycles(load.cycles - surely).max())
            if hideable:
                hidden = self._sheet.model.new_int_var(0, hideable, f"hidden {self._cut.place}")
                self._sheet.model.add(link + hidden >= self._amount(load.cycles))
                links.hidden.setdefault(load.key, []).append((self._cut.place, hidden))

    def _sure(self, load: Load) -> Floats:
        """Cycles that are surely exposed: all, or the first part where the rest may hide."""
        may_hide = (load.passing.count == 1) & self._costs.profile.hidden_loads
        return np.where(may_hide, np.minimum(self._first_part(load), load.cycles), load.cycles)

    def _first_part(self, load: Load) -> Floats:
        """Cycles of what the lowest memory receives at a time, at least."""
        if load.cut.boundary == 1:
            bits = load.passing.relevant("loaded") * load.passing.element_bits
        else:
            bits = np.full(load.passing.shape, least_bits(self._costs.layer, self._cut.operand))
        first: Floats = ceil_div(bits, load.bandwidth)
        return first

    def _amount(self, cycles: Floats) -> cp_model.LinearExprT:
        """Cycles that depend on the choice at the cut, in units of latency."""
        units, pair = self._running.units, (self._cut.relevant, self._cut.idle)
        return outer_amount(
            self._sheet, f"link {self._cut.place}", pair, units.of_cycles(cycles), units.most
        )


def offloading(links: Mapping[CutPlace, cp_model.IntVar]) -> cp_model.LinearExpr:
    """Offloading: the exposed cycles of all links of the outputs."""
    return cp_model.LinearExpr.sum([link for (o, _), link in links.items() if o == OUTPUTS])

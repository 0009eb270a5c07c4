"""What the links that use one port expose on it, and what they hide."""

from __future__ import annotations

from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.links import Links
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.formulation.variables import Variables, total
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey

FLOORS = 2
"""Units by which computing and stalling in the model may be below their values."""


@dataclass(frozen=True)
class OnPort:
    """The links that use one port.

    Attributes
    ----------
    problem, variables
        Where they belong.
    key
        The port.
    exposed
        Cycles that the link over every cut exposes on it, in latency units.
    """

    problem: Problem
    variables: Variables
    key: PortKey
    exposed: Links

    @property
    def bandwidth(self) -> int:
        """Bits per cycle that the port moves."""
        return self.problem.bandwidth(self.key)

    @property
    def group(self) -> TileGroup:
        """Candidates at the cuts whose links use it."""
        return TileGroup.joined(self.problem.by_place[place] for place in self.exposed)

    @property
    def is_periodic(self) -> bool:
        """Whether periodic loads may take any of it."""
        return any(self.group.each(self.taken))

    def taken(self, tile: Candidate) -> int:
        """Bits per cycle of the port that the periodic loads of a tile take."""
        return tile.ports.taken.get(self.key, 0)

    def most_taken(self, tile: Candidate) -> int:
        """The same, the most of a bundle: what it may hide less for."""
        return tile.ports.most_taken.get(self.key, self.taken(tile))

    def share(self, tile: Candidate) -> float:
        """Share of the port that the periodic loads of a tile take."""
        return self.taken(tile) / self.bandwidth

    def of_operand(self, operand: int) -> OnPort:
        """Return the links of one operand."""
        own = {place: link for place, link in self.exposed.items() if place[0] == operand}
        return OnPort(self.problem, self.variables, self.key, own)

    def minus_hidden(self) -> cp_model.LinearExpr:
        """What its links expose on it less all their cycles there, in latency units."""
        scale = self.problem.scale
        loading = self.group.where(lambda tile: self.key in tile.ports.once)
        whole = self.variables.over_tiles(
            loading, lambda tile: scale.latency(tile.ports.once[self.key])
        )
        return total(self.exposed.values()) + self._slack - whole

    @property
    def _slack(self) -> int:
        """Units by which links may expose less in the model than they do.

        Cycles of a port are whole numbers, also of parts of a cycle. What it hides of a link is
        none where the link takes all that is left of its round, or of the computation; but then the
        next links of the operand hide nothing, so there is one for each operand at most. One alone
        is bounded as well by a whole number, beside it each is rounded by less than a unit.
        """
        if self.problem.scale.latency_unit <= 1:
            operands = {operand for operand, _ in self.exposed}
            return len(operands) - 1 if self.problem.in_rounds else 0
        # The floors of the computation are on the other side.
        return len(self.exposed) + FLOORS


def on_port(
    problem: Problem,
    model: cp_model.CpModel,
    variables: Variables,
    key: PortKey,
    links: Links,
) -> OnPort:
    """Say what some links expose on one of their ports."""
    port = _Port(problem, model, variables, key)
    return OnPort(
        problem, variables, key, {place: port.exposed(place, link) for place, link in links.items()}
    )


@dataclass(frozen=True)
class _Port:
    """A port on which links expose what they do."""

    problem: Problem
    model: cp_model.CpModel
    variables: Variables
    key: PortKey

    def exposed(self, place: CutPlace, link: cp_model.IntVar) -> cp_model.IntVar:
        """Return what a link exposes here: no more than it takes here.

        The link itself is as long as it is on the slower of its two ports, or as the array takes to
        write its rows. What it is longer than here is no time that this port hides for others.
        Rows may take longer than the exposed part of what is the first to hide, too.
        """
        group = self.problem.by_place[place]
        is_first = place[0] == self.problem.first_to_hide
        if not is_first and group.each(self._here) == group.each(self._whole):
            return link
        exposed = self.model.new_int_var(
            0, max(group.each(self._here)), f"exposed{place}{self.key}"
        )
        self.model.add(exposed <= link)
        self.model.add(exposed <= self.variables.over_tiles(group, self._here))
        return exposed

    def _here(self, tile: Candidate) -> int:
        return self.problem.scale.latency(tile.ports.once.get(self.key, 0.0))

    def _whole(self, tile: Candidate) -> int:
        return self.problem.scale.latency(tile.ports.longest_once)

"""The CP-SAT model.

One spatial mapping, one tile per cut, in a chain, within all capacities, at least cost.

Every candidate tile is a literal; all quantities are linear in the literals. Only this file and the
ones in ``constraints`` speak to OR-tools' model builder.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.solver.formulation.capacity import add_capacities
from zigzag_imc.solver.formulation.chain import add_chain
from zigzag_imc.solver.formulation.choice import add_choice
from zigzag_imc.solver.formulation.cost import add_energy, add_latency, add_objective
from zigzag_imc.solver.formulation.scaling import Scale
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.candidates import Candidate, SpatialOption
from zigzag_imc.solver.scoring.loop_orders import CutPlace
from zigzag_imc.solver.tables.cut import PortKey


@dataclass
class Problem:
    """What is left to decide after all bounds: spatial mappings and the tiles of each."""

    accelerator: Accelerator
    options: list[SpatialOption]
    candidates: list[Candidate]
    goal: Goal
    scale: Scale
    relevant: tuple[frozenset[str], ...]
    """Relevant dimensions per operand."""
    shared_links: dict[CutPlace, str]
    """Per input cut, how its onloading combines: ``shared``, ``private`` or ``hidden`` (behind an
    outer one)."""

    def bandwidth(self, key: PortKey) -> int:
        """Bits per cycle of a port."""
        return self.accelerator.memories[key[0]].ports[key[1]].bandwidth_max


@dataclass
class Variables:
    """Decision variables of the model."""

    spatial: list[cp_model.IntVar]
    tiles: list[cp_model.IntVar]
    by_place: dict[CutPlace, list[int]]
    energy: cp_model.IntVar | None = None
    latency: cp_model.IntVar | None = None
    objective: cp_model.IntVar | None = None
    hidden: dict[str, cp_model.IntVar] = field(default_factory=dict)


def build(problem: Problem) -> tuple[cp_model.CpModel, Variables]:
    """Build the model of a problem."""
    model = cp_model.CpModel()
    by_place: dict[CutPlace, list[int]] = {}
    for number, candidate in enumerate(problem.candidates):
        by_place.setdefault(candidate.place, []).append(number)
    variables = Variables(
        spatial=[model.new_bool_var(f"spatial{i}") for i in range(len(problem.options))],
        tiles=[model.new_bool_var(f"tile{i}") for i in range(len(problem.candidates))],
        by_place=dict(sorted(by_place.items())),
    )
    add_choice(problem, model, variables)
    add_chain(problem, model, variables)
    add_capacities(problem, model, variables)
    add_energy(problem, model, variables)
    if problem.goal.needs_latency:
        add_latency(problem, model, variables)
    add_objective(problem, model, variables)
    return model, variables

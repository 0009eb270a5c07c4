"""The smallest problems of the CP-SAT model, built by hand: one cut or two, a tile or two each."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from ortools.sat.python import cp_model

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.solver.formulation.candidate import Candidate, PortLoads, Room, Where
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.scaling import Scale
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey, SpatialColumns

PORT: PortKey = (0, 0)
"""The only port of the only memory."""

AXES = (("K", 2), ("C", 2))
"""Tiles are powers of two along K and C."""

WEIGHTS_CUT: CutPlace = (0, 1)
INPUTS_CUT: CutPlace = (1, 1)
OUTPUTS_CUT: CutPlace = (2, 1)

NO_ROOM = Room(memory=0, bits=0)
"""A tile that takes nothing."""

UNITS = Scale(energy_unit_pj=1.0, latency_unit=1.0, most_energy=1000, most_latency=1000)
"""One unit is a picojoule, or a cycle."""


def tile(
    place: CutPlace,
    index: tuple[int, int] = (0, 0),
    energy_pj: float = 0.0,
    room: Room = NO_ROOM,
    **loads: Any,
) -> Candidate:
    """Return a candidate at a cut; ``index`` are its exponents along K and C."""
    powers = {axis: power for axis, power in zip(AXES, index, strict=True) if power}
    nothing: dict[str, Any] = {
        "busy": {},
        "stuck": {},
        "activities": {},
        "once": {},
        "exposed": 0.0,
        "taken": {},
    }
    where = Where(0, place, index, powers, steps=2 ** sum(index))
    return Candidate(where, energy_pj, PortLoads(**(nothing | loads)), room)


def columns(**fixed: Any) -> SpatialColumns:
    """Return what no cut of a spatial mapping changes; nothing where it is left out."""
    nothing = {
        "fixed_energy_pj": 0.0,
        "fixed_bits": (0,),
        "compute_cycles": 0.0,
        "fixed_busy": {},
        "fixed_stuck": {},
        "lattice": SimpleNamespace(axes=AXES, steps=np.array([16])),
    }
    return cast(SpatialColumns, SimpleNamespace(**(nothing | fixed)))


def problem(
    *tiles: Candidate,
    spatial: SpatialColumns | None = None,
    size_bits: int = 10,
    link_kinds: Mapping[CutPlace, str] | None = None,
    in_rounds: bool = False,
) -> Problem:
    """Return a problem of one spatial mapping and one memory with a port of 8 bits per cycle."""
    memory = SimpleNamespace(size_bits=size_bits, ports=[SimpleNamespace(bandwidth_max=8)])
    accelerator = SimpleNamespace(memories=[memory], array=SimpleNamespace(cycles_per_activation=1))
    return Problem(
        accelerator=cast(Accelerator, accelerator),
        spatials=(spatial or columns(),),
        candidates=tiles,
        goal=Goal("energy"),
        scale=UNITS,
        relevant=(frozenset("KC"), frozenset("C"), frozenset("K")),
        plain=(frozenset("KC"), frozenset("C"), frozenset("K")),
        link_kinds=link_kinds or {},
        in_rounds=in_rounds,
    )


def least(model: cp_model.CpModel, amount: cp_model.LinearExprT) -> float | None:
    """Least value of an amount that the model allows; ``None`` where it allows nothing."""
    model.minimize(amount)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    return solver.objective_value if status == cp_model.OPTIMAL else None

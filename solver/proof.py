"""The proof loop: bound every spatial mapping, model what is left in CP-SAT, score exactly, exclude, repeat.

1. A quick bound of all spatial mappings orders them; the best ones are bounded precisely by dynamic programming over
   chains of tiles, which also yields good mappings. Those whose bound exceeds the best mapping are out.
2. The tiles of the others that can still be part of a better mapping go into one CP-SAT model, whose objective is
   never more than the exact cost.
3. Its optimum is scored exactly over all loop orders that its tiles allow, and excluded. When the optimum reaches the
   best exact score, that score is proved optimal: every mapping left out of the model, excluded from it or still in
   it costs at least as much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.solver.bounds import energy_bound, fitting
from zigzag_imc.solver.candidates import TOLERANCE, Candidate, SpatialOption, candidates_of
from zigzag_imc.solver.chains import best_chain, forward
from zigzag_imc.solver.columns.cut import SpatialColumns
from zigzag_imc.solver.decode import CutPlace, TileChoice
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.latency_sums import LatencySums, SumName
from zigzag_imc.solver.lattice import Array
from zigzag_imc.solver.workbench import Incumbent, Workbench, better

RESOLUTION = 1e-7
"""Relative distance of bound and value below which a mapping counts as proved optimal; up to `COARSEST` for
energy-delay products, whose factors have to be rounded more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Best mapping for a goal, and a certified lower bound of the objective.

    ``proved`` with a mapping means optimal, without one that no mapping keeps the goal's limits.
    """

    best: Incumbent | None
    bound: float
    proved: bool
    reason: str | None = None


@dataclass
class _State:
    """What the loop knows so far."""

    best: Incumbent | None
    cutoff: float = math.inf
    options: list[SpatialOption] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    bounds: list[float] = field(default_factory=list)
    unresolved: float = math.inf
    floor: float = 0.0
    excluded: list[frozenset[tuple[int, CutPlace, tuple[int, ...]]]] = field(default_factory=list)

    @property
    def value(self) -> float:
        """Objective of the best mapping so far, or the least of interest where that is less."""
        return self.cutoff if self.best is None else min(self.best[0], self.cutoff)


def minimise(bench: Workbench, goal: Goal) -> Outcome:
    """Find and prove the best mapping within the goal's limits."""
    state = _State(bench.scored_so_far(goal), bench.options.cutoff)
    unseen = _bound_spatials(bench, goal, state)
    if unseen is not None:
        floor = min([unseen, state.value, *state.bounds])
        return Outcome(state.best, floor, False, "stopped before all spatial mappings were bounded")
    state.floor = min([state.value, *state.bounds])
    return _prove(bench, goal, state)


def _bound_spatials(bench: Workbench, goal: Goal, state: _State) -> float | None:
    """Bound spatial mappings from the most promising on; return the next bound when stopped, else ``None``."""
    quick = goal.values(bench.quick.energy_pj * (1 - TOLERANCE), bench.quick.latency)
    decisive: list[SumName] = []  # what bounds the latency of one spatial mapping often bounds that of the next
    for number in np.argsort(quick, kind="stable"):
        if quick[number] > state.value or math.isinf(quick[number]):
            break
        if bench.stopping():
            return float(quick[number]) if bench.complete else 0.0
        columns = bench.columns(int(number))
        sums = LatencySums(columns, decisive) if goal.needs_latency else None
        latency = 0.0
        if sums is not None:
            enough = _enough_latency(goal, state.value, float(bench.quick.energy_pj[number]))
            latency, name = sums.largest(enough)
            latency = max(latency, float(bench.quick.latency[number]))
            decisive = [name, *(other for other in decisive if other != name)]
        if goal.value(float(bench.quick.energy_pj[number]), latency) > state.value or latency > goal.most_latency:
            continue
        energy = energy_bound(columns, bench.accelerator, _enough_pj(goal, state.value, latency))
        bound = float(goal.values(np.array(energy.value_pj * (1 - TOLERANCE)), latency))
        if bound > state.value or math.isinf(bound):
            continue
        for choice in _promising(bench, columns, energy.chains, sums):
            found, _ = bench.best_arrangement(choice, goal, bound)
            state.best = better(found, state.best)
        state.options.append(SpatialOption(columns, energy, sums))
        state.numbers.append(int(number))
        state.bounds.append(bound)
    return None if bench.complete else 0.0


def _enough_latency(goal: Goal, value: float, energy_pj: float) -> float:
    """Latency from which on a spatial mapping is out."""
    if goal.objective == "latency":
        return min(value, goal.most_latency)
    if goal.objective == "edp" and energy_pj > 0:
        return min(value / energy_pj * (1 + TOLERANCE), goal.most_latency)
    return goal.most_latency


def _enough_pj(goal: Goal, value: float, latency: float) -> float:
    """Energy from which on a spatial mapping is out."""
    if goal.objective == "energy":
        return min(value, goal.most_energy_pj)
    if goal.objective == "edp" and latency > 0:
        return min(value / latency, goal.most_energy_pj)
    return goal.most_energy_pj


def _promising(
    bench: Workbench, columns: SpatialColumns, chains: tuple[object, ...], sums: LatencySums | None
) -> list[TileChoice]:
    """Tile choices to score right away: those of least energy, of least latency, and a balance of the two."""
    found = [bench.choice(columns, chain) for chain in chains]  # type: ignore[arg-type]
    if sums is not None:
        energies: list[list[Array]] = [[cut.energy_pj for cut in cuts] for cuts in columns.cuts]
        for bound in sums:
            balanced = [
                [e / columns.fixed_energy_pj + v / max(1.0, bound.offset) for e, v in zip(es, vs, strict=True)]
                for es, vs in zip(energies, bound.values, strict=True)
            ]
            for table in (bound.values, balanced):
                chain = best_chain(table, forward(columns.lattice, table))
                if math.isfinite(chain.value) and fitting(columns, bench.accelerator, chain):
                    found.append(bench.choice(columns, chain))
    return list(dict.fromkeys(found))


# ---------------------------------------------------------------------- CP-SAT
def _prove(bench: Workbench, goal: Goal, state: _State) -> Outcome:
    """Close the gap between the best mapping and the bound of everything left."""
    from zigzag_imc.solver.cpsat import Session

    while True:
        candidates = _candidates(bench, goal, state)
        if not candidates:
            # Nothing left can reach the best mapping.
            return Outcome(state.best, state.value, True)
        session = Session(bench, goal, state.options, candidates, state.value)
        for tiles in state.excluded:
            session.exclude(tiles)
        rebuild = False
        while not rebuild:
            answer = session.minimise(bench.seconds_left(), bench.stopping)
            # What an earlier solve or the bounds of the spatial mappings have proved still holds.
            state.floor = max(state.floor, answer.bound)
            floor = min(state.floor, state.unresolved)
            if not answer.solutions and answer.proved:
                return _closed(state, math.inf)
            near = max(RESOLUTION, min(COARSEST, session.resolution))
            if answer.bound >= state.value * (1 - near):
                return _closed(state, max(answer.bound, floor))
            before = state.value
            for chosen in reversed(answer.solutions):
                _score(bench, goal, state, [candidates[number] for number in chosen], answer.bound)
                session.exclude(state.excluded[-1])
            floor = min(state.floor, state.unresolved)
            if not answer.proved or bench.stopping():
                return Outcome(state.best, min(floor, state.value), False, "stopped by a limit or by the user")
            close = state.best is not None and state.value - floor <= bench.options.gap * state.value
            if close and state.value * (1 - near) > floor:
                return Outcome(state.best, floor, False, f"stopped at the gap asked for ({bench.options.gap:g})")
            rebuild = state.value < before


def _score(bench: Workbench, goal: Goal, state: _State, tiles: list[Candidate], bound: float) -> None:
    """Score a solution of the model exactly, keep the better mapping, and exclude its tiles from now on.

    Solutions that the model merely met on the way to its optimum often score better than the optimum does.
    """
    found, resolved = bench.best_arrangement(_choice(bench, state, tiles), goal, bound)
    state.best = better(found, state.best)
    if resolved <= bound and (found is None or found[0] > bound * (1 + RESOLUTION)):
        state.unresolved = min(state.unresolved, bound)
    state.excluded.append(frozenset(_key(tile) for tile in tiles))


def _closed(state: _State, bound: float) -> Outcome:
    """End of the proof, unless some tiles' loop orders were too many to tell apart."""
    bound = min(bound, state.value, state.unresolved)
    if state.unresolved < state.value * (1 - RESOLUTION):
        return Outcome(state.best, bound, False, "some tiles allow more loop orders than are told apart")
    return Outcome(state.best, bound, True)


def _candidates(bench: Workbench, goal: Goal, state: _State) -> list[Candidate]:
    """Tiles of all options that can still reach the best mapping."""
    found: list[Candidate] = []
    for number, option in enumerate(state.options):
        if state.bounds[number] > state.value:
            continue
        own = candidates_of(number, option, bench.accelerator, goal, state.value)
        found.extend(own or [])
    return found


def _choice(bench: Workbench, state: _State, tiles: list[Candidate]) -> TileChoice:
    """Tile choice of a solution of the model."""
    columns = state.options[tiles[0].option].columns
    placed: list[tuple[CutPlace, dict[str, int]]] = []
    for candidate in tiles:
        operand, last = candidate.place
        cut = next(cut for cut in columns.cuts[operand] if cut.boundaries[-1] == last)
        tile = columns.lattice.tile_at(candidate.index)
        placed.extend(((operand, a), tile) for a in cut.boundaries)
    return TileChoice.of(columns.spatial, columns.laid.temporal, placed)


def _key(candidate: Candidate) -> tuple[int, CutPlace, tuple[int, ...]]:
    return (candidate.option, candidate.place, candidate.index)

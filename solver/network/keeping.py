"""What to keep on chip: one CP-SAT model over all tensors, the memories' room, and costs by case.

Variables: where each tensor is kept, if anywhere; which option every layer takes, and its cost.

    sum over memories m of keep[t, m] <= 1                              for every tensor t
    keep[t, m] <= keep[r, m]                                            where t needs r beside it
    sum over options p of take[l, p] = 1                                for every layer l
    take[l, p] -> keep as p says, of all tensors of l
    sum over live t of bits[t] keep[t, m] + extra of l's option <= size[m]      at every step
    cost[l] >= bound                    where l takes p, and the room it has left is in a range
    sum over layers l of share[l] <= slots of the cells                 where weights stay there

Which tensors are live at a step is known where the order of the steps is; else see
`zigzag_imc.solver.network.ordering`.

What is known of an option grows from round to round: a *fact* bounds its cost from below wherever
the room that is left lies in some range. The model's optimum is therefore a lower bound of the cost
of every way to keep tensors, and exact once the facts about its own choice are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from zigzag_imc.core.budget import Budget
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.network.keeping_problem import (
    Fact,
    Keepable,
    Keeping,
    KeepingProblem,
    Stage,
)
from zigzag_imc.solver.network.ordering import OrderOfSteps

UNITS = 2**30
"""Whole numbers that stand for the least sum of the costs in any room: rounding all of a hundred
layers down loses a ten-millionth of it, which leaves proofs their resolution."""

_MOST = 8 * UNITS
"""Units that a cost counts at most: a bound that is cut down is a bound, too."""

_NEVER = 2**60
"""Stands for the cost of what fits nowhere."""

_DEMUR = 3
"""Kept tensors that a last resort outweighs, where choices cost the same."""

_LIKING = 0.3
"""Work (CP-SAT's own measure, about seconds) for the choice among those that cost the same."""


def choose_keeping(
    problem: KeepingProblem, budget: Budget | None = None, seed: int = 0
) -> Keeping | None:
    """Choose what to keep, so that the sum of all known bounds is least.

    Returns
    -------
    Keeping
        ``None`` where no choice is possible, or none was found in time.
    """
    return _Model(problem).solve(budget or Budget.of(), seed)


@dataclass
class _Model:
    """The CP-SAT model of a problem."""

    problem: KeepingProblem
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)

    def __post_init__(self) -> None:
        self.unit = _unit(self.problem)
        self._keep = {
            (tensor.name, memory): self.model.new_bool_var(f"keep {tensor.name} in {memory}")
            for tensor in self.problem.tensors
            for memory in tensor.memories
        }
        order = self.problem.order
        self._order = None if order is None else OrderOfSteps(self.model, order)
        self._shares = self._add_shares()
        self._live = self._live_by_step() | self._live_in_cells()
        self._beyond: dict[tuple[int, str, float, bool], cp_model.IntVar] = {}
        self._add_places()
        self._take = [self._add_stage(stage) for stage in self.problem.stages]
        self._spent = cp_model.LinearExpr.sum(
            [self._cost(number, stage) for number, stage in enumerate(self.problem.stages)]
        )
        self._add_rooms()

    # ------------------------------------------------------------------ tensors
    def _add_places(self) -> None:
        """Keep every tensor in one memory at most, with all that it needs beside it."""
        for tensor in self.problem.tensors:
            places = [self._keep[tensor.name, memory] for memory in tensor.memories]
            self.model.add_at_most_one(places)
            if tensor.is_settled:
                self.model.add_bool_or(places)
            for memory, place in zip(tensor.memories, places, strict=True):
                for needed in tensor.needs:
                    beside = self._keep.get((needed, memory))
                    if beside is None:
                        self.model.add(place == 0)
                    else:
                        self.model.add_implication(place, beside)

    def _live_by_step(self) -> dict[tuple[int, str], cp_model.LinearExprT]:
        """Bits of tensors at rest in each memory at every step; left out where there are none."""
        terms: dict[tuple[int, str], list[cp_model.LinearExprT]] = {}
        for tensor in self.problem.tensors:
            for memory in tensor.memories:
                if self._is_shared(tensor.name, memory):
                    continue
                for step, held in self._held(tensor, memory):
                    terms.setdefault((step, memory), []).append(tensor.bits * held)
        return {place: cp_model.LinearExpr.sum(held) for place, held in terms.items()}

    def _held(self, tensor: Keepable, memory: str) -> Iterator[tuple[int, cp_model.LinearExprT]]:
        """Yield the steps at which a memory may hold a tensor, and whether it does."""
        kept = self._keep[tensor.name, memory]
        if self._order is None:
            first, last = tensor.steps
            yield from ((step, kept) for step in range(first, last + 1))
            return
        for step in range(self.problem.steps):
            held = self._order.both(kept, self._order.live(tensor.name, step))
            if not isinstance(held, bool):
                yield step, held

    # ------------------------------------------------------------------ weights in the cells
    def _is_shared(self, tensor: str, memory: str) -> bool:
        """Whether a tensor is all weights in the cells, which every layer takes a share of."""
        cells = self.problem.cells
        return cells is not None and (tensor, memory) == (cells.tensor, cells.memory)

    def _add_shares(self) -> dict[int, cp_model.IntVar]:
        """Give every layer slots of the cells for its weights, if they stay there; by step."""
        cells, shares = self.problem.cells, {}
        if cells is None:
            return {}
        stays = self._keep[cells.tensor, cells.memory]
        for stage in self.problem.stages:
            if stage.least_slots is not None:
                share = self.model.new_int_var(0, cells.slots, f"share {stage.step}")
                self.model.add(share >= stage.least_slots * stays)
                self.model.add(share <= cells.slots * stays)
                shares[stage.step] = share
        total = cp_model.LinearExpr.sum(list(shares.values()))
        self.model.add(total <= cells.slots - cells.reserved)
        return shares

    def _live_in_cells(self) -> dict[tuple[int, str], cp_model.LinearExprT]:
        """Bits of the cells that others take: of a layer's share, all else; of the rest, shares."""
        cells = self.problem.cells
        if cells is None:
            return {}
        size = self.problem.sizes[cells.memory]
        total = cp_model.LinearExpr.sum([cells.slot_bits * one for one in self._shares.values()])
        return {
            (stage.step, cells.memory): size - cells.slot_bits * self._shares[stage.step]
            if stage.step in self._shares
            else total
            for stage in self.problem.stages
        }

    def _add_rooms(self) -> None:
        """Let every memory hold its tensors at every step."""
        extras: dict[tuple[int, str], list[cp_model.LinearExprT]] = {}
        for stage, literals in zip(self.problem.stages, self._take, strict=True):
            for option, literal in zip(stage.options, literals, strict=True):
                for memory, bits in option.extra_bits.items():
                    extras.setdefault((stage.step, memory), []).append(bits * literal)
        for step, memory in {**self._live, **extras}:
            live = self._live.get((step, memory), 0)
            held = cp_model.LinearExpr.sum([live, *extras.get((step, memory), [])])
            self.model.add(held <= self.problem.sizes[memory])

    # ------------------------------------------------------------------ layers
    def _add_stage(self, stage: Stage) -> list[cp_model.IntVar]:
        """Let a layer take one of its options, which says where its tensors are."""
        literals = [self.model.new_bool_var("") for _ in stage.options]
        self.model.add_exactly_one(literals)
        for option, literal in zip(stage.options, literals, strict=True):
            for tensor, memory in option.keeps:
                if memory is not None:
                    self.model.add_implication(literal, self._keep[tensor, memory])
                    continue
                for (name, _), kept in self._keep.items():
                    if name == tensor:
                        self.model.add_implication(literal, kept.negated())
        return literals

    def _cost(self, number: int, stage: Stage) -> cp_model.LinearExprT:
        """Cost of a layer, bounded by all that is known: in any room, and beyond that in its own.

        What holds in any room stands in the objective itself, where the linear relaxation sees it.
        """
        terms: list[cp_model.LinearExprT] = []
        beyond: list[tuple[int, list[cp_model.IntVar]]] = []
        for option, literal in zip(stage.options, self._take[number], strict=True):
            always = max(
                (self._units(fact.value) for fact in option.facts if not self._ranges(fact)),
                default=0,
            )
            if always == _NEVER:
                self.model.add(literal == 0)
                continue
            terms.append(always * literal)
            for fact in option.facts:
                units = self._units(fact.value)
                if units > always:
                    beyond.append((units - always, [literal, *self._within(stage.step, fact)]))
        return cp_model.LinearExpr.sum([*terms, *self._more(beyond)])

    def _more(
        self, beyond: Sequence[tuple[int, list[cp_model.IntVar]]]
    ) -> Iterator[cp_model.IntVar]:
        """Yield what a layer costs beyond that in any room, where there is more to say."""
        finite = [units for units, _ in beyond if units < _NEVER // 2]
        more = self.model.new_int_var(0, max(finite, default=0), "")
        for units, within in beyond:
            if units < _NEVER // 2:
                self.model.add(more >= units).only_enforce_if(within)
            else:
                self.model.add_bool_or([one.negated() for one in within])
        yield more

    def _units(self, value: float) -> int:
        """Units of a cost, rounded down; a little less, against rounding of the quotient."""
        if math.isinf(value):
            return _NEVER
        return min(_MOST, max(0, math.floor(value / self.unit * (1 - TOLERANCE / 1000))))

    def _ranges(self, fact: Fact) -> list[tuple[str, float, bool]]:
        """Where a fact does not hold everywhere: memory, room, and whether that is the most."""
        ranges = []
        for memory, least, most in fact.rooms:
            if most < self.problem.sizes[memory]:
                ranges.append((memory, most, True))
            if least > 0:
                ranges.append((memory, least, False))
        return ranges

    def _within(self, step: int, fact: Fact) -> list[cp_model.IntVar]:
        """Literals that are true at least where a fact holds."""
        return [self._is_beyond(step, *one) for one in self._ranges(fact)]

    def _is_beyond(self, step: int, memory: str, room: float, at_most: bool) -> cp_model.IntVar:
        """Literal that is true wherever tensors leave at most (or at least) some room."""
        key = (step, memory, room, at_most)
        if key not in self._beyond:
            literal = self.model.new_bool_var("")
            held = self._live.get((step, memory), 0)
            bound = self.problem.sizes[memory] - int(room)
            other = held <= bound - 1 if at_most else held >= bound + 1
            self.model.add(other).only_enforce_if(literal.negated())
            self._beyond[key] = literal
        return self._beyond[key]

    # ------------------------------------------------------------------ solving
    def solve(self, budget: Budget, seed: int) -> Keeping | None:
        """Solve the model: cost first, then what is liked about a choice of that cost."""
        self.model.minimize(self._spent)
        for literal in self._in_sequence():
            self.model.add_hint(literal, True)
        solver = _solver(budget, seed)
        status = solver.solve(self.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        bound = max(0.0, math.ceil(solver.best_objective_bound - TOLERANCE)) * self.unit
        self.model.add(self._spent <= round(solver.objective_value))
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for literal in self._literals():
            self.model.add_hint(literal, solver.boolean_value(literal))
        for share in self._shares.values():
            self.model.add_hint(share, solver.value(share))
        self.model.maximize(self._liked())
        liked = _solver(budget, seed)
        # Any choice of that cost will do: how much is liked is no claim.
        liked.parameters.max_deterministic_time = _LIKING
        found = liked.solve(self.model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        return self._read(liked if found else solver, bound, status == cp_model.OPTIMAL)

    def _literals(self) -> Iterator[cp_model.IntVar]:
        """All that is decided."""
        yield from self._keep.values()
        for literals in self._take:
            yield from literals
        yield from self._in_sequence()

    def _in_sequence(self) -> list[cp_model.IntVar]:
        """Of two steps each, whether they run in the order of their numbers, where that is free."""
        return [] if self._order is None else list(self._order.pairs.values())

    def _liked(self) -> cp_model.LinearExprT:
        """What speaks for a choice beside its cost: it keeps much, and has few last resorts.

        Then, that its steps run in the order of their numbers.
        """
        in_sequence = self._in_sequence()
        first = len(in_sequence) + 1
        liked: list[cp_model.LinearExprT] = [first * kept for kept in self._keep.values()]
        for stage, literals in zip(self.problem.stages, self._take, strict=True):
            for option, literal in zip(stage.options, literals, strict=True):
                if option.is_last_resort:
                    liked.append(-_DEMUR * first * literal)
        return cp_model.LinearExpr.sum([*liked, *in_sequence])

    def _read(self, solver: cp_model.CpSolver, bound: float, optimal: bool) -> Keeping:
        placement = {
            name: memory
            for (name, memory), literal in self._keep.items()
            if solver.boolean_value(literal)
        }
        taken = tuple(
            next(place for place, one in enumerate(literals) if solver.boolean_value(one))
            for literals in self._take
        )
        slots = tuple(
            solver.value(self._shares[stage.step]) if stage.step in self._shares else 0
            for stage in self.problem.stages
        )
        order = None if self._order is None else self._order.read(solver)
        return Keeping(placement, taken, bound, optimal, slots, order)


def _solver(budget: Budget, seed: int) -> cp_model.CpSolver:
    """Return CP-SAT with one worker, so that the same problem has the same answer."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    # Costs and rooms are enforced by literals, and only here a linear relaxation sees them at all.
    solver.parameters.linearization_level = 2
    # With numbers as large as these, CP-SAT's presolve has cut off optima, 24 of 4,000 problems.
    solver.parameters.cp_model_presolve = False
    solver.parameters.catch_sigint_signal = False  # the caller decides what Ctrl-C does
    if budget.left_s is not None:
        solver.parameters.max_time_in_seconds = max(0.01, budget.left_s)
    return solver


def _unit(problem: KeepingProblem) -> float:
    """Cost of one unit: the least sum in any room counts `UNITS`."""
    least = sum(_least_of(stage) for stage in problem.stages)
    return least / UNITS if least > 0 else 1.0


def _least_of(stage: Stage) -> float:
    """Least bound of a layer in any room; zero where it fits nowhere."""
    known = (
        max((fact.value for fact in option.facts if not fact.rooms), default=0.0)
        for option in stage.options
    )
    least = min(known, default=math.inf)
    return 0.0 if math.isinf(least) else least

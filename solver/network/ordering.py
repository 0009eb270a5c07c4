"""The order of a network's steps as a part of the choice of what is kept.

Variables: for steps a and b of which neither depends on the other, whether a comes before b.

    before[a, b] -> before[a, c]      where c depends on b, for b and c the other way round likewise
    not (before[a, b], before[b, c], before[c, a])          where none of the three depend on others
    live[t, s] = written by or before s, and read by or after s            for every tensor and step

A relation that says of all two steps which one is first, and has no cycle of three, is an order.
Where c depends on b, and a on neither, the first line forbids the cycles with a: along a path of
dependences from b to c, a step that a comes before hands that on to the next one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cached_property

from ortools.sat.python import cp_model

from zigzag_imc.solver.network.keeping_problem import FreeOrder, Life

Truth = cp_model.LiteralT
"""A literal, or what is known."""


class OrderOfSteps:
    """Variables of the order of steps in a model."""

    def __init__(self, model: cp_model.CpModel, order: FreeOrder) -> None:
        self._model, self._order = model, order
        self.pairs = {
            (one, other): model.new_bool_var(f"{one} before {other}")
            for one, other in itertools.combinations(range(len(order.earlier)), 2)
            if not self._depends(other, one) and not self._depends(one, other)
        }
        """Whether the first of two steps comes first, as it does by number."""
        self._known: dict[tuple[Life, int], Truth] = {}
        self._add_dependences()
        self._add_triples()

    def _depends(self, step: int, on: int) -> bool:
        return on in self._order.earlier[step]

    @cached_property
    def _beside(self) -> dict[int, set[int]]:
        """Steps of which each step may come before and after."""
        found: dict[int, set[int]] = {}
        for one, other in self.pairs:
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
        return found

    @cached_property
    def _next(self) -> list[set[int]]:
        """Steps that depend on each step with none in between."""
        earlier = self._order.earlier
        found: list[set[int]] = [set() for _ in earlier]
        for step, before in enumerate(earlier):
            for one in before - frozenset().union(*(earlier[other] for other in before)):
                found[one].add(step)
        return found

    # ------------------------------------------------------------------ orders
    def before(self, one: int, other: int) -> Truth:
        """Whether a step comes before another one."""
        if self._depends(other, one):
            return True
        if self._depends(one, other):
            return False
        if one < other:
            return self.pairs[one, other]
        return self.pairs[other, one].negated()

    def _add_dependences(self) -> None:
        """What comes before a step comes before all that depend on it; and the other way round."""
        for step, beside in self._beside.items():
            for other in beside:
                for following in self._next[other] & beside:
                    earlier, later = self.before(step, other), self.before(step, following)
                    self._model.add_implication(earlier, later)

    def _add_triples(self) -> None:
        """No three steps go round, of which none depends on another."""
        for one, other in self.pairs:
            for third in self._beside[one] & self._beside[other]:
                if third > other:
                    for a, b, c in ((one, other, third), (one, third, other)):
                        then = self._model.add_bool_or([self.before(a, c)])
                        then.only_enforce_if(self.before(a, b), self.before(b, c))

    def read(self, solver: cp_model.CpSolver) -> tuple[int, ...]:
        """Return all steps in their order."""
        steps = range(len(self._order.earlier))
        later = dict.fromkeys(steps, 0)
        for step in steps:
            later[step] = len(self._order.earlier[step])
        for (one, other), literal in self.pairs.items():
            later[other if solver.boolean_value(literal) else one] += 1
        return tuple(sorted(steps, key=later.__getitem__))

    # ------------------------------------------------------------------ tensors
    def live(self, tensor: str, step: int) -> Truth:
        """Whether a tensor is held while a step runs, if it is kept."""
        life = self._order.lives.get(tensor, Life())
        if (life, step) not in self._known:
            begun, is_open = self._begun(life, step), self._any(list(self._open(life, step)))
            self._known[life, step] = self.both(begun, is_open)
        return self._known[life, step]

    def _begun(self, life: Life, step: int) -> Truth:
        """Whether a tensor is written by a step, or before it."""
        return life.begins in (None, step) or self.before(life.begins or 0, step)

    def _open(self, life: Life, step: int) -> Iterator[Truth]:
        """Yield what each means that a tensor is still read by a step, or after it."""
        if not life.ends or step in life.ends:
            yield True
        else:
            yield from (self.before(step, end) for end in life.ends)

    def _any(self, literals: list[Truth]) -> Truth:
        """Whether any of some literals is true."""
        if any(one is True for one in literals):
            return True
        unknown = [one for one in literals if not isinstance(one, bool)]
        if len(unknown) < 2:
            return unknown[0] if unknown else False
        found = self._model.new_bool_var("")
        self._model.add_bool_or(unknown).only_enforce_if(found)
        for one in unknown:
            self._model.add_implication(one, found)
        return found

    def both(self, one: Truth, other: Truth) -> Truth:
        """Whether both of two literals are true."""
        for known, left in ((one, other), (other, one)):
            if isinstance(known, bool):
                return left if known else False
        found = self._model.new_bool_var("")
        self._model.add_implication(found, one)
        self._model.add_implication(found, other)
        self._model.add_bool_or([found]).only_enforce_if(one, other)
        return found

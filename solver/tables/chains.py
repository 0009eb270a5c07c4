"""Chains: bounds over all ways to place the cuts of all operands in one loop order.

The tiles below the cuts of a mapping form a chain under divisibility, and every chain is realised
by some loop order. With one additive value per cut and tile, the best chain is found exactly by
dynamic programming over "how many cuts of each operand lie below": the best value over all chains
that end inside a tile is a running minimum on the lattice.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import EllipsisType
from typing import NamedTuple

import numpy as np

from zigzag_imc.solver.tables.lattice import Array, TileLattice

State = tuple[int, ...]
"""Cuts placed so far, per operand."""

Placement = tuple[int, int]
"""Operand index and rank of a cut."""

Index = tuple[int, ...]
"""Place of a tile in the lattice."""

Box = tuple[slice, ...] | EllipsisType
"""Part of the lattice."""

Values = Sequence[Sequence[Array]]
"""Value of every tile, per operand and per cut (lowest first); infinite where it is not allowed.

Of several sums at once, along an axis before those of the lattice."""

Table = dict[State, Array]
"""For every state, the best value of placing cuts inside, or around, each tile."""


@dataclass(frozen=True)
class Chain:
    """Tiles of all cuts, lowest first: (operand, rank) and index in the lattice.

    Attributes
    ----------
    value
        Sum of the values of its tiles.
    tiles
        Per cut, lowest first: (operand, rank) of the cut and index of the tile in the lattice.
    """

    value: float
    tiles: tuple[tuple[Placement, Index], ...]


class Step(NamedTuple):
    """One more cut placed, or one taken away.

    Attributes
    ----------
    operand, rank
        The cut.
    state
        The state on the other side of the step.
    """

    operand: int
    rank: int
    state: State

    def value(self, values: Values, table: Table, box: Box = ...) -> Array:
        """Best value with the cut at every tile: that of the tile and that of the other state."""
        best: Array = table[self.state][box] + values[self.operand][self.rank][box]
        return best


def _states(values: Values) -> list[State]:
    """All states, each after those that it is reached from."""
    return list(itertools.product(*(range(len(cuts) + 1) for cuts in values)))


def _with(state: State, operand: int, placed: int) -> State:
    """Return a state with so many cuts of one operand placed."""
    return (*state[:operand], placed, *state[operand + 1 :])


def steps_back(state: State) -> Iterator[Step]:
    """Steps that take away the highest cut of an operand."""
    return (
        Step(operand, placed - 1, _with(state, operand, placed - 1))
        for operand, placed in enumerate(state)
        if placed
    )


def _on(values: Values, state: State) -> Iterator[Step]:
    """Steps that place the next cut of an operand."""
    return (
        Step(operand, placed, _with(state, operand, placed + 1))
        for operand, (placed, cuts) in enumerate(zip(state, values, strict=True))
        if placed < len(cuts)
    )


def _swept(
    values: Values,
    states: Sequence[State],
    nothing_placed: Array,
    steps: Callable[[State], Iterable[Step]],
    spread: Callable[[Array], Array],
) -> Table:
    """Best value of every state, from those of the states a step away.

    Parameters
    ----------
    states
        All of them, in an order in which steps lead to those before.
    nothing_placed
        Value of the first one.
    steps
        Those to the states that one was reached from.
    spread
        Takes the values of tiles to all those that they are inside of, or around.
    """
    table: Table = {states[0]: nothing_placed}
    for state in states[1:]:
        placings = (step.value(values, table) for step in steps(state))
        table[state] = spread(functools.reduce(np.minimum, placings))
    return table


def forward(lattice: TileLattice, values: Values) -> Table:
    """Best value of placing the cuts of each state, all inside each tile."""
    return _swept(
        values, _states(values), _nothing(lattice, values), steps_back, lattice.best_inside
    )


def backward(lattice: TileLattice, values: Values) -> Table:
    """Best value of placing all cuts that each state lacks, all around each tile."""
    states, steps = _states(values)[::-1], functools.partial(_on, values)
    return _swept(values, states, _nothing(lattice, values), steps, lattice.best_around)


def _nothing(lattice: TileLattice, values: Values) -> Array:
    """Zero for every tile, of as many sums as there are."""
    shapes = (own.shape for cuts in values for own in cuts)
    return np.zeros(next(shapes, lattice.shape))


def of_sum(table: Table, place: int) -> Table:
    """Take one of several sums out of a table."""
    return {state: values[place] for state, values in table.items()}


def best_value(table: Table) -> float:
    """Value of the best whole chain of a forward table."""
    return float(next(reversed(table.values())).flat[-1])


def best_chain(values: Values, table: Table) -> Chain:
    """Trace the best whole chain back through a forward table.

    The first of equals in a fixed order.
    """
    state = next(reversed(table))
    outer = tuple(size - 1 for size in table[state].shape)
    value = float(table[state][outer])
    tiles: list[tuple[Placement, Index]] = []
    while any(state):
        ends = [_best_end(step, values, table, outer) for step in steps_back(state)]
        _, step, outer = min(ends, key=operator.itemgetter(0))
        tiles.append(((step.operand, step.rank), outer))
        state = step.state
    return Chain(value, tuple(reversed(tiles)))


def _best_end(step: Step, values: Values, table: Table, outer: Index) -> tuple[float, Step, Index]:
    """Least value of a step at any tile inside of another one, and the first tile that has it."""
    inside = step.value(values, table, tuple(slice(top + 1) for top in outer))
    flat = int(np.argmin(inside))
    where = np.unravel_index(flat, inside.shape)
    return float(inside.flat[flat]), step, tuple(map(int, where))


def through(lattice: TileLattice, values: Values, front: Table) -> list[list[Array]]:
    """Best whole chain through every tile of every cut.

    The reduced-cost table by which tiles are discarded.
    """
    back = backward(lattice, values)
    best = [[np.full(own.shape, np.inf) for own in cuts] for cuts in values]
    for state in _states(values):
        for step in _on(values, state):
            value = front[state] + values[step.operand][step.rank] + back[step.state]
            least = best[step.operand][step.rank]
            np.minimum(least, value, out=least)
    return best

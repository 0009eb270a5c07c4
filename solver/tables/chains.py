"""Chains: bounds over all ways to place the cuts of all operands in one loop order.

The tiles below the cuts of a mapping form a chain under divisibility, and every chain is realised
by some loop order. With one additive value per cut and tile, the best chain is found exactly by
dynamic programming over "how many cuts of each operand lie below": the best value over all chains
that end inside a tile is a running minimum on the lattice.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zigzag_imc.solver.tables.lattice import Array, TileLattice

State = tuple[int, ...]
"""Cuts placed so far, per operand."""

Placement = tuple[int, int]
"""Operand index and rank of a cut."""


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
    tiles: tuple[tuple[Placement, tuple[int, ...]], ...]


def _states(values: Sequence[Sequence[Array]]) -> list[State]:
    return list(itertools.product(*(range(len(cuts) + 1) for cuts in values)))


def _step(state: State, operand: int, by: int) -> State:
    return (*state[:operand], state[operand] + by, *state[operand + 1 :])


def forward(lattice: TileLattice, values: Sequence[Sequence[Array]]) -> dict[State, Array]:
    """Best value of placing the cuts of each state, all inside each tile.

    Parameters
    ----------
    values
        Per operand, per cut (lowest first): value of every tile; infinite where it is not allowed.
    """
    table: dict[State, Array] = {}
    for state in _states(values):
        if not any(state):
            table[state] = np.zeros(lattice.shape)
            continue
        best: Array | None = None
        for operand, placed in enumerate(state):
            if placed:
                placing = table[_step(state, operand, -1)] + values[operand][placed - 1]
                best = placing if best is None else np.minimum(best, placing)
        assert best is not None
        table[state] = lattice.best_inside(best)
    return table


def backward(lattice: TileLattice, values: Sequence[Sequence[Array]]) -> dict[State, Array]:
    """Best value of placing all cuts that each state lacks, all around each tile."""
    table: dict[State, Array] = {}
    full = tuple(len(cuts) for cuts in values)
    for state in reversed(_states(values)):
        if state == full:
            table[state] = np.zeros(lattice.shape)
            continue
        best: Array | None = None
        for operand, placed in enumerate(state):
            if placed < full[operand]:
                placing = table[_step(state, operand, 1)] + values[operand][placed]
                best = placing if best is None else np.minimum(best, placing)
        assert best is not None
        table[state] = lattice.best_around(best)
    return table


def best_value(table: dict[State, Array]) -> float:
    """Value of the best whole chain of a forward table."""
    return float(next(reversed(table.values())).flat[-1])


def best_chain(values: Sequence[Sequence[Array]], table: dict[State, Array]) -> Chain:
    """Trace the best whole chain back through a forward table.

    The first of equals in a fixed order.
    """
    state = tuple(len(cuts) for cuts in values)
    limit = tuple(size - 1 for size in table[state].shape)
    value = float(table[state][limit])
    tiles: list[tuple[Placement, tuple[int, ...]]] = []
    while any(state):
        box = tuple(slice(0, top + 1) for top in limit)
        options = []
        for operand, placed in enumerate(state):
            if placed:
                inside = (table[_step(state, operand, -1)] + values[operand][placed - 1])[box]
                flat = int(np.argmin(inside))
                options.append(
                    (float(inside.flat[flat]), operand, np.unravel_index(flat, inside.shape))
                )
        _, operand, where = min(options, key=lambda option: option[:2])
        limit = tuple(int(i) for i in where)
        tiles.append(((operand, state[operand] - 1), limit))
        state = _step(state, operand, -1)
    return Chain(value, tuple(reversed(tiles)))


def through(
    lattice: TileLattice, values: Sequence[Sequence[Array]], front: dict[State, Array]
) -> list[list[Array]]:
    """Best whole chain through every tile of every cut.

    The reduced-cost table by which tiles are discarded.
    """
    back = backward(lattice, values)
    best = [[np.full(lattice.shape, np.inf) for _ in cuts] for cuts in values]
    for state in _states(values):
        for operand, placed in enumerate(state):
            if placed < len(values[operand]):
                value = front[state] + values[operand][placed] + back[_step(state, operand, 1)]
                np.minimum(best[operand][placed], value, out=best[operand][placed])
    return best

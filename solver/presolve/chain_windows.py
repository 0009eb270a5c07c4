"""What one port does to the latency of a chain of classes: its transfers against their windows.

A tile ``t`` of an operand is *pure* where the next smaller tile ``p`` of the chain differs from it
along dimensions alone that are idle to the operand. All loops between them are irrelevant then, so
a second tile takes the room of all of the first (`second_tile_bits` divides by relevant loops).

*Room.* A tile is no second time in its memory if that and what all tiles need overflow it; those
that are not known to be pure are taken for nothing.

*Windows.* A tile without room for a second one has the activations for a window in which the
irrelevant loops directly below its boundary are in their last iteration. Loops between ``p`` and
``t`` are among them, unless the operand's own next lower boundary lies above ``p``: at ``t`` then,
since irrelevant loops lie below it, too. Along a dimension, in each of ``rounds(t)`` rounds no more
than the ``length(p)`` activations of one inner tile are in the last iteration, and of all ``T`` no
more than ``T``. So all its windows together take no larger a share of computing than

``share = prod over dimensions in which t and p differ of min(1, rounds(t) * longest(p) / T)``

Two lengths of a chain differ where their classes do: if ``length(t) >= 2 * length(p)`` and ``p``
makes ``n > 1`` steps, ``t`` makes ``ceil(n / 2) < n`` of them at most.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, OUTPUTS
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumns
from zigzag_imc.solver.tables.any_sizes.any_cut import AnyCut
from zigzag_imc.solver.tables.any_sizes.step_lattice import StepLattice
from zigzag_imc.solver.tables.chains import Index, Placement
from zigzag_imc.solver.tables.cut import PortKey

Tiles = Mapping[Placement, Index]
"""Class of the tile at every cut that uses the port, by operand and rank."""


@dataclass(frozen=True)
class ChainWindows:
    """Bounds the latency of chains of classes by what one port has to do.

    Attributes
    ----------
    columns
        Cuts of a spatial mapping.
    accelerator
        What it is mapped to.
    port
        The port.
    """

    columns: AnyColumns
    accelerator: Accelerator
    port: PortKey

    @cached_property
    def places(self) -> tuple[Placement, ...]:
        """Cuts whose transfers use the port."""
        return tuple(
            (operand, rank)
            for operand, cuts in enumerate(self.columns.timed.cuts)
            for rank, cut in enumerate(cuts)
            if self.port in cut.busy
        )

    @cached_property
    def _sharing(self) -> frozenset[Placement]:
        """Those whose tile lies in a memory where a second one may take room."""
        return frozenset(place for place in self.places if self._shares_memory(self._fine(place)))

    @cached_property
    def _lattice(self) -> StepLattice:
        lattice = self.columns.timed.lattice
        assert isinstance(lattice, StepLattice)
        return lattice

    @cached_property
    def _windows_cycles(self) -> float:
        """Cycles of a window that is open all the time."""
        rate = math.ceil(self.accelerator.array.cycles_per_activation)
        return float(rate * self.columns.timed.laid.steps)

    def latency(self, tiles: Tiles, waited: Sequence[float]) -> float:
        """Least latency of all mappings whose tiles are of these classes, in cycles.

        ``waited`` tells how much of the link of each operand counts. A port stalls for no less than

        * what its transfers take beyond computing, or beyond the union of their windows, which is
          no longer than all of them together;
        * what every movement takes beyond its own windows. Outputs move up and down, each beside
          the same windows.
        """
        columns = self.columns.timed
        busy = columns.fixed_busy.get(self.port, 0.0)
        stuck = columns.fixed_stuck.get(self.port, 0.0)
        shares = self.shares(tiles)
        link = 0.0
        for place, index in tiles.items():
            cut = columns.cuts[place[0]][place[1]]
            own_busy = float(cut.busy[self.port][index])
            movements = 2 if place[0] == OUTPUTS else 1
            hidden = movements * shares[place] * self._windows_cycles
            busy += own_busy
            stuck += max(0.0, own_busy - hidden)
            link += waited[place[0]] * float(np.broadcast_to(cut.link, cut.bits.shape)[index])
        covered = self._windows_cycles * (sum(shares.values()) + self._share_of_outputs_leaving)
        together = max(0.0, columns.compute_cycles + busy - covered)
        return link + max(together, busy, columns.compute_cycles + stuck)

    @property
    def _share_of_outputs_leaving(self) -> float:
        """Share of computing that is a window of transfers at every activation."""
        return 1.0 if self.port in self.columns.timed.fixed_busy else 0.0

    def shares(self, tiles: Tiles) -> dict[Placement, float]:
        """Share of computing at most that the windows of every tile take."""
        inner = {place: self._next_smaller(index, tiles) for place, index in tiles.items()}
        pure = {
            place: self._need_bits(place, index)
            for place, index in tiles.items()
            if place in self._sharing and self._is_pure(place, index, inner[place])
        }
        return {
            place: self._share(index, inner[place])
            if place in pure and self._is_single(place, pure) and self._ends_below(place, index)
            else 1.0
            for place, index in tiles.items()
        }

    @cached_property
    def _need_bits(self) -> Callable[[Placement, Index], float]:
        """What tells the bits that a second tile of a class takes where it is pure, at least."""

        def least(place: Placement, index: Index) -> float:
            own = self._fine(place)
            return own.least_of_class(own.need, index)

        return cache(least)  # many chains have the same tile at a cut

    def _fine(self, place: Placement) -> AnyCut:
        return self.columns.cuts[place[0]][place[1]]

    def _shares_memory(self, cut: AnyCut) -> bool:
        """Whether the tile at a cut lies in a memory where it is not kept for good.

        Where two boundaries coincide, the upper one alone moves anything over the port.
        """
        if cut.is_at_array or OPERANDS[cut.operand] in self.accelerator.memories[cut.memory].kept:
            return False
        return len(cut.boundaries) == 1 or self.port[0] != cut.memory

    @staticmethod
    def _next_smaller(index: Index, tiles: Tiles) -> Index:
        """Largest other tile of the chain that is inside of one; a single step if there is none."""
        smaller = (own for own in tiles.values() if own != index and _is_inside(own, index))
        return max(smaller, key=sum, default=(0,) * len(index))

    def _is_pure(self, place: Placement, index: Index, inner: Index) -> bool:
        """Whether loops irrelevant to the operand alone lie directly below a tile."""
        relevant = self._fine(place).relevant
        differs = [
            dim
            for dim, own, other in zip(self._lattice.dims, index, inner, strict=False)
            if own != other
        ]
        return bool(differs) and relevant.isdisjoint(differs)

    def _is_single(self, place: Placement, pure: Mapping[Placement, float]) -> bool:
        """Whether there is surely no room for a second tile."""
        memory = self._fine(place).memory
        needed = sum(bits for own, bits in pure.items() if self._fine(own).memory == memory)
        return pure[place] + needed > self.accelerator.memories[memory].size_bits

    def _ends_below(self, place: Placement, index: Index) -> bool:
        """Whether the operand's own next lower boundary is not at the same tile.

        The one at the array ends no run of loops.
        """
        operand, rank = place
        if self._fine(place).boundaries[-1] == 1:
            return True
        lower = self.columns.timed.cuts[operand][rank - 1]
        return rank > 0 and bool(np.isinf(lower.energy_pj[index]))

    def _share(self, index: Index, inner: Index) -> float:
        """Share of computing at most with all loops between two tiles in their last iteration."""
        share = 1.0
        for dim, own, other in zip(self._lattice.dims, index, inner, strict=False):
            if own != other:
                rounds, longest = self._lattice.rounds(dim)[own], self._lattice.last[dim][other]
                share *= min(1.0, float(rounds * longest) / self._lattice.sizes[dim])
        return share


def _is_inside(inner: Index, outer: Index) -> bool:
    return all(one <= other for one, other in zip(inner, outer, strict=True))

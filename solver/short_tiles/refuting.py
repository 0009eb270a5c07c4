"""A quick look at one spatial mapping: whether any mapping of little energy can be under it.

Ranges of the lengths of all tiles, narrowed by what must hold of them; where that does not suffice,
orders of two cuts are told apart, then energies halved. Of a chain only the order of lengths counts
here, not that they divide; so what is refuted has no mapping, and of the rest nothing is said.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from zigzag_imc.core.layer import OPERANDS, OUTPUTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.solver.short_tiles.cut_table import CutTable, CutTables

MOST_NODES = 300
"""Ranges looked at under one spatial mapping before it is left to CP-SAT."""

_ROUNDING = 1 + 1e-9
"""Sums of energies in another order differ by less."""


@dataclass(frozen=True)
class Column:
    """A number of visits.

    Attributes
    ----------
    energy_pj
        Its least energy.
    least, most
        Shortest and longest lengths along the idle dimensions that make it.
    """

    energy_pj: float
    least: tuple[int, ...]
    most: tuple[int, ...]


@dataclass
class Span:
    """Ranges of the tile at one cut.

    Attributes
    ----------
    low, high
        Least and largest length per dimension.
    columns
        Numbers of visits that are left, by rising energy.
    """

    low: dict[str, int]
    high: dict[str, int]
    columns: list[Column]

    def copy(self) -> Span:
        """Return a copy that may be narrowed by itself."""
        return Span(dict(self.low), dict(self.high), self.columns)

    @property
    def least_pj(self) -> float:
        """Least energy of the columns; they stand by rising energy."""
        return self.columns[0].energy_pj

    def inside(self, other: Span) -> bool:
        """Whether the tile may lie inside another one."""
        return all(low <= other.high[dim] for dim, low in self.low.items())

    def put_inside(self, other: Span) -> bool:
        """Narrow two tiles of which the first lies inside the second; whether that changed any."""
        has_changed = False
        for dim in self.low:
            if other.low[dim] < self.low[dim]:
                other.low[dim], has_changed = self.low[dim], True
            if self.high[dim] > other.high[dim]:
                self.high[dim], has_changed = other.high[dim], True
        return has_changed

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left."""
        return not self.columns or any(low > self.high[dim] for dim, low in self.low.items())


@dataclass
class Node:
    """Ranges of all cuts.

    Attributes
    ----------
    spans
        Those of each.
    nested
        Pairs of cuts of which the first is known to be inside the second.
    """

    spans: list[Span]
    nested: frozenset[tuple[int, int]] = frozenset()

    def copy(self) -> Node:
        """Return a copy that may be narrowed by itself."""
        return Node([span.copy() for span in self.spans], self.nested)


class Refuting:
    """Looks for a reason why no mapping under a spatial mapping needs so little energy."""

    def __init__(
        self, costs: CostModel, tables: CutTables, cuts: Sequence[CutTable], most_pj: float
    ) -> None:
        self._costs, self._tables, self._cuts = costs, tables, cuts
        self._most_pj = (most_pj - tables.fixed_pj) * _ROUNDING + 1e-9 * most_pj
        levels = costs.accelerator.levels
        self._left = [memory.size_bits for memory in costs.accelerator.memories]
        for index, operand in enumerate(OPERANDS):
            self._left[levels[operand][-1]] -= tables.whole_bits(index)
        self._memories = [
            levels[OPERANDS[cut.operand]][cut.boundary - 1] if cut.boundary else None
            for cut in cuts
        ]

    def succeeds(self) -> bool:
        """Whether there is none; false where that is not known."""
        waiting, looked = [Node([self._whole(cut) for cut in self._cuts])], 0
        while waiting:
            node = waiting.pop()
            if not self._narrow(node) or not self._fits(node.spans):
                continue
            parts = self._orders(node) or self._halves(node)
            looked += 1
            if not parts or looked > MOST_NODES:
                return False
            waiting += parts
        return True

    def _whole(self, cut: CutTable) -> Span:
        """All of the ranges of a cut."""
        lengths = cut.lengths
        columns = []
        for visit in cut.visits:
            ends = [
                self._longest(cut, dim, start)
                for dim, start in zip(cut.idle, visit.lengths, strict=True)
            ]
            columns.append(Column(cut.least_of(visit), visit.lengths, tuple(ends)))
        return Span(
            {dim: own[0] for dim, own in lengths.items()},
            {dim: own[-1] for dim, own in lengths.items()},
            sorted(columns, key=lambda column: column.energy_pj),
        )

    def _longest(self, cut: CutTable, dim: str, start: int) -> int:
        """Longest length with as many steps as another one."""
        size = self._tables.sizes[dim]
        steps = ceil_div(size, start)
        return size if steps == 1 else ceil_div(size, steps - 1) - 1

    # ------------------------------------------------------------------ narrowing
    def _narrow(self, node: Node) -> bool:
        """Narrow ranges as long as that changes any; whether something is left."""
        has_changed = True
        while has_changed:
            if not self._by_energy(node.spans):
                return False
            changed = self._by_order(node)
            if changed is None or any(span.is_empty for span in node.spans):
                return False
            has_changed = changed
        return True

    def _by_energy(self, spans: list[Span]) -> bool:
        """Leave columns that are within the ranges, and not too much with the least of all others.

        Whether something is left of every cut.
        """
        for cut, span in zip(self._cuts, spans, strict=True):
            low = [span.low[dim] for dim in cut.idle]
            high = [span.high[dim] for dim in cut.idle]
            span.columns = [column for column in span.columns if _meets(column, low, high)]
            if not span.columns:
                return False
        spare_pj = self._most_pj - sum(span.least_pj for span in spans)
        if spare_pj < 0:
            return False
        for cut, span in zip(self._cuts, spans, strict=True):
            most_pj = span.least_pj + spare_pj
            span.columns = [column for column in span.columns if column.energy_pj <= most_pj]
            for place, dim in enumerate(cut.idle):
                least = min(column.least[place] for column in span.columns)
                most = max(column.most[place] for column in span.columns)
                span.low[dim] = max(span.low[dim], least)
                span.high[dim] = min(span.high[dim], most)
        return True

    def _by_order(self, node: Node) -> bool | None:
        """Narrow tiles whose order is known; whether that changed any, ``None`` if nothing is left.

        Of two cuts of one operand, the lower one is inside.
        """
        has_changed, spans = False, node.spans
        for one, other in itertools.combinations(range(len(spans)), 2):
            orders = self._possible(node, one, other)
            if not orders:
                return None
            if len(orders) == 1:
                inner, outer = orders[0]
                has_changed |= spans[inner].put_inside(spans[outer])
        return has_changed

    def _possible(self, node: Node, one: int, other: int) -> list[tuple[int, int]]:
        """Orders that two cuts may have: pairs of the inner and the outer one."""
        straight, crossed = (one, other), (other, one)
        if self._cuts[one].operand == self._cuts[other].operand or straight in node.nested:
            orders = [straight]
        elif crossed in node.nested:
            orders = [crossed]
        else:
            orders = [straight, crossed]
        return [(a, b) for a, b in orders if node.spans[a].inside(node.spans[b])]

    # ------------------------------------------------------------------ room
    def _fits(self, spans: Sequence[Span]) -> bool:
        """Whether the smallest tiles of all ranges fit."""
        left = list(self._left)
        for cut, span, memory in zip(self._cuts, spans, self._memories, strict=True):
            if memory is not None:
                left[memory] -= self._least_bits(cut, span)
        return all(bits >= 0 for bits in left)

    def _least_bits(self, cut: CutTable, span: Span) -> int:
        """Bits of the smallest tile of a range."""
        room, sizes = cut.room, self._tables.sizes
        assert room is not None, "the array itself holds nothing"
        may_finish = all(span.high[dim] == sizes[dim] for dim in cut.idle)
        may_be_last = all(high == sizes[dim] for dim, high in span.high.items())
        kinds = {room.reduced_outside or not may_finish, True}
        if cut.operand != OUTPUTS:
            kinds = {False}
        low = {dim: span.low[dim] for dim in cut.relevant}
        return min(
            self._tables.bits(cut.operand, room, low, partial=partial, last=may_be_last)
            for partial in kinds
        )

    # ------------------------------------------------------------------ parts
    def _halves(self, node: Node) -> list[Node]:
        """Halve the columns whose energies differ most; nothing where all are decided."""
        place = max(range(len(node.spans)), key=lambda n: _width_pj(node.spans[n]))
        columns = node.spans[place].columns
        if len(columns) < 2:
            return []
        middle = len(columns) // 2
        halves = []
        for part in (columns[middle:], columns[:middle]):
            half = node.copy()
            half.spans[place].columns = part
            halves.append(half)
        return halves

    def _orders(self, node: Node) -> list[Node]:
        """Both orders of two cuts of which either may be inside; nothing where all are known."""
        for one, other in itertools.combinations(range(len(node.spans)), 2):
            orders = self._possible(node, one, other)
            if len(orders) == 2:
                return [Node(node.copy().spans, node.nested | {order}) for order in orders]
        return []


def _meets(column: Column, low: Sequence[int], high: Sequence[int]) -> bool:
    """Whether some lengths of a column are within ranges."""
    return all(
        least <= above and most >= below
        for least, most, below, above in zip(column.least, column.most, low, high, strict=True)
    )


def _width_pj(span: Span) -> float:
    """By how much the energies of a cut differ."""
    return span.columns[-1].energy_pj - span.columns[0].energy_pj if span.columns else 0.0

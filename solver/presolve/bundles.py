"""Bundles: tiles of any lengths at one cut that a model takes together, until it must know more.

Thousands of lengths of one class cost nearly the same. A bundle holds the tiles of one class that
lie in one *piece* of the lengths along every dimension. Of every amount it has the least that any
of its tiles has; where an amount may only help when it is large, the most. So whatever a mapping
made of these tiles costs, the model takes it for no more. A class is one piece at first. Where the
model finds a mapping, the pieces in which its tiles lie are split, until they hold one length each.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from zigzag_imc.solver.formulation.candidate import (
    Activity,
    Candidate,
    PortLoads,
    Room,
    Where,
)
from zigzag_imc.solver.presolve.bundled import Bundled
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.any_sizes.any_cut import AnyCut
from zigzag_imc.solver.tables.any_sizes.step_lattice import Numbers
from zigzag_imc.solver.tables.cut import Cut, PortKey
from zigzag_imc.solver.tables.lattice import Array

Index = tuple[Numbers, ...]
"""Places of some tiles, axis by axis."""

PARTS = 8
"""Parts into which a piece is split."""


@dataclass
class Pieces:
    """Pieces of the lengths along every relevant dimension of every cut.

    Attributes
    ----------
    begins
        Per cut and dimension, the shortest length of every piece, but for those where a class
        begins.
    """

    begins: dict[tuple[CutPlace, str], set[int]] = field(default_factory=dict)

    def of(self, cut: AnyCut, index: Index) -> list[Numbers]:
        """Piece in which tiles lie, axis by axis; along idle dimensions, their class."""
        found = []
        for dim, own in zip(cut.lattice.dims, index, strict=False):
            if dim not in cut.relevant:
                found.append(own)
                continue
            lengths = cut.lengths[dim][own]
            found.append(np.searchsorted(self._all_begins(cut, dim), lengths, side="right"))
        return found or list(index)

    def split(self, cut: AnyCut, lengths: Mapping[str, int]) -> bool:
        """Split the pieces that hold a tile; whether there is one of more than one length."""
        is_split = False
        for dim in cut.lattice.dims:
            if dim in cut.relevant:
                is_split |= self._split(cut, dim, lengths[dim])
        return is_split

    def _split(self, cut: AnyCut, dim: str, length: int) -> bool:
        begins = self._all_begins(cut, dim)
        place = int(np.searchsorted(begins, length, side="right"))
        first = int(begins[place - 1])
        end = int(begins[place]) if place < len(begins) else first + 1
        if end - first < 2:
            return False
        inner = np.linspace(first, end, PARTS + 1).astype(np.int64)
        self.begins.setdefault((cut.place, dim), set()).update(inner[1:-1].tolist())
        return True

    def _all_begins(self, cut: AnyCut, dim: str) -> Numbers:
        own = self.begins.get((cut.place, dim), set())
        return np.union1d(cut.lattice.first[dim], np.array(sorted(own), dtype=np.int64))


def bundles_at(
    cut: AnyCut, index: Index, plain: Collection[str], pieces: Pieces | None = None
) -> Iterator[Candidate]:
    """Yield the bundles of some tiles; without pieces, every tile by itself.

    ``plain`` are the dimensions that are relevant to the operand, and in none of its windows.
    """
    if not len(index[0]):
        return
    bundled = Bundled(cut, index, pieces)
    known = cut.cut_at(bundled.index)
    where = _wheres(cut, bundled)
    loads = _loads(cut, known, bundled)
    rooms = _rooms(cut, known, bundled, _steps(cut, bundled, plain))
    energy_pj, energy_by = bundled.least(known.energy_pj), bundled.by_length(known.energy_pj)
    for own in zip(where, energy_pj, loads, rooms, energy_by, strict=True):
        yield Candidate(*own)


def _wheres(cut: AnyCut, bundled: Bundled) -> Iterator[Where]:
    """Yield where bundles lie."""
    dims, index = cut.lattice.dims, bundled.index
    first = [bundled.least(axis) for axis in index]
    last = [bundled.most(axis) for axis in index]
    held = bundled.each(_steps(cut, bundled, cut.relevant))
    for number, held_steps in enumerate(held):
        lengths = {
            dim: _lengths(cut, dim, int(low[number]), int(high[number]))
            for dim, low, high in zip(dims, first, last, strict=False)
        }
        yield Where(
            option=0,
            place=cut.place,
            index=tuple(int(low[number]) for low in first),
            powers={},
            steps=math.prod([own[-1] for own in lengths.values()]),
            lengths=lengths,
            held_steps=held_steps,
        )


def _steps(cut: AnyCut, bundled: Bundled, dims: Collection[str]) -> Numbers:
    """Steps of every tile along some dimensions that are relevant to the operand."""
    steps = np.ones(bundled.number, dtype=np.int64)
    for dim, axis in zip(cut.lattice.dims, bundled.index, strict=False):
        if dim in dims:
            steps = steps * cut.lengths[dim][axis]
    return steps


def _lengths(cut: AnyCut, dim: str, first: int, last: int) -> Sequence[int]:
    """Lengths along a dimension at some places of its axis; of an idle one, those of the class."""
    if dim in cut.relevant:
        own: list[int] = cut.lengths[dim][first : last + 1].tolist()
        return own
    return [int(length) for length in cut.lengths_at(dim, first)]


def _loads(cut: AnyCut, known: Cut, bundled: Bundled) -> Iterator[PortLoads]:
    """Yield how bundles load the ports."""
    least, most = bundled.least, bundled.most
    busy = {key: least(amount) for key, amount in known.busy.items()}
    stuck = {key: least(amount) for key, amount in known.stuck.items()}
    once = {key: least(amount) for key, amount in known.loads.items()}
    taken = {key: (least(bits), most(bits)) for key, bits in known.taken.items()}
    exposed, exposed_by = least(known.link), bundled.by_length(known.link)
    activities = {
        key: [[bundled.each(amount) for amount in one] for one in own]
        for key, own in cut.activities_at(bundled.index).items()
    }
    for number in range(len(bundled.starts)):
        yield PortLoads(
            busy=_of(busy, number),
            stuck=_of(stuck, number),
            activities={
                key: tuple(
                    Activity(*(amount[number] for amount in one))
                    for one in own
                    if one[0][number].any()
                )
                for key, own in activities.items()
            },
            once=_of(once, number),
            exposed=float(exposed[number]),
            taken={key: int(low[number]) for key, (low, _) in taken.items()},
            most_taken={key: int(high[number]) for key, (_, high) in taken.items()},
            exposed_by=exposed_by[number],
        )


def _rooms(cut: AnyCut, known: Cut, bundled: Bundled, plain: Numbers) -> Iterator[Room]:
    """Yield what bundles take in the memory, given the plain steps of every tile."""
    of_second, of_step = (cut.at(amount, bundled.index) for amount in (cut.need, cut.least_need))
    need, most_need = bundled.least(of_second), bundled.most(of_second)
    least_need, bits = bundled.least(of_step), bundled.least(known.bits)
    need_of_step = least_ratio(of_second, plain)
    need_by, planes = bundled.by_length(of_second), bundled.planes(of_second)
    most_need_by = bundled.by_length(of_second, most=True)
    most_planes = bundled.planes_above(of_second)
    bits_by, bits_planes = bundled.by_length(known.bits), bundled.planes(known.bits)
    for number in range(len(bundled.starts)):
        yield Room(
            memory=cut.memory,
            bits=int(bits[number]),
            need=int(need[number]),
            least_need=int(least_need[number]),
            more_need=int(most_need[number]) - int(need[number]),
            need_of_step=need_of_step,
            need_by=need_by[number],
            most_need_by=most_need_by[number],
            need_planes=planes[number],
            most_need_planes=most_planes[number],
            bits_by=bits_by[number],
            bits_planes=bits_planes[number],
        )


def least_ratio(amounts: Array, of: Numbers) -> Fraction:
    """Least ratio of whole numbers, exactly: as a rule, many are equal."""
    whole = amounts.astype(np.int64)
    common = np.gcd(whole, of)
    pairs = np.unique(np.stack([whole // common, of // common]), axis=1)
    return min(Fraction(*pair) for pair in pairs.T.tolist())


def _of(amounts: Mapping[PortKey, Sequence[float]], number: int) -> dict[PortKey, float]:
    """Amount of one bundle on every port."""
    return {key: float(own[number]) for key, own in amounts.items()}

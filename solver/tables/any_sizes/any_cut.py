"""One cut of one operand under one spatial mapping, for tiles of any lengths.

*Fine* are arrays with an entry for every length along the dimensions that are relevant to the
operand, and for every class of lengths along the others, which matter by their numbers of steps
alone. *Coarse* are arrays over the `StepLattice`: of every class, the least of its tiles.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from typing import NamedTuple

import numpy as np

from zigzag_imc.models.timing.loading import taken_bits
from zigzag_imc.solver.tables.any_sizes.amount import Amount
from zigzag_imc.solver.tables.any_sizes.lazily import changed
from zigzag_imc.solver.tables.any_sizes.step_lattice import Numbers, StepLattice
from zigzag_imc.solver.tables.any_sizes.terms import Starts, Term
from zigzag_imc.solver.tables.cut import AT_ARRAY, Cut, PortKey
from zigzag_imc.solver.tables.lattice import Array


class Periodic(NamedTuple):
    """What the transfers over a cut move on a port, to be spread over all of computing.

    Attributes
    ----------
    bits
        Bits of all transfers of a load below the boundary.
    fan
        Instances that one transfer feeds.
    steps
        Activations of the array.
    rate
        Cycles per activation.
    """

    bits: Amount
    fan: int
    steps: int
    rate: float

    def taken(self, bits: Array, is_once: Array) -> Array:
        """Bits per cycle that loads of some bits take; none of what is loaded once."""
        taken: Array = taken_bits(bits, self.steps, self.fan, self.rate)
        return np.where(is_once, 0.0, taken)


class Transferred(NamedTuple):
    """Equal transfers that compete with computing, of every tile.

    Attributes
    ----------
    transfers
        How many there are.
    cycles
        Cycles of each.
    share
        How long the window of each is, relative to that of a full tile.
    """

    transfers: Array
    cycles: Array
    share: Array


ActivitiesOf = Callable[[Mapping[str, Numbers], int], Iterable[Transferred]]
"""Works out the transfers of so many tiles, given the lengths of each along every dimension."""


@dataclass(frozen=True, eq=False)
class AnyCut:
    """A cut.

    Attributes
    ----------
    operand, boundaries, memory
        As of a `Cut`.
    lattice
        Classes of tiles.
    lengths
        Per dimension with several steps, all lengths of the tile along it; of dimensions idle to
        the operand, the shortest of every class.
    relevant
        Which of these dimensions are relevant to the operand.
    energy, bits
        Energy of all transfers over the cut, in pJ, and bits of the full tile in the memory below.
    busy, stuck
        Per port, cycles as of a `Cut`, at most.
    link
        Cycles of the on- or offloading that are surely exposed, at most.
    loads
        Per port, cycles of the on- or offloading, exposed or not.
    passing
        Per port, cycles of all transfers of these loads.
    periodic
        Per port, what its periodic loads take of it.
    activities
        Per port, what works out of tiles of some lengths the equal transfers that compete with
        computing (`Transferred`). Tables of them would take more than all others together.
    need, least_need
        Bits that a second full tile takes beside the first one, and at least.
    domains
        Per idle dimension, all lengths of the tile, where not all of every class are allowed.
    is_forbidden
        Whether no tile is allowed.
    """

    operand: int
    boundaries: tuple[int, ...]
    memory: int
    lattice: StepLattice
    lengths: Mapping[str, Numbers]
    relevant: frozenset[str]
    energy: Amount
    bits: Amount
    busy: Mapping[PortKey, Amount] = field(default_factory=dict)
    stuck: Mapping[PortKey, Amount] = field(default_factory=dict)
    link: Amount = field(default_factory=Amount.of)
    loads: Mapping[PortKey, Amount] = field(default_factory=dict)
    passing: Mapping[PortKey, Amount] = field(default_factory=dict)
    periodic: Mapping[PortKey, Periodic] = field(default_factory=dict)
    activities: Mapping[PortKey, ActivitiesOf] = field(default_factory=dict)
    need: Amount = field(default_factory=Amount.of)
    least_need: Amount = field(default_factory=Amount.of)
    domains: Mapping[str, Numbers] = field(default_factory=dict)
    is_forbidden: bool = False

    @property
    def place(self) -> tuple[int, int]:
        """Operand and uppermost boundary."""
        return self.operand, self.boundaries[-1]

    @property
    def is_at_array(self) -> bool:
        """Whether there is no memory below, but the array itself."""
        return self.memory == AT_ARRAY

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Fine shape."""
        return tuple(len(self.lengths[dim]) for dim in self.lattice.dims) or (1,)

    @cached_property
    def classes(self) -> dict[str, Numbers]:
        """Class of every length, per dimension."""
        return {dim: self.lattice.class_of(dim, own) for dim, own in self.lengths.items()}

    @cached_property
    def _starts(self) -> Starts:
        """Where the classes of the lengths along every axis start."""
        return [
            np.flatnonzero(np.diff(self.classes[dim], prepend=-1)).tolist()
            if dim in self.relevant
            else None
            for dim in self.lattice.dims
        ] or [None]

    @cached_property
    def _kept(self) -> list[Numbers]:
        """Classes along every axis that have a length here."""
        one = np.zeros(1, dtype=np.int64)
        return [np.unique(self.classes[dim]) for dim in self.lattice.dims] or [one]

    @cached_property
    def _holds_all(self) -> bool:
        """Whether the whole of all dimensions may lie below."""
        ends = (
            own[-1] == size - 1 for own, size in zip(self._kept, self.lattice.shape, strict=True)
        )
        return all(ends)

    # ------------------------------------------------------------------ fine
    def at(self, amount: Amount, index: Sequence[Numbers]) -> Array:
        """An amount of some tiles, given by their indices along every axis."""
        found = np.zeros(len(index[0]))
        for term in amount.terms:
            found = found + _picked(term.weights, index) * _picked(term.rows, index)
        if amount.of_whole is not None and self._holds_all:
            ends = (own == size - 1 for own, size in zip(index, self.shape, strict=True))
            found = np.where(np.logical_and.reduce(list(ends)), amount.of_whole, found)
        return found

    # ------------------------------------------------------------------ coarse
    def coarse(self, amount: Amount, beyond: float = 0.0) -> Array:
        """The least of an amount of every class of tiles; ``beyond`` where there is none here."""
        parts = [term.coarse(self._starts) for term in amount.terms]
        shape = tuple(map(len, self._kept))
        kept = self._filled(amount, parts, shape)
        if shape == self.lattice.shape:
            return kept
        found = np.full(self.lattice.shape, beyond)
        found[np.ix_(*self._kept)] = kept
        return found

    def least_of_class(self, amount: Amount, index: tuple[int, ...]) -> float:
        """The least of an amount of one class of tiles; infinite where there is none here."""
        spans = [self._spans[axis][own] for axis, own in enumerate(index)]
        if any(span.start == span.stop for span in spans):
            return np.inf
        if amount.of_whole is not None and index == self._last_class:
            return amount.of_whole
        return sum(term.least(spans) for term in amount.terms)

    @cached_property
    def _spans(self) -> list[list[slice]]:
        """Per axis, the lengths of every class."""
        spans = []
        for dim, count in zip(self.lattice.dims, self.lattice.shape, strict=False):
            starts = np.searchsorted(self.classes[dim], np.arange(count + 1)).tolist()
            spans.append(list(itertools.starmap(slice, itertools.pairwise(starts))))
        return spans or [[slice(0, 1)]]

    @cached_property
    def _last_class(self) -> tuple[int, ...]:
        """The class of the tile that is all there is."""
        return tuple(size - 1 for size in self.lattice.shape)

    def timed_cut(self) -> Cut:
        """Return the least of all that is known of every class of tiles but the energy.

        That is zero where tiles are allowed. Of ports, when it is first asked for: one of them is
        enough to be out, as a rule.
        """
        return Cut(
            operand=self.operand,
            boundaries=self.boundaries,
            memory=self.memory,
            energy_pj=self._nothing_where_allowed(),
            bits=self.coarse(self.bits),
            busy=changed(self.coarse, self.busy),
            stuck=changed(self.coarse, self.stuck),
            link_of=cache(partial(self.coarse, self.link)),
            loads=changed(self.coarse, self.loads),
            passing=changed(self.coarse, self.passing),
            taken=changed(self._coarse_taken, self.periodic),
        )

    def with_energy(self, timed: Cut) -> Cut:
        """Return classes of tiles with the least of their energies, too."""
        energy_pj = self.coarse(self.energy, beyond=np.inf)
        return replace(timed, energy_pj=timed.energy_pj + energy_pj)

    def _nothing_where_allowed(self) -> Array:
        """Zero for every class of which tiles are allowed, and infinite for others."""
        if self.is_forbidden:
            return np.full(self.lattice.shape, np.inf)
        return self.coarse(Amount.of(), beyond=np.inf)

    def cut_at(self, index: Sequence[Numbers]) -> Cut:
        """Return what is known of some tiles, given by their indices along every axis."""
        return Cut(
            operand=self.operand,
            boundaries=self.boundaries,
            memory=self.memory,
            energy_pj=self.at(self.energy, index),
            bits=self.at(self.bits, index),
            busy={key: self.at(amount, index) for key, amount in self.busy.items()},
            stuck={key: self.at(amount, index) for key, amount in self.stuck.items()},
            link_of=cache(partial(self.at, self.link, index)),
            loads={key: self.at(amount, index) for key, amount in self.loads.items()},
            passing={key: self.at(amount, index) for key, amount in self.passing.items()},
            taken={key: self._taken_at(own, index) for key, own in self.periodic.items()},
        )

    def activities_at(self, index: Sequence[Numbers]) -> dict[PortKey, list[Transferred]]:
        """Return the transfers of some tiles that compete with computing, given by their indices.

        These are worked out from lengths, so a cut with fewer lengths has what it had before.
        """
        of_dims = zip(self.lattice.dims, index, strict=False)
        lengths = {dim: self.lengths[dim][own] for dim, own in of_dims}
        return {key: list(of(lengths, len(index[0]))) for key, of in self.activities.items()}

    def _taken_at(self, periodic: Periodic, index: Sequence[Numbers]) -> Array:
        """Bits per cycle that periodic loads of some tiles take of a port."""
        sizes = self.lattice.sizes
        ends = [
            self.lengths[dim][own] == sizes[dim]
            for dim, own in zip(self.lattice.dims, index, strict=False)
        ]
        is_once = np.logical_and.reduce(ends) if ends else np.ones(len(index[0]), dtype=np.bool_)
        return periodic.taken(self.at(periodic.bits, index), is_once)

    def _coarse_taken(self, periodic: Periodic) -> Array:
        """Least of the bits per cycle that periodic loads of every class of tiles take.

        Fewer bits take no more of them; the whole is a class of its own, the last one.
        """
        is_once = np.zeros(self.lattice.shape, dtype=np.bool_)
        is_once.flat[-1] = True
        return periodic.taken(self.coarse(periodic.bits), is_once)

    def expanded(self, coarse: Array) -> Array:
        """Return for every tile what is known of its class."""
        index = [self.classes[dim] for dim in self.lattice.dims]
        found: Array = coarse[np.ix_(*index)] if index else coarse
        return found

    def class_at(self, index: Sequence[Numbers]) -> tuple[Numbers, ...]:
        """Classes of some tiles, given by their indices along every axis."""
        dims = self.lattice.dims
        return tuple(self.classes[dim][own] for dim, own in zip(dims, index, strict=False)) or (
            np.zeros_like(index[0]),
        )

    def lengths_at(self, dim: str, place: int) -> Numbers:
        """Return all lengths along a dimension that a place on its axis stands for."""
        length = self.lengths[dim][place]
        if dim in self.relevant:
            return np.array([length])
        own = int(self.lattice.class_of(dim, length))
        all_of = np.arange(self.lattice.first[dim][own], self.lattice.last[dim][own] + 1)
        return np.intersect1d(all_of, self.domains[dim]) if dim in self.domains else all_of

    def restricted(self, dim: str, allowed: Array) -> AnyCut:
        """Return the cut with some lengths along a dimension alone.

        ``allowed`` says of every length from one on whether it is; where none of this cut is, its
        energy is infinite.
        """
        own = self.lengths[dim]
        keeps = [bool(allowed[self.lengths_at(dim, place) - 1].any()) for place in range(len(own))]
        places = np.flatnonzero(keeps)
        if not len(places):
            axes = len(self.lattice.shape)
            nothing = Term(np.full((1,) * axes, np.inf), np.ones((1,) * axes))
            return replace(self, energy=Amount.of([nothing]), is_forbidden=True)
        axis = self.lattice.dims.index(dim)
        domains = dict(self.domains)
        if dim not in self.relevant:
            known = self.domains.get(dim, np.arange(1, len(allowed) + 1))
            domains[dim] = np.intersect1d(known, np.flatnonzero(allowed) + 1)
        return replace(
            self.mapped(lambda amount: amount.only(axis, places)),
            lengths={**self.lengths, dim: own[places]},
            domains=domains,
        )

    def mapped(self, change: Callable[[Amount], Amount]) -> AnyCut:
        """Return the cut with all amounts changed."""
        return replace(
            self,
            energy=change(self.energy),
            bits=change(self.bits),
            busy=changed(change, self.busy),
            stuck=changed(change, self.stuck),
            link=change(self.link),
            loads=changed(change, self.loads),
            passing=changed(change, self.passing),
            periodic=changed(lambda own: own._replace(bits=change(own.bits)), self.periodic),
            need=change(self.need),
            least_need=change(self.least_need),
        )

    def _filled(self, amount: Amount, parts: Sequence[Array], shape: tuple[int, ...]) -> Array:
        """Add up parts over a shape."""
        found = np.zeros(shape)
        for part in parts:
            found += part
        if amount.of_whole is not None and self._holds_all:
            found[(-1,) * len(shape)] = amount.of_whole
        return found


def _picked(values: Array, index: Sequence[Numbers]) -> Array:
    """Values at some places; an axis of one entry has the same for all."""
    places = [
        own if size > 1 else np.zeros_like(own)
        for own, size in zip(index, values.shape, strict=True)
    ]
    found: Array = values[tuple(places)]
    return found

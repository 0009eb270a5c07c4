"""What transfers take of one port, worked out as far as a bound asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, reduce
from typing import TYPE_CHECKING

import numpy as np

from zigzag_imc.core.layer import OUTPUTS
from zigzag_imc.models.movement.traffic import Access
from zigzag_imc.solver.tables.any_sizes.amount import Amount
from zigzag_imc.solver.tables.any_sizes.any_cut import (
    ActivitiesOf,
    AnyCut,
    Periodic,
    Transferred,
)
from zigzag_imc.solver.tables.any_sizes.cut_builder import Lengths
from zigzag_imc.solver.tables.any_sizes.moved import Moved, Way, transferred
from zigzag_imc.solver.tables.any_sizes.step_lattice import Numbers
from zigzag_imc.solver.tables.any_sizes.terms import Term
from zigzag_imc.solver.tables.cut import PortKey
from zigzag_imc.solver.tables.lattice import Array

if TYPE_CHECKING:
    from zigzag_imc.solver.tables.any_sizes.port_terms import PortTerms


class Transfers:
    """What one access of the transfers over a cut takes, worked out as far as it is asked for.

    Attributes
    ----------
    access, back
        The access, and whether it moves partial sums back down.
    """

    def __init__(
        self,
        terms: PortTerms,
        cut: AnyCut,
        flow: tuple[Access, bool],
        lengths: Lengths,
        visits: Array,
    ) -> None:
        self.access, self.back = flow
        self._terms, self._cut, self._lengths, self._visits = terms, cut, lengths, visits

    @property
    def key(self) -> PortKey:
        """The port."""
        return self.access.memory_index, self.access.port_index

    @cached_property
    def ways(self) -> list[Way]:
        """What kinds of elements cross."""
        return self._terms.ways(self._cut, self.back, self._visits)

    @cached_property
    def outside(self) -> list[Array]:
        """Cycles of what is on- or offloading, in each way."""
        wanted = self._cut, self.access
        return [self._terms.outside(*wanted, way, self._lengths) for way in self.ways]

    @cached_property
    def _moved(self) -> list[Moved]:
        """All that is moved, in each way."""
        wanted = self._cut, self.access
        return [
            Moved(way, self._terms.together(*wanted, way, self._lengths), outside)
            for way, outside in zip(self.ways, self.outside, strict=True)
        ]

    def busy(self) -> Amount:
        """Cycles of all transfers that compete with computing."""
        return later(self._moved, self._visits, self.back)

    def stuck(self) -> Amount:
        """The part of them that no window hides."""
        wanted = self._cut, self.access
        unhidden = [self._terms.unhidden(*wanted, way, self._lengths) for way in self.ways]
        return later(unhidden, self._visits, self.back)

    def activities(self, lengths: Lengths) -> Iterator[Transferred]:
        """Yield those of tiles of some lengths, kind by kind."""
        is_unloaded = self._cut.operand == OUTPUTS
        visits = self._terms.visits(self._cut.operand, lengths)
        for way in self._terms.ways(self._cut, self.back, visits):
            kinds = self._terms.kinds(self._cut, self.access, way, lengths)
            yield from transferred(kinds, visits, way, self.back, is_unloaded)

    def loads(self) -> Amount:
        """Cycles of the on- or offloading."""
        both = zip(self.ways, self.outside, strict=True)
        return Amount.of([Term(way.when, cycles) for way, cycles in both])

    def passing(self) -> Amount:
        """Cycles of all periods of what is loaded or unloaded."""
        terms = (Term(self._visits * one.way.when, one.together) for one in self._moved)
        return Amount.of(tuple(terms))

    def periodic(self) -> Periodic:
        """What is moved below the boundary."""
        return self._terms.periodic(self._cut, self.access, self._lengths, self._visits)


def all_of(own: Sequence[Transfers], amount: Callable[[Transfers], Amount]) -> Callable[[], Amount]:
    """Return what adds up an amount of several transfers."""
    return lambda: reduce(Amount.plus, map(amount, own))


def activities_of(own: Sequence[Transfers], dims: Iterable[str]) -> ActivitiesOf:
    """Return what works out the activities of several transfers.

    ``dims`` are all dimensions; those with a single step have no lengths.
    """

    def of(known: Mapping[str, Numbers], number: int) -> Iterator[Transferred]:
        one = np.ones(number, dtype=np.int64)
        lengths = {dim: known.get(dim, one) for dim in dims}
        for transfers in own:
            for each in transfers.activities(lengths):
                yield Transferred(*(np.broadcast_to(amount, (number,)) for amount in each))

    return of


def later(moved: list[Moved], visits: Array, back: bool) -> Amount:
    """Cycles of all periods but the one outside.

    Partial sums come back on every visit of a tile but the first.
    """
    terms = [Term((visits - 1) * one.way.when, one.together) for one in moved]
    if not back:
        terms += [Term(one.way.when, one.together - one.outside) for one in moved]
    return Amount.of(tuple(terms))

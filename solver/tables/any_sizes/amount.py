"""Amounts of every tile at a cut, worked out when they are first asked for.

Most spatial mappings are out by a bound that reads few of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from zigzag_imc.solver.tables.any_sizes.step_lattice import Numbers
from zigzag_imc.solver.tables.any_sizes.terms import Term


class _Known(NamedTuple):
    """What an amount is the sum of, and of the tile that is all there is where that differs."""

    terms: tuple[Term, ...]
    of_whole: float | None


@dataclass(frozen=True, eq=False)
class Amount:
    """An amount of every tile at a cut.

    Attributes
    ----------
    make
        Works it out; called once at most.
    """

    make: Callable[[], _Known]

    @classmethod
    def of(cls, terms: Sequence[Term] = (), of_whole: float | None = None) -> Amount:
        """Return what is known already: nothing, where nothing is given."""
        known = _Known(tuple(terms), of_whole)
        return cls(lambda: known)

    @classmethod
    def later(cls, make: Callable[[], Amount]) -> Amount:
        """Return what is to be worked out."""
        return cls(lambda: make()._known)

    @cached_property
    def _known(self) -> _Known:
        return self.make()

    @property
    def terms(self) -> tuple[Term, ...]:
        """What it is the sum of."""
        return self._known.terms

    @property
    def of_whole(self) -> float | None:
        """The amount of the tile that is all there is, where that differs."""
        return self._known.of_whole

    def plus(self, other: Amount) -> Amount:
        """Return the sum of two amounts of which neither differs for the whole."""
        return Amount.later(lambda: Amount.of((*self.terms, *other.terms)))

    def only(self, axis: int, places: Numbers) -> Amount:
        """Return the amounts at some places along an axis."""

        def kept() -> Amount:
            return Amount.of([term.only(axis, places) for term in self.terms], self.of_whole)

        return Amount.later(kept)

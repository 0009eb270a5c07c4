"""Faults of an order of steps that is a part of the choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from zigzag_imc.solver.network.keeping_problem import Life
from zigzag_imc.solver.network.ordering import OrderOfSteps, Truth

Plant = Callable[[pytest.MonkeyPatch], None]


def dependences_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A step may come before another one, and after what depends on that."""
    patch.setattr(OrderOfSteps, "_add_dependences", lambda self: None)


def round_trips(patch: pytest.MonkeyPatch) -> None:
    """Three steps may each come before the next, in a circle."""
    patch.setattr(OrderOfSteps, "_add_triples", lambda self: None)


def held_from_the_beginning(patch: pytest.MonkeyPatch) -> None:
    """A tensor takes room before it is written."""
    patch.setattr(OrderOfSteps, "_begun", lambda self, life, step: True)


def read_once(patch: pytest.MonkeyPatch) -> None:
    """A tensor leaves after the first of the steps that read it."""
    whole = OrderOfSteps._open

    def wrong(self: OrderOfSteps, life: Life, step: int) -> Iterator[Truth]:
        return whole(self, Life(life.begins, life.ends[:1]), step)

    patch.setattr(OrderOfSteps, "_open", wrong)


def held_in_either(patch: pytest.MonkeyPatch) -> None:
    """A tensor need not take its room where it is kept and live."""

    def wrong(self: OrderOfSteps, one: Truth, other: Truth) -> Truth:
        found = self._model.new_bool_var("")
        self._model.add_implication(found, one)
        self._model.add_implication(found, other)
        return found

    patch.setattr(OrderOfSteps, "both", wrong)


FAULTS: tuple[Plant, ...] = (
    dependences_forgotten,
    round_trips,
    held_from_the_beginning,
    read_once,
    held_in_either,
)

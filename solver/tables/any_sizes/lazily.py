"""Amounts per port that are worked out when they are first asked for.

Most spatial mappings are out by the first bound that is looked at, which reads one port of a few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar

from zigzag_imc.solver.tables.cut import PortKey

T = TypeVar("T")
Other = TypeVar("Other")


class Lazily(Mapping[PortKey, T]):
    """What is known of ports, by what works it out.

    Parameters
    ----------
    makers
        Per port, what works it out; called once at most.
    """

    def __init__(self, makers: Mapping[PortKey, Callable[[], T]]) -> None:
        self._makers = dict(makers)
        self._known: dict[PortKey, T] = {}

    def __getitem__(self, key: PortKey) -> T:
        if key not in self._known:
            self._known[key] = self._makers[key]()
        return self._known[key]

    def __contains__(self, key: object) -> bool:
        return key in self._makers  # `Mapping` would work it out to see

    def __iter__(self) -> Iterator[PortKey]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def changed(change: Callable[[T], Other], amounts: Mapping[PortKey, T]) -> Lazily[Other]:
    """Return amounts changed, each when it is first asked for."""

    def of(key: PortKey) -> Other:
        return change(amounts[key])

    return Lazily({key: partial(of, key) for key in amounts})

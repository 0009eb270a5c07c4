"""What is answered where the time ends before any choice is known whole: nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.locality.cases import Case, Spot, Way, plain_case
from zigzag_imc.locality.knowledge import Knowledge
from zigzag_imc.locality.weighing import Weights
from zigzag_imc.models.locality.places import Places
from zigzag_imc.models.locality.timeline import Timeline


@dataclass(frozen=True)
class Chosen:
    """A choice of what is kept.

    Attributes
    ----------
    timeline
        The steps in the order in which they run.
    places
        Where tensors are kept, and weights stay.
    ways
        Way of every layer, in the order of the spots.
    cases
        Case of every layer.
    value
        Weighted cost of all of them together; infinite where one has no mapping.
    """

    timeline: Timeline
    places: Places
    ways: tuple[Way, ...]
    cases: tuple[Case, ...]
    value: float


@dataclass(frozen=True)
class Answer:
    """What is known after some rounds with the same weights.

    Attributes
    ----------
    best
        Best choice whose cases are known; of infinite value where there is none.
    bound
        Certified lower bound of the weighted cost of every choice.
    is_settled
        Whether the model's own choice consisted of known cases at last.
    """

    best: Chosen
    bound: float
    is_settled: bool


def plain_ways(spot: Spot) -> Iterator[tuple[Way, Case]]:
    """Yield the ways to run a layer of which nothing is kept, with either operand stored."""
    for way in spot.ways:
        case = plain_case(way)
        if case is not None:
            yield way, case


def sure_choice(
    timeline: Timeline,
    places: Places,
    ways_of_layers: Iterable[Iterator[tuple[Way, Case]]],
    knowledge: Knowledge,
    weights: Weights,
) -> Chosen:
    """Return the choice that is known to have room, with the best mappings that are known.

    To keep nothing needs no room, so it is one wherever each layer has a mapping by itself; else it
    is what is given.
    """
    ways, cases, total = [], [], 0.0
    for own_ways in ways_of_layers:
        found = [(_value(knowledge, case, weights), way, case) for way, case in own_ways]
        value, way, case = min(found, key=lambda one: one[0])
        ways.append(way)
        cases.append(case)
        total += value
    return Chosen(timeline, places, tuple(ways), tuple(cases), total)


def better(one: Chosen | None, other: Chosen) -> Chosen:
    """The choice of less cost; the later one where both are as good."""
    if one is None or other.value <= one.value * (1 + TOLERANCE):
        return other
    return one


def _value(knowledge: Knowledge, case: Case, weights: Weights) -> float:
    """Weighted cost of the best mapping that is known; infinite where there is none."""
    return knowledge.of(case).best_known(weights)

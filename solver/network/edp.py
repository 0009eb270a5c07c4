"""Network scope.

One point of each layer's front, so that total energy times total latency is least.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import NamedTuple

from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.models.cost import Cost
from zigzag_imc.solver.solution import Front

_BALANCING_STEPS = 30
"""Weights of energy against latency that are tried for a good first choice."""

_LEAST_CYCLES = 1e-30
"""Stands for a latency of nothing in a quotient."""


class Totals(NamedTuple):
    """Latency and energy, of a point or of several layers together.

    Attributes
    ----------
    latency
        Latency, in cycles.
    energy_pj
        Energy, in pJ.
    """

    latency: float
    energy_pj: float

    @classmethod
    def of(cls, cost: Cost) -> Totals:
        """Read them off a cost."""
        return cls(cost.latency_cycles, cost.energy_pj)

    @classmethod
    def least(cls, points: Iterable[Totals]) -> Totals:
        """Return the least of both that some points have, if not together."""
        latencies, energies_pj = zip(*points, strict=True)
        return cls(min(latencies), min(energies_pj))

    @property
    def product(self) -> float:
        """Energy-delay product."""
        return self.latency * self.energy_pj

    @property
    def pj_per_cycle(self) -> float:
        """Energy per latency: the weight at which both count as much."""
        return self.energy_pj / max(_LEAST_CYCLES, self.latency)

    def plus(self, other: Totals) -> Totals:
        """Add those of further layers."""
        return Totals(self.latency + other.latency, self.energy_pj + other.energy_pj)

    def times(self, count: int) -> Totals:
        """Return those of a layer that occurs so often."""
        return Totals(count * self.latency, count * self.energy_pj)

    def weighted(self, weight: float) -> float:
        """Return ``energy + weight * latency``."""
        return self.energy_pj + weight * self.latency


NOTHING = Totals(0.0, 0.0)
"""Totals of no layer."""


class Sum(NamedTuple):
    """Some layers together, each at one point of its front.

    Attributes
    ----------
    latency
        Their latency, in cycles.
    energy_pj
        Their energy, in pJ.
    chosen
        Index of the point of each.
    """

    latency: float
    energy_pj: float
    chosen: tuple[int, ...]

    def after(self, before: Sum) -> Sum:
        """Add the layers before."""
        latency = before.latency + self.latency
        energy_pj = before.energy_pj + self.energy_pj
        return Sum(latency, energy_pj, before.chosen + self.chosen)

    def can_win(self, rest: Totals, known: float) -> bool:
        """Whether it is within a known product with the least that the other layers add."""
        latency = self.latency + rest.latency
        energy_pj = self.energy_pj + rest.energy_pj
        return latency * energy_pj <= known


@dataclass(frozen=True)
class Points:
    """The front of one layer, times how often the layer occurs.

    Attributes
    ----------
    points
        Totals of every point.
    """

    points: tuple[Totals, ...]

    @classmethod
    def of(cls, front: Front, count: int) -> Points:
        """Read them off a front."""
        return cls(tuple(totals.times(count) for totals in _totals_of(front)))

    @property
    def least(self) -> Totals:
        """Least latency and least energy of any point."""
        return Totals.least(self.points)

    @cached_property
    def sums(self) -> list[Sum]:
        """Every point as a sum of this layer alone."""
        return [Sum(*point, (index,)) for index, point in enumerate(self.points)]

    def after(self, sums: Sequence[Sum]) -> Iterator[Sum]:
        """Add every point to every sum of the layers before."""
        for before in sums:
            for own in self.sums:
                yield own.after(before)

    def lightest(self, weight: float) -> Totals:
        """Point of least ``energy + weight * latency``."""
        return min(self.points, key=lambda point: point.weighted(weight))


def choose(fronts: Sequence[Front], counts: Sequence[int]) -> tuple[tuple[int, ...], bool]:
    """Choose a point of every front such that (sum of energies) x (sum of latencies) is least.

    Sums are built layer by layer. A partial sum that another one beats in both energy and latency
    can never end in a smaller product, because what is added is the same for both and the product
    rises with either; so only the Pareto front of the partial sums is kept, which makes the choice
    exact. Of choices whose product is as good, to the resolution of proofs, it is one of least
    energy. Partial sums whose product with the least that the other layers add already exceeds a
    known choice are dropped, too.

    Parameters
    ----------
    fronts
        Points of each distinct layer.
    counts
        How often each layer occurs.

    Returns
    -------
    tuple
        Index of the chosen point per layer, and whether the choice is proved (all fronts are).
    """
    if not all(front.points for front in fronts):
        raise ValueError("every layer needs at least one mapping")
    layers = [Points.of(front, count) for front, count in zip(fronts, counts, strict=True)]
    known = _balanced_product(layers) * (1 + RESOLUTION)
    sums = [Sum(*NOTHING, ())]
    for layer, rest in zip(layers, _least_after(layers), strict=True):
        sums = _undominated(longer for longer in layer.after(sums) if longer.can_win(rest, known))
    return _thriftiest(sums).chosen, all(front.proved for front in fronts)


def _thriftiest(sums: Sequence[Sum]) -> Sum:
    """Of complete sums whose product is as good as the least, the one with the least energy."""
    most = min(entry.latency * entry.energy_pj for entry in sums) * (1 + RESOLUTION)
    alike = (entry for entry in sums if entry.latency * entry.energy_pj <= most)
    return min(alike, key=lambda entry: (entry.energy_pj, entry.chosen))


def network_bound(fronts: Sequence[Front], counts: Sequence[int]) -> float:
    """Lower bound of total energy times total latency.

    No layer has less of either than its front or bound says.
    """
    bound = NOTHING
    for front, count in zip(fronts, counts, strict=True):
        bound = bound.plus(_least_of(front).times(count))
    return float(bound.product)


def _totals_of(front: Front) -> list[Totals]:
    """Totals of every point of a front."""
    return [Totals.of(point.cost) for point in front.points]


def _least_of(front: Front) -> Totals:
    """Least latency and least energy of a layer, as far as its front or bounds tell."""
    if front.proved and front.points:
        return Totals.least(_totals_of(front))
    return Totals(front.least_latency_cycles, front.least_energy_pj)


def _least_after(layers: Sequence[Points]) -> list[Totals]:
    """Least energy and least latency that all later layers add, for every layer."""
    rest = [NOTHING]
    for layer in reversed(layers[1:]):
        rest.append(rest[-1].plus(layer.least))
    return rest[::-1]


def _undominated(sums: Iterable[Sum]) -> list[Sum]:
    """Partial sums that no other beats in both energy and latency, by rising latency."""
    kept: list[Sum] = []
    least_pj = math.inf
    for entry in sorted(sums):
        if entry.energy_pj < least_pj:
            kept.append(entry)
            least_pj = entry.energy_pj
    return kept


def _balanced_product(layers: Sequence[Points]) -> float:
    """Product of some good choice.

    Each layer at the least weighted sum, for weights that follow the totals.
    """
    best = math.inf
    totals = _sum_of(layer.least for layer in layers)
    for _ in range(_BALANCING_STEPS):
        weight = totals.pj_per_cycle
        totals = _sum_of(layer.lightest(weight) for layer in layers)
        best = min(best, totals.product)
    return best


def _sum_of(totals: Iterable[Totals]) -> Totals:
    """Add up the totals of several layers."""
    return reduce(Totals.plus, totals, NOTHING)

"""Network scope.

One point of each layer's front, so that total energy times total latency is least.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from zigzag_imc.solver.solution import Front

ROUNDING = 1e-12
"""Relative error of a product of sums: what is dropped is worse by more."""

_BALANCING_STEPS = 30
"""Weights of energy against latency that are tried for a good first choice."""

_LEAST_CYCLES = 1e-30
"""Stands for a latency of nothing in a quotient."""


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

    def product(self) -> float:
        """Energy-delay product."""
        return self.latency * self.energy_pj


@dataclass(frozen=True, slots=True)
class Points:
    """The front of one layer, times how often the layer occurs.

    Attributes
    ----------
    energies_pj
        Energy of every point, in pJ.
    latencies
        Latency of every point, in cycles.
    """

    energies_pj: tuple[float, ...]
    latencies: tuple[float, ...]

    @classmethod
    def of(cls, front: Front, count: int) -> Points:
        """Read them off a front."""
        costs = [point.cost for point in front.points]
        return cls(
            tuple(count * cost.energy_pj for cost in costs),
            tuple(count * cost.latency_cycles for cost in costs),
        )

    def after(self, sums: Sequence[Sum]) -> Iterator[Sum]:
        """Add every point to every sum of the layers before."""
        for before in sums:
            for index, latency in enumerate(self.latencies):
                energy_pj = before.energy_pj + self.energies_pj[index]
                yield Sum(before.latency + latency, energy_pj, (*before.chosen, index))

    def lightest(self, weight: float) -> int:
        """Index of the point of least ``energy + weight * latency``."""
        weighted = [
            energy + weight * latency
            for energy, latency in zip(self.energies_pj, self.latencies, strict=True)
        ]
        return weighted.index(min(weighted))


def choose(fronts: Sequence[Front], counts: Sequence[int]) -> tuple[tuple[int, ...], bool]:
    """Choose a point of every front such that (sum of energies) x (sum of latencies) is least.

    Sums are built layer by layer. A partial sum that another one beats in both energy and latency
    can never end in a smaller product, because what is added is the same for both and the product
    rises with either; so only the Pareto front of the partial sums is kept, which makes the choice
    exact. Partial sums whose product with the least that the other layers add already exceeds a
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
    known = _balanced_product(layers) * (1 + ROUNDING)
    sums = [Sum(0.0, 0.0, ())]
    for layer, rest in zip(layers, _least_after(layers), strict=True):
        sums = _undominated(sorted(s for s in layer.after(sums) if _can_win(s, rest, known)))
    best = min(sums, key=lambda entry: (entry.product(), entry.chosen))
    return best.chosen, all(front.proved for front in fronts)


def network_bound(fronts: Sequence[Front], counts: Sequence[int]) -> float:
    """Lower bound of total energy times total latency.

    No layer has less of either than its front or bound says.
    """
    energy = latency = 0.0
    for front, count in zip(fronts, counts, strict=True):
        costs = [point.cost for point in front.points] if front.proved else []
        energy += count * min((cost.energy_pj for cost in costs), default=front.least_energy_pj)
        latency += count * min(
            (cost.latency_cycles for cost in costs), default=front.least_latency_cycles
        )
    return float(energy * latency)


def _least_after(layers: Sequence[Points]) -> list[Sum]:
    """Least energy and least latency that all later layers add, for every layer."""
    rest = [Sum(0.0, 0.0, ())]
    for layer in reversed(layers[1:]):
        latency = rest[-1].latency + min(layer.latencies)
        rest.append(Sum(latency, rest[-1].energy_pj + min(layer.energies_pj), ()))
    return rest[::-1]


def _can_win(entry: Sum, rest: Sum, known: float) -> bool:
    """Whether a partial sum with the least that the others add is within a known product."""
    return (entry.latency + rest.latency) * (entry.energy_pj + rest.energy_pj) <= known


def _undominated(by_latency: Sequence[Sum]) -> list[Sum]:
    """Partial sums that no other beats in both energy and latency."""
    kept: list[Sum] = []
    least_pj = math.inf
    for entry in by_latency:
        if entry.energy_pj < least_pj:
            kept.append(entry)
            least_pj = entry.energy_pj
    return kept


def _balanced_product(layers: Sequence[Points]) -> float:
    """Product of some good choice.

    Each layer at the least weighted sum, for weights that follow the totals.
    """
    best = math.inf
    energy = sum(min(layer.energies_pj) for layer in layers)
    latency = sum(min(layer.latencies) for layer in layers)
    for _ in range(_BALANCING_STEPS):
        weight = energy / max(_LEAST_CYCLES, latency)
        picks = [layer.lightest(weight) for layer in layers]
        energy = sum(layer.energies_pj[pick] for layer, pick in zip(layers, picks, strict=True))
        latency = sum(layer.latencies[pick] for layer, pick in zip(layers, picks, strict=True))
        best = min(best, energy * latency)
    return best

"""Network scope.

One point of each layer's front, so that total energy times total latency is least.
"""

from __future__ import annotations

from collections.abc import Sequence

from zigzag_imc.solver.solution import Front

Sum = tuple[float, float, tuple[int, ...]]
"""Latency and energy of the layers so far, and the point chosen for each."""


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
    energies = [
        [count * p.cost.energy_pj for p in front.points]
        for front, count in zip(fronts, counts, strict=True)
    ]
    latencies = [
        [count * p.cost.latency_cycles for p in front.points]
        for front, count in zip(fronts, counts, strict=True)
    ]
    known = _balanced_choice(energies, latencies)
    rest_energy, rest_latency = [0.0], [0.0]
    for e, c in zip(reversed(energies), reversed(latencies), strict=True):
        rest_energy.append(rest_energy[-1] + min(e))
        rest_latency.append(rest_latency[-1] + min(c))
    sums: list[Sum] = [(0.0, 0.0, ())]
    for number, (own_energy, own_latency) in enumerate(zip(energies, latencies, strict=True)):
        left = len(energies) - number - 1
        grown = sorted(
            (latency + own_latency[i], energy + own_energy[i], (*chosen, i))
            for latency, energy, chosen in sums
            for i in range(len(own_energy))
            if (latency + own_latency[i] + rest_latency[left])
            * (energy + own_energy[i] + rest_energy[left])
            <= known * (1 + 1e-12)
        )
        sums, least = [], float("inf")
        for entry in grown:
            if entry[1] < least:
                sums.append(entry)
                least = entry[1]
    best = min(sums, key=lambda entry: (entry[0] * entry[1], entry[2]))
    return best[2], all(front.proved for front in fronts)


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


def _balanced_choice(
    energies: Sequence[Sequence[float]], latencies: Sequence[Sequence[float]]
) -> float:
    """Product of some good choice.

    Each layer at the least weighted sum, for weights that follow the totals.
    """
    best = float("inf")
    weight = sum(map(min, energies)) / max(1e-30, sum(map(min, latencies)))
    for _ in range(30):
        picks = [
            min(range(len(e)), key=lambda i, e=e, c=c: e[i] + weight * c[i])  # type: ignore[misc]
            for e, c in zip(energies, latencies, strict=True)
        ]
        energy = sum(e[i] for e, i in zip(energies, picks, strict=True))
        latency = sum(c[i] for c, i in zip(latencies, picks, strict=True))
        best = min(best, energy * latency)
        weight = energy / max(1e-30, latency)
    return best

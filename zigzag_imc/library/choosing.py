"""The network as a whole: one point of each layer's front, for the least product of the totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zigzag_imc.onnx_workload.network import LayerGroup
from zigzag_imc.runs.job import Outcome
from zigzag_imc.solver.network.edp import choose, network_bound
from zigzag_imc.solver.solution import Front, ParetoPoint


@dataclass(frozen=True, slots=True)
class NetworkChoice:
    """One mapping of every layer that has any, chosen together.

    Attributes
    ----------
    points
        The chosen point per layer, by the layer's place; none for a layer without a mapping.
    edp
        Total energy x total latency of the chosen mappings, in pJ x cycles.
    bound
        Certified lower bound of it; ``None`` where a layer has no mapping.
    proved
        Whether no choice of mappings has less.
    """

    points: Mapping[int, ParetoPoint]
    edp: float
    bound: float | None
    proved: bool


def choose_together(groups: Sequence[LayerGroup], outcomes: Sequence[Outcome]) -> NetworkChoice:
    """Choose among the fronts of all layers; each counts as often as its layer occurs."""
    fronts = _known_fronts(outcomes)
    counts = {number: len(groups[number].names) for number in fronts}
    points, best = _best_points(fronts, counts)
    energy = sum(counts[number] * point.cost.energy_pj for number, point in points.items())
    latency = sum(counts[number] * point.cost.latency_cycles for number, point in points.items())
    edp = float(energy * latency)
    if len(points) < len(groups):
        return NetworkChoice(points, edp, None, False)
    if best and all(front.proved for front in fronts.values()):
        return NetworkChoice(points, edp, edp, True)
    bound = network_bound(list(fronts.values()), list(counts.values()))
    return NetworkChoice(points, edp, min(edp, bound), False)


def _known_fronts(outcomes: Sequence[Outcome]) -> dict[int, Front]:
    """Fronts with at least one point, by the places of their layers."""
    return {
        number: outcome.front
        for number, outcome in enumerate(outcomes)
        if outcome.front is not None and outcome.front.points
    }


def _best_points(
    fronts: Mapping[int, Front], counts: Mapping[int, int]
) -> tuple[dict[int, ParetoPoint], bool]:
    """Choose a point of every front, and say whether the choice is proved best."""
    if not fronts:
        return {}, True
    chosen, best = choose(list(fronts.values()), list(counts.values()))
    points = {
        number: front.points[place]
        for (number, front), place in zip(fronts.items(), chosen, strict=True)
    }
    return points, best

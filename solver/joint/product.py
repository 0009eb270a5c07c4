"""The energy-delay product, cut to the range of both factors before it is minimised.

With the least energy and the least latency of all mappings, a product of at most ``V`` leaves
``energy <= V / least latency`` and ``latency <= V / least energy``. Where the product of both is as
good as ``V``, nothing is left to prove.
"""

from __future__ import annotations

import math
from dataclasses import replace

from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.joint.bench import Bench, Minimum
from zigzag_imc.solver.joint.domain import NOTHING_KNOWN, Least
from zigzag_imc.solver.joint.minimising import minimum
from zigzag_imc.solver.scoring.incumbent import Incumbent

EDP = Goal("edp")


def least_product(bench: Bench, most: float) -> tuple[Minimum, Least]:
    """Minimise the product, of interest up to ``most``.

    Returns
    -------
    Minimum
        What is found and proved.
    Least
        The least energy and latency that were proved on the way.
    """
    if bench.floors is not None and math.isfinite(most):
        return minimum(bench, EDP, most), NOTHING_KNOWN
    exact = replace(bench, options=replace(bench.options, gap=0.0))
    energy = minimum(exact, Goal("energy"))
    least = Least(energy.bound)
    if not energy.proved or energy.best is None:
        return replace(energy, best=_best(bench, most)), least
    most_cycles = _value(bench, most) / energy.bound
    latency = minimum(exact, Goal("latency"), most_cycles)
    least = Least(energy.bound, latency.bound)
    if not latency.proved:
        return Minimum(_best(bench, most), least.product, latency.reason), least
    if least.product >= _value(bench, most) * (1 - RESOLUTION):
        return Minimum(_best(bench, most), min(least.product, _value(bench, most))), least
    found = minimum(bench, EDP, most, least)
    return replace(found, bound=max(found.bound, least.product)), least


def _best(bench: Bench, most: float) -> Incumbent | None:
    """Best of all mappings that were looked at, if it is of interest."""
    best = bench.scores.best_for(EDP)
    return best if best is not None and best.value <= most else None


def _value(bench: Bench, most: float) -> float:
    """Product above which nothing is of interest."""
    best = _best(bench, most)
    return most if best is None else best.value

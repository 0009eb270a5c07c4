"""Traffic: the energy of all transfers over a cut."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from zigzag_imc.models.movement.energy import precharge_reads
from zigzag_imc.models.movement.spread import rounded_instances
from zigzag_imc.models.movement.traffic import Access, words
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.solver.joint.crossing import Floats
from zigzag_imc.solver.joint.passing import AT_CELLS, Passing
from zigzag_imc.solver.joint.short_traffic import short_energy_pj


def energy_pj(passing: Passing) -> Floats:
    """Energy of all transfers over a cut, for every choice of its dimensions."""
    if passing.cut.ends_short:
        return short_energy_pj(passing)
    energy: Floats = np.zeros(passing.shape) + _precharge_pj(passing)
    for access, count in _counted(passing):
        if access.energy_pj:
            energy = energy + _words(passing, access, count) * access.energy_pj
    return np.asarray(energy, dtype=np.float64)


def _counted(passing: Passing) -> Iterator[tuple[Access, Floats]]:
    """Every access, with the number of transfers that make it."""
    yield from zip(passing.boundary.up, itertools.repeat(passing.count))
    yield from zip(passing.boundary.down, itertools.repeat(passing.back))


def _words(passing: Passing, access: Access, count: Floats) -> Amount:
    """Full-width accesses of all transfers."""
    profile = passing.costs.profile
    elements, fan = passing.relevant("elements"), passing.relevant("fan")
    if profile.rounded_averages:
        elements, fan = np.rint(elements), np.rint(fan)
    bits = (elements * fan if access.upper else elements) * passing.element_bits
    instances = rounded_instances(passing.both("upper" if access.upper else "lower"), profile)
    return words(access.port, bits, count, instances, profile)


def _precharge_pj(passing: Passing) -> Amount:
    """Local precharge of the cell groups, for weights that rest at the array."""
    unit_pj = passing.costs.macro.precharge_pj
    if passing.cut.place != AT_CELLS or not unit_pj:
        return 0.0
    below = passing.idle("below")
    reads = precharge_reads(passing.costs.layer.macs, below, below, passing.costs.profile)
    return unit_pj * reads

"""Port loads: every load of every port, those of one cut together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.crossing import Cut
from zigzag_imc.solver.joint.loads import Load
from zigzag_imc.solver.joint.passing import Passing
from zigzag_imc.solver.joint.short_loads import ShortLoad
from zigzag_imc.solver.tables.cut import PortKey


def loads_over(costs: CostModel, cut: Cut) -> Iterator[Load]:
    """Every access of the transfers over a cut."""
    passing = Passing(costs, cut)
    load_of = ShortLoad if cut.ends_short else Load
    for access in passing.boundary.up:
        yield load_of(passing, access, back=False)
    for access in passing.boundary.down:
        yield load_of(passing, access, back=passing.is_outputs)


Loads = dict[PortKey, list[Load]]
"""Loads by the port that they keep."""


def loads_by_port(costs: CostModel, cuts: Sequence[Cut]) -> Loads:
    """Collect the loads of every port, those of one cut together."""
    found: Loads = {}
    for cut in cuts:
        for load in loads_over(costs, cut):
            found.setdefault(load.key, []).append(load)
    return dict(sorted(found.items()))

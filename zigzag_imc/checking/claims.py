"""What a result claims about its layers.

That nothing costs less than so much, or that nothing fits at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.results.result import LayerResult, NetworkResult

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Claim:
    """That no mapping of a layer costs less than ``floor``.

    An infinite one says that no mapping fits.

    Attributes
    ----------
    record
        The layer and what is said of it.
    objective
        What ``floor`` measures.
    floor
        Objective below which there is no mapping: pJ, cycles or pJ x cycles.
    resolution
        Relative error that the claim allows itself.
    """

    record: LayerResult
    objective: Objective
    floor: float
    resolution: float

    @property
    def least(self) -> float:
        """Objective down to which a mapping does not refute the claim."""
        return (
            self.floor
            if math.isinf(self.floor)
            else self.floor * (1 - self.resolution) * (1 - _ROUNDING)
        )


def claims_of(result: NetworkResult) -> Iterator[Claim]:
    """Yield what a result claims about single layers."""
    for record in result.layers:
        stated = record.certificate.resolution if record.certificate is not None else 0.0
        resolution = min(stated, COARSEST)
        if record.status == "INFEASIBLE":
            yield Claim(record, result.objective, math.inf, resolution)
        elif record.objective != "network_edp" and record.bound is not None:
            floor = record.objective_value if record.status == "OPTIMAL" else record.bound
            assert floor is not None, "verify has found a value for every optimum"
            yield Claim(record, record.objective, floor, resolution)

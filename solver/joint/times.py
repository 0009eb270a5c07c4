"""Times: what the array's use leaves for time along the dimensions of one operand.

Where tiles need not divide, a cut of an operand chooses among many combinations of ``T[d]`` and
``s[c,d]``. Of the products of ``T[d]`` over its relevant dimensions, only some are left by
unrollings that fit on the array and compute no longer than is of interest:

``product over R[c] of T[d]``  is that of one of the uses of the array that are left

The model says so already, by the selection of the use: both follow from the same unrollings. Said
of the products at a cut, it leaves out rows before they are multiplied. A use that is left is one
that takes no more than what is of interest, beside nothing else; so it is no less than those in the
model, which asks the same beside a floor.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.floor import Floor
from zigzag_imc.solver.joint.selection import Column, Columns, Scratch
from zigzag_imc.solver.joint.unrollings import Unrolling
from zigzag_imc.solver.joint.use import add_use

Times = Mapping[int, Column]
"""Per operand, products over its dimensions that are left, in rising order."""


def times_left(
    scratch: Scratch, costs: CostModel, unrollings: Mapping[str, Unrolling], domain: Domain
) -> Times:
    """List the products of every operand; none where only energy counts."""
    found: dict[int, Column] = {}
    if not domain.has_latency:
        return found
    for operand, name in enumerate(OPERANDS):
        told = partial(_time_along, costs.layer.relevant(name))
        used = add_use(scratch, costs, unrollings, domain, Floor(), told)
        found[operand] = np.unique(used.column("time"))
    return found


def _time_along(dims: frozenset[str], unrolling: Unrolling) -> Columns:
    """What is left for time along a dimension, if it is one of some."""
    return {"time": unrolling.temporal * 1.0} if unrolling.dim in dims else {}


def may_be(times: Column, factor: Column, least: float, most: float) -> npt.NDArray[np.bool_]:
    """Whether a factor may be part of one of some products, beside others in a range."""
    kept: npt.NDArray[np.bool_] = np.zeros(len(factor), dtype=bool)
    if len(times):
        kept = (factor * least <= times[-1]) & (factor * most >= times[0])
        if least == most:
            kept &= np.isin(factor * least, times)
    return kept

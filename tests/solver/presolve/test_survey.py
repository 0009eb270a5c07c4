"""The survey of two spatial mappings, of which one cannot be optimal.

Of the layer of four multiplications with outputs of 16 bits, the memories take 202 pJ where nothing
is unrolled (`test_candidates` works it out) and 171 pJ where both input channels are on two rows:

- two weights come once, ``2 * (10 + 0.5) = 21``
- two inputs come twice, ``4 * 15 = 60``
- two sums of both rows are written, ``2 * 3 = 6``, and leave, ``2 * (2 + 2 * 20) = 84``

The array adds less than 2 pJ to either.
"""

from __future__ import annotations

import math

import pytest

from tests.solver.tables.tiny_columns import FOUR, model_of
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.layer import Precision
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.standing import Standing
from zigzag_imc.solver.presolve.survey import survey
from zigzag_imc.solver.presolve.workbench import Workbench

MODEL = model_of(FOUR.replace(precision=Precision(8, 8, 16, 16)))
ON_ROWS = SpatialMapping.of({"D2": {"C": 2}})
SPATIALS = SpatialSpace.of(MODEL.layer, MODEL.accelerator, MODEL.profile)


def surveyed(cutoff: float, budget: Budget | None = None) -> tuple[float, Standing]:
    """Survey both; return the bound of what was not looked at, and where the search stands."""
    standing = Standing(None, cutoff=cutoff)
    bench = Workbench(MODEL, budget=budget, with_latency=False)
    return survey(bench, Goal("energy"), standing), standing


def test_a_mapping_found_drops_what_is_bound_to_be_worse() -> None:
    """The better one comes first and gives a mapping of 171 pJ and the array; 202 is above it."""
    unseen, standing = surveyed(math.inf)
    array_pj = MODEL.spread(ON_ROWS).array_total_pj
    assert unseen == math.inf
    assert standing.best is not None
    assert standing.best.mapping.spatial == ON_ROWS
    assert standing.best.value == pytest.approx(171 + array_pj, rel=1e-12)
    (option,) = standing.waiting
    assert SPATIALS[option.place[0]] == ON_ROWS
    assert option.bound == pytest.approx(171 + array_pj)


@pytest.mark.parametrize(("cutoff", "left"), [(170, 0), (190, 1)])
def test_a_cutoff_drops_what_is_above_it(cutoff: float, left: int) -> None:
    """171 pJ and the array are within 190 pJ, not within 170."""
    unseen, standing = surveyed(cutoff)
    assert unseen == math.inf
    assert len(standing.waiting) == left


def test_what_was_not_looked_at_is_bounded_by_the_first_of_it() -> None:
    """Out of time before the first, the better one: what is left may be 171 pJ and the array."""
    unseen, standing = surveyed(190, Budget.of(None, lambda: True))
    assert unseen == pytest.approx(171 + MODEL.spread(ON_ROWS).array_total_pj)
    assert not standing.waiting


def test_a_survey_in_vain_ends_with_a_bound_of_the_rest() -> None:
    """The first that is looked at gives the best mapping; the other one is only bounded quickly."""
    standing = Standing(None)
    bench = Workbench(MODEL, with_latency=False)
    unseen = survey(bench, Goal("energy"), standing, most_in_vain=-1)
    assert standing.best is None
    assert 171 < unseen < 173

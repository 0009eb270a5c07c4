"""Explorations and sweeps among mappings whose last tiles may be shorter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sweep.studies import ODD_ARRAYS, write_odd_model
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.objective import Objective
from zigzag_imc.onnx_workload.loader import load_network
from zigzag_imc.sweep.explore.bounds import BoundKind, least_of
from zigzag_imc.sweep.explore.exploring import explore_study
from zigzag_imc.sweep.explore.relaxed import kind_of, relaxed
from zigzag_imc.sweep.frames import sweep_table
from zigzag_imc.sweep.plan import Plan
from zigzag_imc.sweep.problems import Question
from zigzag_imc.sweep.study.entries import Study
from zigzag_imc.sweep.study.reading import study_of
from zigzag_imc.sweep.sweeping import sweep_study


def study(folder: Path, **changes: Any) -> Study:
    model = write_odd_model(folder)
    return study_of({"networks": str(model), "accelerators": ODD_ARRAYS} | changes)


def test_the_best_is_that_of_all(tmp_path: Path) -> None:
    """And not that among tiles that divide."""
    asked, cache, least = study(tmp_path, objectives="edp"), tmp_path / "points.sqlite", {}
    for sizes in ("any-outermost", "divisors"):
        found = explore_study(asked, jobs=1, cache=cache, tile_sizes=sizes)
        sweep_study(asked, tmp_path / "out", jobs=1, cache=cache, tile_sizes=sizes)
        rows = sweep_table(tmp_path / "out")
        assert set(rows["tile_sizes"]) == {found.tile_sizes} == {sizes}
        assert found.proved
        assert found.best is not None
        least[sizes] = found.best.edp_js
        assert least[sizes] == pytest.approx(rows["edp_js"].min(), rel=1e-12)
    assert least["any-outermost"] < 0.99 * least["divisors"]


@pytest.mark.parametrize("objective", ["energy", "latency"])
def test_bounds_are_below_the_optima(tmp_path: Path, objective: Objective) -> None:
    """Of every layer on every array, and on the one that stands for all that are alike."""
    plan = Plan(study(tmp_path, objectives=objective, tile_sizes="any-outermost"))
    arrays = list(plan.arrays())
    question = Question(objective, "imc", tile_sizes="any-outermost")
    kinds: tuple[BoundKind, ...] = ("peak and compulsory traffic", "presolve")
    groups = load_network(write_odd_model(tmp_path)).groups()
    for array in arrays:
        own = array.candidate.accelerator
        assert own is not None
        alike = [one.candidate.accelerator for one in arrays]
        best = relaxed([one for one in alike if one is not None and kind_of(one) == kind_of(own)])
        for problem, group in zip(array.problems().values(), groups, strict=True):
            found = problem.solve(lambda: False)
            value = found.objective_value
            assert value is not None
            for kind in kinds:
                of_all = least_of(group, best, question, kind)
                of_own = least_of(group, own, question, kind)
                place = ("energy", "latency").index(objective)
                assert 0 < of_all[place] <= of_own[place] <= value


def test_tiles_divide_under_zigzag_in_the_same_study(tmp_path: Path) -> None:
    asked = study(tmp_path, cost_models=["zigzag", "imc"], tile_sizes="any-outermost")
    sizes = {
        case.question.cost_model: case.question.space().tile_sizes
        for array in Plan(asked).arrays()
        for case in array.cases
    }
    assert sizes == {"zigzag": "divisors", "imc": "any-outermost"}


def test_what_no_cost_model_of_a_study_knows_is_refused(tmp_path: Path) -> None:
    said = r"tile_sizes: found any-outermost; tiles divide under the cost model zigzag, .*divisors"
    with pytest.raises(OptionError, match=said):
        study(tmp_path, cost_models="zigzag", tile_sizes="any-outermost")
    plain = study(tmp_path, cost_models="zigzag")
    with pytest.raises(OptionError, match=said):
        sweep_study(plain, tmp_path, tile_sizes="any-outermost")
    both = study(tmp_path, cost_models=["zigzag", "imc"], tile_sizes="any-outermost")
    with pytest.raises(OptionError, match=said):
        explore_study(both)

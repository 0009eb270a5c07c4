"""Weights loaded once for many inferences: costs, room and optimum, against going through all."""

from __future__ import annotations

import itertools
import random

import pytest

from tests.locality.plain_choices import PlainChoices
from tests.locality.plain_stays import loading_pj
from tests.locality.small_networks import (
    random_accelerator,
    random_network,
    with_room_for_weights,
)
from zigzag_imc.checking.prove import prove_result
from zigzag_imc.checking.verify import verify_result
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import DIVISORS
from zigzag_imc.library.mapping import evaluate, map_network
from zigzag_imc.library.query import Query
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.locality.situation import Kept, Room, Situation
from zigzag_imc.models.mapspace.enumeration import enumerate_mappings
from zigzag_imc.models.profile import IMC
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.results.locality import LocalityRecord
from zigzag_imc.results.result import NetworkResult

IN_CELLS, IN_BUFFER = 3, 2


def drawn(seed: int) -> tuple[Network, Accelerator]:
    """Draw a small network, and an accelerator where its weights may stay."""
    draw = random.Random(seed)
    network = random_network(draw)
    return network, with_room_for_weights(draw, random_accelerator(draw))


def mapped(seed: int, objective: Objective = "energy", inferences: int = 10) -> NetworkResult:
    """Map a small network for many inferences."""
    return map_network(
        *drawn(seed),
        objective=objective,
        locality="best",
        inferences=inferences,
        space=DIVISORS,
        jobs=1,
    )


def said(result: NetworkResult) -> LocalityRecord:
    """Return what a result says of what is kept."""
    assert result.locality is not None
    return result.locality


@pytest.fixture(scope="module", params=[IN_CELLS, IN_BUFFER])
def staying(request: pytest.FixtureRequest) -> NetworkResult:
    """Weights that stay in the cells, or in a memory of their own."""
    return mapped(request.param)


@pytest.mark.parametrize("objective", ["energy", "latency", "edp"])
@pytest.mark.parametrize(("seed", "home"), [(IN_CELLS, "cells"), (IN_BUFFER, "buffer")])
def test_enumeration_of_all_choices_finds_the_same_optimum(
    seed: int, home: str, objective: Objective
) -> None:
    network, accelerator = drawn(seed)
    found = mapped(seed, objective)
    expected = PlainChoices(network, accelerator, IMC, DIVISORS, 10).least(objective)
    assert found.totals.objective_value == pytest.approx(expected, rel=1e-6)
    assert found.totals.status == "OPTIMAL"
    weights = said(found).weights
    assert weights is not None
    assert weights.memory == home
    assert verify_result(found).holds


def test_a_share_of_the_loading_is_that_of_a_mapping_that_loads_once() -> None:
    network, accelerator = drawn(IN_CELLS)
    layer, cells = network.layers[0], accelerator.cells
    situation = Situation((Kept("W", cells.name),), (Room(cells.name, 16),), inferences=4)
    found = situation.accelerator(accelerator)
    staying, whole = CostModel(layer, found, IMC), CostModel(layer, accelerator, IMC)
    for mapping in itertools.islice(enumerate_mappings(layer, found, IMC, DIVISORS), 0, None, 50):
        cost = staying.evaluate(mapping)
        share = sum(
            term.energy_pj
            for term in cost.memory_terms
            if term.operand == "W" and (term.level > 0 or term.direction == "fh")
        )
        assert share == pytest.approx(loading_pj(whole, mapping, cells.name) / 4)
        energy = sum(term.energy_pj for term in cost.memory_terms) + cost.array_total_pj
        assert cost.energy_pj == pytest.approx(energy)


@pytest.mark.parametrize("objective", ["energy", "edp"])
def test_more_inferences_never_cost_more_each(objective: Objective) -> None:
    least = float("inf")
    for inferences in (1, 2, 5, 100):
        value = mapped(7, objective, inferences).totals.objective_value
        assert value is not None
        assert value <= least * (1 + 1e-6)
        least = value


def test_one_inference_is_as_ever() -> None:
    assert said(mapped(IN_CELLS, inferences=1)).weights is None


def test_it_is_proved_again(staying: NetworkResult) -> None:
    report = prove_result(staying, jobs=1)
    assert report.holds, report


def test_its_mappings_cost_the_same_when_they_are_given(staying: NetworkResult) -> None:
    seed = IN_BUFFER if "buffer" in str(said(staying).weights) else IN_CELLS
    again = evaluate(*drawn(seed), staying, objective="energy")
    assert again.totals.energy_pj == pytest.approx(staying.totals.energy_pj)
    assert said(again).weights == said(staying).weights
    assert verify_result(again).holds


def changed(result: NetworkResult, **locality: object) -> NetworkResult:
    """Return a result that says something else of what is kept."""
    return result.model_copy(update={"locality": said(result).model_copy(update=locality)})


def test_the_checker_sees_more_inferences_than_were_asked(staying: NetworkResult) -> None:
    assert not verify_result(changed(staying, inferences=1000)).holds


def test_the_checker_sees_weights_that_come_and_go(staying: NetworkResult) -> None:
    assert not verify_result(changed(staying, weights=None)).holds


def test_the_checker_sees_shares_beyond_the_cells() -> None:
    result = mapped(IN_CELLS)
    weights = said(result).weights
    assert weights is not None
    shares = dict.fromkeys(weights.share_bits, 24)
    wrong = changed(result, weights=weights.model_copy(update={"share_bits": shares}))
    assert any("do not fit" in one for one in verify_result(wrong).problems)


@pytest.mark.parametrize(
    "asked", [{"inferences": 2}, {"inferences": 2, "locality": "best", "cost_model": "zigzag"}]
)
def test_inferences_are_refused_where_nothing_stays(asked: dict[str, object]) -> None:
    with pytest.raises(OptionError, match="inferences"):
        Query(**asked)  # type: ignore[arg-type]

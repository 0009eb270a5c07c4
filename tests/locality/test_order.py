"""The order of steps that is best for what stays: the same optimum as going through all orders."""

from __future__ import annotations

import copy
import io
import random

import pytest
from rich.console import Console

from tests.locality.early_ends import end_after
from tests.locality.plain_orders import PlainOrders
from tests.locality.small_networks import random_accelerator, random_branches, random_network
from zigzag_imc.checking.prove import prove_result
from zigzag_imc.checking.verify import verify_result
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import MappingError, OptionError
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import DIVISORS
from zigzag_imc.library.mapping import evaluate, map_network
from zigzag_imc.library.query import Query
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.report.terminal.mapping_table import print_result
from zigzag_imc.results.locality import GraphOrderRecord
from zigzag_imc.results.result import NetworkResult

GAINS: tuple[tuple[int, Objective], ...] = ((12, "energy"), (6, "edp"))
"""Networks where another order than the graph's is better for an objective."""


def drawn(seed: int) -> tuple[Network, Accelerator]:
    """Draw a network with branches, and an accelerator."""
    draw = random.Random(seed)
    return random_branches(draw), random_accelerator(draw)


def best(subject: tuple[Network, Accelerator], objective: Objective) -> NetworkResult:
    """Map a network in its best order."""
    return map_network(
        *subject, objective=objective, locality="best", order="best", space=DIVISORS, jobs=1
    )


def said(result: NetworkResult) -> GraphOrderRecord:
    """Return what a result says of the order of the graph."""
    assert result.locality is not None
    assert result.locality.graph_order is not None
    return result.locality.graph_order


@pytest.fixture(scope="module")
def reordered() -> NetworkResult:
    """A network whose best order is another one than the graph's."""
    return best(drawn(12), "energy")


@pytest.mark.parametrize(("seed", "objective"), GAINS)
def test_enumeration_of_all_orders_finds_the_same_optimum(seed: int, objective: Objective) -> None:
    own, least = PlainOrders(*drawn(seed)).least(objective)
    assert least < own * (1 - 1e-6)
    found = best(drawn(seed), objective)
    assert found.totals.objective_value == pytest.approx(least, rel=1e-6)
    assert said(found).objective_value == pytest.approx(own, rel=1e-6)
    assert found.totals.status == "OPTIMAL"
    report = verify_result(found)
    assert report.holds, report.problems


def test_steps_that_depend_on_each_other_cost_nothing_more() -> None:
    draw = random.Random(16)
    subject = random_network(draw), random_accelerator(draw)
    assert subject[0].dataflow is not None
    assert subject[0].dataflow.has_one_order
    found = best(subject, "energy")
    plain = map_network(*subject, objective="energy", locality="best", space=DIVISORS, jobs=1)
    assert found.locality is not None
    assert plain.locality is not None
    assert said(found).places == tuple(range(len(found.locality.steps)))
    assert found.locality.searches == plain.locality.searches
    assert found.totals.energy_pj == plain.totals.energy_pj


@pytest.mark.parametrize("batches", [1, 3])
def test_never_worse_than_the_graph_however_early_it_ends(
    batches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_after(batches, monkeypatch)
    found = best(drawn(12), "energy")
    value, own = found.totals.objective_value, said(found).objective_value
    assert value is not None
    assert own is not None
    assert value <= own
    assert found.locality is not None
    assert found.locality.bound is not None
    assert found.locality.bound <= value
    report = verify_result(found)
    assert report.holds, report.problems


def test_a_result_is_scored_and_proved_again(reordered: NetworkResult) -> None:
    network, accelerator = drawn(12)
    again = evaluate(network, accelerator, reordered, objective="energy")
    assert again.totals.energy_pj == pytest.approx(reordered.totals.energy_pj)
    assert again.locality is not None
    assert again.locality.steps == reordered.locality.steps  # type: ignore[union-attr]
    assert verify_result(again).holds
    proofs = prove_result(reordered, jobs=1)
    assert proofs.holds


def test_the_table_says_what_runs_elsewhere(reordered: NetworkResult) -> None:
    shown = io.StringIO()
    print_result(reordered, Console(file=shown, width=200))
    assert "order    other than in the graph at" in shown.getvalue()
    assert "of what that costs" in shown.getvalue()


@pytest.mark.parametrize("fault", ["turned", "too few", "cheaper graph"])
def test_the_checker_sees_wrong_orders(fault: str, reordered: NetworkResult) -> None:
    wrong = copy.deepcopy(reordered.locality)
    assert wrong is not None
    graph = said(reordered)
    changes: dict[str, dict[str, object]] = {
        "turned": {"places": tuple(reversed(graph.places))},
        "too few": {"places": graph.places[:-1]},
        "cheaper graph": {"objective_value": 0.5 * (graph.objective_value or 0.0)},
    }
    changed = graph.model_copy(update=changes[fault])
    wrong = wrong.model_copy(update={"graph_order": changed})
    problems = verify_result(reordered.model_copy(update={"locality": wrong})).problems
    assert any("graph_order" in said for said in problems)


def test_an_order_that_the_graph_does_not_allow_is_refused(reordered: NetworkResult) -> None:
    network, accelerator = drawn(12)
    graph = said(reordered)
    turned = graph.model_copy(update={"places": tuple(reversed(graph.places))})
    assert reordered.locality is not None
    locality = reordered.locality.model_copy(update={"graph_order": turned})
    with pytest.raises(MappingError, match="graph_order"):
        evaluate(network, accelerator, reordered.model_copy(update={"locality": locality}))


@pytest.mark.parametrize("rule", ["none", "zigzag"])
def test_it_is_a_part_of_the_best_choice_only(rule: str) -> None:
    with pytest.raises(OptionError, match="order: found best"):
        Query(locality=rule, order="best")  # type: ignore[arg-type]

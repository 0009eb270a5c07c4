"""What holds of every choice of what is kept, and what the checker sees of wrong ones."""

from __future__ import annotations

import copy
import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.locality.small_networks import random_accelerator, random_network
from tests.spaces import DIVIDING
from zigzag_imc.checking.verify import verify_result
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import DIVISORS
from zigzag_imc.library.mapping import evaluate, map_network
from zigzag_imc.models.mapspace.enumeration import front_by_enumeration
from zigzag_imc.models.profile import IMC
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.results.locality import LocalityRecord
from zigzag_imc.results.result import NetworkResult


def best(network: Network, accelerator: Accelerator, objective: Objective) -> NetworkResult:
    """Map a network with what is best kept."""
    return map_network(
        network, accelerator, objective=objective, locality="best", space=DIVISORS, jobs=1
    )


def with_room(accelerator: Accelerator, factor: float) -> Accelerator:
    """Return an accelerator with another size of its SRAM."""
    memories = (
        replace(one, size_bits=int(factor * one.size_bits)) if one.name == "sram" else one
        for one in accelerator.memories
    )
    return accelerator.replace(memories=tuple(memories))


@pytest.mark.parametrize("seed", range(20, 24))
def test_more_room_never_costs_more_energy(seed: int) -> None:
    draw = random.Random(seed)
    network, accelerator = random_network(draw), random_accelerator(draw)
    if any(memory.name == "l2" for memory in accelerator.memories):
        accelerator = random_accelerator(random.Random(1))
    least = float("inf")
    for factor in (1, 1.3, 2, 5):
        found = best(network, with_room(accelerator, factor), "energy").totals
        assert found.status == "OPTIMAL"
        assert found.energy_pj is not None
        assert found.energy_pj <= least * (1 + 1e-6)
        least = found.energy_pj


@pytest.mark.parametrize("objective", ["energy", "latency", "edp"])
def test_never_above_nothing_kept(objective: Objective) -> None:
    draw = random.Random(31)
    network, accelerator = random_network(draw), random_accelerator(draw)
    nothing = map_network(
        network, accelerator, objective=objective, scope="network", space=DIVISORS, jobs=1
    )
    found = best(network, accelerator, objective)
    assert found.totals.objective_value is not None
    assert nothing.totals.objective_value is not None
    assert found.totals.objective_value <= nothing.totals.objective_value * (1 + 1e-6)


@pytest.fixture(scope="module")
def resnet8() -> NetworkResult:
    """ResNet-8 with what is best kept on a preset."""
    return map_network(
        "resnet8", "dimc", objective="energy", locality="best", jobs=1, space=DIVIDING
    )


def test_a_network_is_proved_and_saves(resnet8: NetworkResult) -> None:
    nothing = map_network(
        "resnet8", "dimc", objective="energy", jobs=1, space=DIVIDING
    ).totals.energy_pj
    assert resnet8.totals.status == "OPTIMAL"
    assert resnet8.totals.energy_pj is not None
    assert nothing is not None
    assert resnet8.totals.energy_pj < 0.64 * nothing
    assert verify_result(resnet8).holds


def test_its_mappings_cost_the_same_when_they_are_given(resnet8: NetworkResult) -> None:
    again = evaluate("resnet8", "dimc", resnet8, objective="energy")
    assert again.totals.energy_pj == pytest.approx(resnet8.totals.energy_pj)
    assert again.locality is not None
    assert again.locality.rule == "given"
    assert verify_result(again).holds


def changed(result: NetworkResult, **locality: object) -> NetworkResult:
    """Return a result that says something else of what is kept."""
    assert result.locality is not None
    return result.model_copy(update={"locality": result.locality.model_copy(update=locality)})


def said(result: NetworkResult) -> LocalityRecord:
    """Return what a result says of what is kept."""
    assert result.locality is not None
    return result.locality


def test_the_checker_sees_a_tensor_that_is_kept_nowhere(resnet8: NetworkResult) -> None:
    first, *others = said(resnet8).tensors
    wrong = changed(resnet8, tensors=(first.model_copy(update={"memory": None}), *others))
    assert any("situation" in one for one in verify_result(wrong).problems)


def test_the_checker_sees_a_life_that_is_too_short(resnet8: NetworkResult) -> None:
    first, *others = said(resnet8).tensors
    wrong = changed(resnet8, tensors=(first.model_copy(update={"last": first.first}), *others))
    assert any("lives" in one for one in verify_result(wrong).problems)


def test_the_checker_sees_a_life_that_begins_later(resnet8: NetworkResult) -> None:
    *others, last = said(resnet8).tensors
    wrong = changed(resnet8, tensors=(*others, last.model_copy(update={"first": last.first + 1})))
    assert any("lives" in one for one in verify_result(wrong).problems)


def test_the_checker_sees_a_tensor_that_is_smaller_than_what_is_written(
    resnet8: NetworkResult,
) -> None:
    first, *others = said(resnet8).tensors
    smaller = first.model_copy(update={"elements": first.elements // 2})
    assert not verify_result(changed(resnet8, tensors=(smaller, *others))).holds


def test_the_checker_sees_what_does_not_fit(resnet8: NetworkResult) -> None:
    """The same choice on an accelerator with far less room, told as if it were right there."""
    description = copy.deepcopy(resnet8.accelerator.description)
    description["memories"]["sram_256KB"]["size"] = 100_000
    accelerator = resnet8.accelerator.model_copy(update={"description": description})
    memories = tuple(
        one.model_copy(update={"size_bits": 100_000}) for one in said(resnet8).memories
    )
    wrong = changed(resnet8, memories=memories).model_copy(update={"accelerator": accelerator})
    problems = verify_result(wrong).problems
    assert any("do not hold what is kept" in one for one in problems)


def test_the_checker_sees_steps_in_another_order(resnet8: NetworkResult) -> None:
    one, two, *others = said(resnet8).steps
    problems = verify_result(changed(resnet8, steps=(two, one, *others))).problems
    assert any("before it is written" in one for one in problems)


def test_the_checker_sees_a_memory_used_otherwise(resnet8: NetworkResult) -> None:
    memories = tuple(
        one.model_copy(update={"used_bits": (0,) * len(one.used_bits)})
        for one in said(resnet8).memories
    )
    wrong = changed(resnet8, memories=memories)
    assert any("use of a memory" in one for one in verify_result(wrong).problems)


def test_the_checker_sees_a_bound_above_the_value(resnet8: NetworkResult) -> None:
    value = said(resnet8).objective_value
    assert value is not None
    wrong = changed(resnet8, bound=2 * value)
    assert any("bound" in one for one in verify_result(wrong).problems)


def test_the_checker_sees_a_situation_with_more_room(resnet8: NetworkResult) -> None:
    first, *others = resnet8.layers
    assert first.situation is not None
    situation = first.situation.model_copy(update={"rooms": ()})
    wrong = resnet8.model_copy(
        update={"layers": (first.model_copy(update={"situation": situation}), *others)}
    )
    assert not verify_result(wrong).holds


def test_the_memory_is_drawn_over_the_layers(resnet8: NetworkResult, tmp_path: Path) -> None:
    from zigzag_imc.plotting.kept import plot_kept
    from zigzag_imc.plotting.result import save_result

    drawn = plot_kept(resnet8)
    (memory,) = said(resnet8).memories
    heights = [bar.get_height() for bar in drawn.patches]  # type: ignore[attr-defined]
    assert heights == pytest.approx([bits / 8192 for bits in memory.used_bits])
    assert save_result(resnet8, str(tmp_path / "kept.svg"))


@pytest.mark.parametrize("objective", ["energy", "edp"])
def test_fronts_are_those_of_the_situations(objective: Objective) -> None:
    draw = random.Random(5)
    network, accelerator = random_network(draw), random_accelerator(draw)
    found = map_network(
        network,
        accelerator,
        objective=objective,
        locality="best",
        pareto=True,
        space=DIVISORS,
        jobs=1,
    )
    for record in found.layers:
        assert record.pareto_proved
        expected = front_by_enumeration(
            record.layer(),
            record.found_by(accelerator),
            IMC,
            replace(DIVISORS, constraints=record.asked()),
        )
        points = [(one.latency_cycles, one.energy_pj) for one in record.pareto or ()]
        assert points == [pytest.approx(point) for point in expected]
    report = verify_result(found)
    assert report.holds, report.problems

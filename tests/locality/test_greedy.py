"""Networks mapped with what ZigZag's greedy rule keeps."""

from __future__ import annotations

import random

import pytest

from tests.locality.small_networks import random_accelerator, random_network
from zigzag_imc.checking.prove import prove_result
from zigzag_imc.checking.verify import verify_result
from zigzag_imc.core.objective import KeepingRule, Objective
from zigzag_imc.core.space import DIVISORS
from zigzag_imc.exchange.loopnest import loopnest_text
from zigzag_imc.library.mapping import map_network
from zigzag_imc.results.result import NetworkResult


def mapped(seed: int, objective: Objective, locality: KeepingRule) -> NetworkResult:
    """Map a small random network."""
    draw = random.Random(seed)
    network, accelerator = random_network(draw), random_accelerator(draw)
    return map_network(
        network, accelerator, objective=objective, locality=locality, space=DIVISORS, jobs=1
    )


@pytest.mark.parametrize(("seed", "objective"), [(9, "energy"), (6, "latency"), (14, "edp")])
def test_the_best_choice_is_never_above_it(seed: int, objective: Objective) -> None:
    greedy = mapped(seed, objective, "zigzag")
    best = mapped(seed, objective, "best")
    assert greedy.locality is not None
    assert greedy.locality.placement() != {}
    assert greedy.totals.status == best.totals.status == "OPTIMAL"
    assert greedy.totals.objective_value is not None
    assert best.totals.objective_value is not None
    assert best.totals.objective_value <= greedy.totals.objective_value * (1 + 1e-9)
    assert verify_result(greedy).holds


def test_the_joint_model_proves_layers_in_their_situations() -> None:
    draw = random.Random(8)
    network, accelerator = random_network(draw), random_accelerator(draw)
    joint = map_network(
        network,
        accelerator,
        objective="energy",
        locality="best",
        method="cp-sat",
        space=DIVISORS,
        jobs=1,
    )
    assert joint.totals.status == "OPTIMAL"
    assert joint.totals.energy_pj == pytest.approx(mapped(8, "energy", "best").totals.energy_pj)


def test_loop_nests_say_what_is_kept(ds_cnn: NetworkResult) -> None:
    nests = loopnest_text(ds_cnn)
    assert "sram_256KB: I, O  # I kept, O kept\n" in nests
    assert " 0 of " not in nests


@pytest.fixture(scope="module")
def ds_cnn() -> NetworkResult:
    """DS-CNN with all that the rule keeps, ends too."""
    return map_network(
        "ds_cnn", "dimc", objective="energy", locality="zigzag", keep_ends=True, jobs=1
    )


def test_all_of_a_network_without_skips_stays(ds_cnn: NetworkResult) -> None:
    assert ds_cnn.locality is not None
    assert all(tensor.memory is not None for tensor in ds_cnn.locality.tensors)
    assert ds_cnn.locality.rule == "zigzag"
    for layer in ds_cnn.layers:
        assert layer.situation is not None
        assert {one.operand for one in layer.situation.kept} == {"I", "O"}


def test_its_mappings_are_proved_again(ds_cnn: NetworkResult) -> None:
    proved = prove_result(ds_cnn, jobs=1)
    assert {proof.outcome for proof in proved.proofs if proof.objective == "kept"} == {"proved"}


def test_the_checker_sees_that_the_rule_keeps_more(ds_cnn: NetworkResult) -> None:
    assert ds_cnn.locality is not None
    *others, last = ds_cnn.locality.tensors
    tensors = (*others, last.model_copy(update={"memory": None}))
    locality = ds_cnn.locality.model_copy(update={"tensors": tensors})
    wrong = ds_cnn.model_copy(update={"locality": locality})
    assert any("greedy rule" in one for one in verify_result(wrong).problems)

"""What more hardware gives is what enumeration says it gives."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import islice

import pytest

from tests.accelerators import VARIANTS, variant
from tests.layers import LAYERS, layer_for
from tests.mappings import random_mappings
from tests.solver.small_cases import case
from tests.spaces import dividing
from zigzag_imc import explain_layer, load_accelerator, map_network
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.objective import Objective
from zigzag_imc.explain.what_if import changes_of
from zigzag_imc.models.area import area_of
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.locality.situation import Kept, Room, Situation
from zigzag_imc.models.mapspace.enumeration import best_by_enumeration, is_small
from zigzag_imc.models.profile import IMC, profile_named
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.results.result import NetworkResult
from zigzag_imc.results.totals import relative_gap

ONE_BIT_SHORT: tuple[tuple[int, str, Objective], ...] = (
    (21, "sram0", "energy"),
    (58, "sram1", "edp"),
    (87, "sram0", "energy"),
    (231, "sram0", "latency"),
)
"""Drawn cases, and a memory that with one bit less cannot hold a tile of the best mapping (least
energy, at that)."""


def _shrunk(accelerator: Accelerator, memory: str) -> Accelerator:
    """Return an accelerator with one bit less in one memory."""
    return accelerator.replace(
        memories=tuple(
            replace(m, size_bits=m.size_bits - (m.name == memory)) for m in accelerator.memories
        )
    )


def _mapped(seed: int, memory: str, objective: Objective) -> NetworkResult:
    drawn = case(seed, 1500)
    return map_network(
        Network("drawn", (drawn.layer,)),
        _shrunk(drawn.accelerator, memory),
        objective=objective,
        cost_model=drawn.profile.name,
        jobs=1,
        space=dividing(drawn.profile),
    )


@pytest.mark.parametrize(("seed", "memory", "objective"), ONE_BIT_SHORT)
def test_every_what_if_is_the_optimum_of_the_changed_accelerator(
    seed: int, memory: str, objective: Objective
) -> None:
    result = _mapped(seed, memory, objective)
    record, drawn = result.layers[0], case(seed, 1500)
    profile, shrunk = profile_named(result.cost_model), _shrunk(drawn.accelerator, memory)
    told = explain_layer(result, record.name, jobs=1)
    assert told.what_if_base == record.objective_value
    changed = {change.record.change: change.accelerator for change in changes_of(shrunk)}
    gains = [change.gain for change in told.what_ifs if change.gain is not None]
    assert gains == sorted(gains, reverse=True)
    compared = 0
    for change in told.what_ifs:
        accelerator = changed[change.change]
        if accelerator is None or not is_small(record.layer(), accelerator, profile, 4000):
            continue
        best = best_by_enumeration(record.layer(), accelerator, profile, objective)
        assert best is not None
        assert change.objective_value == pytest.approx(best[0], rel=1e-6)
        assert told.what_if_base is not None
        assert change.tclk_ns is not None
        assert record.tclk_ns is not None
        pace = 1.0 if objective == "energy" else change.tclk_ns / record.tclk_ns
        gain = (told.what_if_base - best[0] * pace) / told.what_if_base
        assert change.gain == pytest.approx(gain, abs=1e-6)
        compared += 1
    assert compared >= 5
    one_bit = next(change for change in told.what_ifs if change.change == f"{memory} +1 bit")
    whole = best_by_enumeration(drawn.layer, drawn.accelerator, profile, objective)
    assert whole is not None
    assert one_bit.objective_value == pytest.approx(whole[0], rel=1e-6)
    assert one_bit.gain is not None
    if objective != "latency":
        assert one_bit.gain > 0.01
        assert next(capacity for capacity in told.capacities if capacity.memory == memory).binds


def test_changes_are_as_small_as_can_be() -> None:
    found = {change.record.change: change.record for change in changes_of(variant("dimc"))}
    assert (found["cells +1 weight"].before, found["cells +1 weight"].after) == (8, 16)
    assert found["cells +1 weight"].instead_of == (
        "cells +1 bit: memories.cells.size: found 9, expected a whole multiple of the 8 bits of "
        "a weight"
    )
    assert found["sram_256KB +1 bit"].instead_of is None
    assert found["sram_256KB +1 bit"].after == found["sram_256KB +1 bit"].before + 1
    assert found["sram_256KB doubled"].after == 2 * found["sram_256KB doubled"].before
    assert (found["D1 +1 column"].before, found["D1 +1 column"].after) == (128, 129)
    assert (found["D2 +1 row"].before, found["D2 +1 row"].after) == (128, 129)
    assert "dram doubled" not in found
    assert found["dram bandwidth doubled"].after == 2 * found["dram bandwidth doubled"].before
    analog = {change.record.change: change.record for change in changes_of(variant("macros"))}
    assert analog["D2 +1 row"].after == analog["D2 +1 row"].before + 1
    assert {"D3 +1 macro", "D4 +1 macro"} <= set(analog)


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_twice_the_bandwidth_costs_the_same_energy_and_no_more_cycles(name: str) -> None:
    rng, accelerator = random.Random(1), variant(name)
    changes = [
        change
        for change in changes_of(accelerator)
        if change.record.change.endswith("bandwidth doubled")
    ]
    assert len(changes) == len(accelerator.memories)
    for layer in LAYERS:
        for mapping in islice(random_mappings(rng, layer_for(name, layer), accelerator), 2):
            before = CostModel(layer_for(name, layer), accelerator, IMC).evaluate(mapping)
            for change in changes:
                assert change.accelerator is not None
                after = CostModel(layer_for(name, layer), change.accelerator, IMC).evaluate(mapping)
                assert after.energy_pj == pytest.approx(before.energy_pj)
                assert after.latency_cycles <= before.latency_cycles


def test_a_mapping_that_is_not_proved_is_searched_again_as_it_is() -> None:
    result = _mapped(21, "sram0", "energy")
    record = result.layers[0]
    assert record.bound is not None
    assert record.objective_value is not None
    bound = record.bound * 0.9
    weaker = record.model_copy(
        update={
            "status": "FEASIBLE",
            "bound": bound,
            "gap": relative_gap(record.objective_value, bound),
        }
    )
    told = explain_layer(result.model_copy(update={"layers": (weaker,)}), record.name, jobs=1)
    assert told.status == "FEASIBLE"
    assert told.what_if_base == pytest.approx(record.objective_value)


def test_limits_leave_gains_open() -> None:
    result = map_network("resnet8", "aimc", layers=["stack1.conv1"], jobs=1)
    told = explain_layer(result, "stack1.conv1", jobs=1, time_limit=1e-6)
    assert {change.status for change in told.what_ifs} <= {"FEASIBLE", "UNKNOWN"}
    for change in told.what_ifs:
        assert change.reason
        if change.gain is not None:
            assert change.most_gain is not None
            assert change.most_gain >= change.gain


def test_what_is_kept_stays_kept_with_more_of_anything() -> None:
    """What lies in a memory from layer to layer is in no file that a change goes through."""
    situation = Situation((Kept("I", "sram_256KB"),), (Room("sram_256KB", 1 << 20),))
    accelerator = situation.accelerator(load_accelerator("dimc"))
    marked = {memory.name: memory.kept for memory in accelerator.memories}
    assert marked["sram_256KB"] == ("I",)
    built = [change.accelerator for change in changes_of(accelerator)]
    assert sum(one is not None for one in built) > 10
    for one in built:
        assert one is None or {memory.name: memory.kept for memory in one.memories} == marked


def test_weights_that_stay_are_loaded_into_the_changed_accelerator() -> None:
    whole = load_accelerator("dimc")
    situation = Situation((Kept("W", "cells"),), inferences=7)
    for change in changes_of(situation.accelerator(whole)):
        one = change.accelerator
        if one is not None and change.record.memory is not None:
            assert one.weight_inferences == 7
            assert one.whole is not None
            assert one.whole != whole
            assert "W" in one.whole.memories[-1].operands


def test_more_bits_take_more_area_and_nothing_else_of_a_memory_does() -> None:
    """Room is not to be had for nothing: a memory keeps its area per bit."""
    accelerator = load_accelerator("dimc")
    before = area_of(accelerator, IMC)
    for change in changes_of(accelerator):
        name, one = change.record.memory, change.accelerator
        if one is None or name is None:
            continue
        after = area_of(one, IMC)
        grown = change.record.after / change.record.before
        is_wider = "bandwidth" in change.record.change
        if name == "cells":
            assert after.array["cells"] == pytest.approx(
                before.array["cells"] * (1 if is_wider else grown)
            )
        else:
            expected = dict(before.memories) | {
                name: before.memories[name] * (1 if is_wider else grown)
            }
            assert after.memories == pytest.approx(expected)


def test_bits_that_are_kept_for_others_have_their_area_already() -> None:
    whole = load_accelerator("dimc")
    situation = Situation((Kept("I", "sram_256KB"),), (Room("sram_256KB", 1 << 20),))
    accelerator = situation.accelerator(whole)
    changes = changes_of(accelerator, whole)
    (doubled,) = (one for one in changes if one.record.change == "sram_256KB doubled")
    assert doubled.accelerator is not None
    more = doubled.record.after - doubled.record.before
    built = {memory.name: memory for memory in whole.memories}["sram_256KB"]
    after = {memory.name: memory for memory in doubled.accelerator.memories}["sram_256KB"]
    assert after.area_mm2 == pytest.approx(built.area_mm2 * (1 + more / built.size_bits))

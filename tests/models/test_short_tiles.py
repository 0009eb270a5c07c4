"""Mappings whose last tiles are short, against a walk through every one of their steps."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.models.odd_cases import odd_case
from tests.models.stepwise import Walk, walk
from tests.models.stepwise_time import TimedWalk
from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.capacity import held_bits
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.movement.flows import FlowModel
from zigzag_imc.models.movement.short_tiles import LoopNest, iterations_at_last, kinds_of_tiles
from zigzag_imc.models.profile import IMC

SEEDS = range(24)


def is_short(model: CostModel, mapping: LayerMapping) -> bool:
    """Whether some loop ends with a shorter step."""
    return LoopNest(mapping.temporal.loops, model.spread(mapping.spatial).temporal).ends_short


def test_cases_have_short_tiles() -> None:
    """Most mappings that the tests below draw, along one dimension or several."""
    short = several = 0
    for seed in SEEDS:
        case = odd_case(seed, IMC)
        for mapping in case.mappings:
            sizes = case.model.spread(mapping.spatial).temporal
            products = dict.fromkeys(sizes, 1)
            for dim, steps in mapping.temporal.loops:
                products[dim] *= steps
            dims = sum(products[dim] != size for dim, size in sizes.items())
            short, several = short + (dims > 0), several + (dims > 1)
    assert short > 48
    assert several > 8


@pytest.mark.parametrize("seed", SEEDS)
def test_words_energy_and_cycles_are_those_of_the_steps(seed: int) -> None:
    """Every tile takes whole words of its own; nothing is computed twice."""
    case = odd_case(seed, IMC)
    for mapping in case.mappings:
        walked, cost = Walk(case.model, mapping), case.model.evaluate(mapping)
        assert [term.words for term in cost.memory_terms] == pytest.approx(walked.words())
        assert cost.energy_pj == pytest.approx(walked.memory_pj() + cost.array_total_pj)
        rate = case.model.accelerator.array.cycles_per_activation
        assert cost.compute_cycles == len(walked.steps) * rate
        precharge = case.model.macro.precharge_pj * case.model.layer.macs
        assert cost.array_energy_pj["local_bl_precharging"] == pytest.approx(
            precharge * walked.weight_rests() / len(walked.steps)
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_room_is_that_of_the_largest_tile(seed: int) -> None:
    """In one instance of every memory, whole unrollings counted."""
    case = odd_case(seed, IMC)
    accelerator, layer = case.model.accelerator, case.model.layer
    for mapping in case.mappings:
        walked = Walk(case.model, mapping)
        held = held_bits(layer, accelerator, mapping)
        for operand in OPERANDS:
            for level, memory in enumerate(accelerator.levels[operand]):
                visits = walked.visits(operand, level + 1)
                most = max(walked.elements(operand, level + 1, v, whole=True) for v in visits)
                bits = walked.resting_bits(operand, level)
                top = level == len(accelerator.levels[operand]) - 1
                kept = 2 if accelerator.memories[memory].double_buffered and not top else 1
                assert held[memory][operand] == most * bits * min(kept, len(visits))


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_stalls_are_those_of_the_steps(seed: int) -> None:
    """Every period with its own transfer and its own window."""
    case = odd_case(seed, IMC)
    for mapping in case.mappings[:3]:
        timed, cost = TimedWalk(Walk(case.model, mapping)), case.model.evaluate(mapping)
        found = {(stall.memory, stall.port): stall.cycles for stall in cost.port_stalls}
        assert found == timed.stalls()
        assert cost.stall_cycles == max(0, *found.values())


@pytest.mark.parametrize("seed", SEEDS[:20])
def test_on_and_offloading_are_those_of_the_first_and_last_tiles(seed: int) -> None:
    """What is loaded first is full, what is unloaded last may be short."""
    case = odd_case(seed, IMC)
    for mapping in case.mappings:
        cost = case.model.evaluate(mapping)
        timed = TimedWalk(Walk(case.model, mapping))
        loading = (cost.onloading_cycles, cost.offloading_cycles)
        assert loading == pytest.approx(timed.loading(cost.compute_cycles + cost.stall_cycles))


@pytest.mark.parametrize("seed", SEEDS[:20])
def test_tiles_that_divide_cost_the_same_either_way(seed: int) -> None:
    """To the last digit: the sums over kinds of tiles have one term each."""
    case = odd_case(seed, IMC)
    exact = [mapping for mapping in case.mappings if not is_short(case.model, mapping)]
    plain = [case.model.evaluate(mapping) for mapping in exact]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FlowModel, "flows", FlowModel._short_flows)
        summed = [case.model.evaluate(mapping) for mapping in exact]
        for one, other in zip(plain, summed, strict=True):
            assert one == other
            assert one.terms == other.terms


@given(st.integers(1, 40), st.lists(st.integers(2, 5), max_size=3), st.lists(st.booleans()))
def test_steps_in_a_last_iteration_are_counted(
    size: int, inner: list[int], chosen: list[bool]
) -> None:
    """Of any loops that run through a dimension, and any of them."""
    last = -(-size // math.prod(inner))
    loops = [*inner, last] if last > 1 else []
    if not loops:
        size = math.prod(inner)
        loops = inner
    at_last = [place < len(chosen) and chosen[place] for place in range(len(loops))]
    steps = walk([("d", n) for n in loops], {"d": size})
    counted = 0
    for step in steps:
        rounds = [
            [s for s in steps if s.counters[place + 1 :] == step.counters[place + 1 :]]
            for place in range(len(loops))
        ]
        counted += all(
            step.counters[place] == max(s.counters[place] for s in rounds[place])
            for place in range(len(loops))
            if at_last[place]
        )
    assert iterations_at_last(list(zip(loops, at_last, strict=True)), size) == counted


@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 8), st.integers(1, 8))
def test_tiles_of_all_kinds_make_up_the_whole(a: int, b: int, s: int, t: int) -> None:
    """Nothing is computed twice, and nothing is padded."""
    nest = LoopNest((("a", s), ("b", t)), {"a": a, "b": b})
    for place in range(3):
        kinds = kinds_of_tiles(nest, place, ("a", "b"))
        assert sum(kind.times * kind.steps for kind in kinds) == a * b
        assert sum(kind.times for kind in kinds) == nest.crossings(place)
    counts = [nest.crossings(place) for place in range(3)]
    assert all(outer <= inner for inner, outer in pairwise(counts))


def test_five_rows_in_tiles_of_two() -> None:
    """Weights are loaded in three rounds, the last for one row; every input comes once."""
    layer = matmul_layer("five", rows=5, out_channels=16, in_channels=256)
    spatial = SpatialMapping.of({"D1": {"K": 16}, "D2": {"C": 128}})
    temporal = TemporalMapping((("D", 2), ("C", 2), ("D", 3)), ((1,), (0, 2), (0, 2)))
    model = CostModel(layer, load_accelerator("dimc"), IMC)
    mapping = LayerMapping(spatial, temporal)
    check_mapping(layer, model.accelerator, mapping, IMC)
    cost = model.evaluate(mapping)
    assert cost.compute_cycles == 5 * 2 * model.accelerator.array.cycles_per_activation
    dram = {(t.operand, t.direction): t.words for t in cost.memory_terms if t.memory == "dram"}
    assert dram["W", "tl"] == 3 * 256 * 16 * 8 / 64
    assert dram["I", "tl"] == 5 * 256 * 8 / 64
    assert dram["O", "fl"] == 5 * 16 * 8 / 64
    (rows,) = [stall.cycles for stall in cost.port_stalls if stall.port == "rows"]
    assert rows == (3 * 2 - 1) * 128

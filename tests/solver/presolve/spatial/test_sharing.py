"""What is shared between accelerators alike is what each of them would have found alone."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.layers import LAYERS
from zigzag_imc.core.accelerator import Accelerator, MemoryInstance
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.space import Space
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.hardware.templates.template import Template
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC, PROFILES, default_space
from zigzag_imc.solver.presolve.spatial import sharing
from zigzag_imc.solver.presolve.spatial.bounds import SpatialBounds, spatial_bounds
from zigzag_imc.solver.presolve.spatial.sharing import SHARING, key_of, listed_and_bounded

SPACE = default_space(IMC)
SMALL = Template(kind="aimc", rows=32, columns=32, macros=2, sram_kb=8, adc_bits=5.0).accelerator()
SOME_LAYERS = ("conv3x3", "depthwise", "gemm")


def alone(costs: CostModel, space: Space = SPACE) -> tuple[SpatialSpace, SpatialBounds]:
    """What an accelerator finds with nothing shared."""
    spatials = SpatialSpace.one_of_each(costs.layer, costs.accelerator, costs.profile, space)
    return spatials, spatial_bounds(costs, spatials, with_latency=True)


def assert_same(costs: CostModel, space: Space = SPACE) -> None:
    """Compare what is found with and without sharing, to the last bit."""
    spatials, bounds = listed_and_bounded(costs, True, space)
    own_spatials, own = alone(costs, space)
    assert list(spatials) == list(own_spatials)
    np.testing.assert_array_equal(bounds.energy_pj, own.energy_pj)
    np.testing.assert_array_equal(bounds.latency, own.latency)


def alike(accelerator: Accelerator, draw: random.Random) -> Accelerator:
    """Change whatever the key leaves out."""
    lowest = {levels[0] for levels in accelerator.levels.values()}

    def changed(place: int, memory: MemoryInstance) -> MemoryInstance:
        return replace(
            memory,
            name=f"memory {place}",
            size_bits=memory.size_bits * (1 if place in lowest else draw.choice([1, 2, 4])),
            read_energy_pj=memory.read_energy_pj * draw.uniform(0.1, 3),
            write_energy_pj=memory.write_energy_pj * draw.uniform(0.1, 3),
            area_mm2=draw.random(),
            latency_cycles=draw.randint(1, 9),
            cost_source="drawn",
        )

    array = accelerator.array
    bits = draw.uniform(1, 12) if array.analog else array.adc_bits
    memories = tuple(changed(*one) for one in enumerate(accelerator.memories))
    return accelerator.replace(
        name="alike", array=replace(array, adc_bits=bits), memories=memories, clock_ns=draw.random()
    )


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", SOME_LAYERS)
def test_of_accelerators_alike_the_first_stands_for_all(name: str, profile: str) -> None:
    draw = random.Random(f"{name} {profile}")
    layer, cost_profile = LAYERS[name], PROFILES[profile]
    space = default_space(cost_profile)
    keys = set()
    for _ in range(3):
        costs = CostModel(layer, alike(SMALL, draw), cost_profile)
        keys.add(key_of(costs, True, space))
        assert_same(costs, space)
    assert len(keys) == 1


def other_hardware(accelerator: Accelerator) -> list[Accelerator]:
    """Return accelerators of which each differs in one thing that counts."""
    array, memories = accelerator.array, accelerator.memories
    (columns, of_columns), *rest = array.dimensions
    registers = [one for one in memories if one.operands in (("O",), ("I",))]
    assert len(registers) == 2

    def with_memory(own: MemoryInstance, **changes: object) -> Accelerator:
        changed = replace(own, **changes)  # type: ignore[arg-type]
        return accelerator.replace(
            memories=tuple(changed if one is own else one for one in memories)
        )

    upper = memories[-2]
    narrow = tuple(
        replace(one, bandwidth_min=8, bandwidth_max=one.bandwidth_max // 2) for one in upper.ports
    )
    return [
        accelerator.replace(array=replace(array, dimensions=((columns, of_columns // 2), *rest))),
        accelerator.replace(array=replace(array, bits_per_cycle=1)),
        *(with_memory(one, size_bits=4 * one.size_bits) for one in registers),
        with_memory(upper, ports=narrow),
        with_memory(upper, read_energy_pj=0.0),
    ]


def test_what_differs_in_more_shares_nothing() -> None:
    layer = LAYERS["conv3x3"]
    everything = [SMALL, *other_hardware(SMALL)]
    assert len({key_of(CostModel(layer, one), True, SPACE) for one in everything}) == 6 + 1
    for one in everything:
        assert_same(CostModel(layer, one))


def test_a_planted_fault_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were sizes of registers no part of the key, one would be bounded as if it were another."""
    monkeypatch.setattr(sharing, "_structure", lambda memory, _: memory.ports)
    differences = 0
    for one in [SMALL, *other_hardware(SMALL)]:
        try:
            assert_same(CostModel(LAYERS["conv3x3"], one))
        except AssertionError:
            differences += 1
    assert differences >= 1


def test_layers_and_spaces_are_told_apart() -> None:
    layers: list[Layer] = [LAYERS[name] for name in SOME_LAYERS]
    keys = [key_of(CostModel(layer, SMALL), True, SPACE) for layer in layers]
    keys += [key_of(CostModel(layers[0], SMALL), False, SPACE)]
    keys += [key_of(CostModel(layers[0], SMALL), True, replace(SPACE, diagonals=False))]
    assert all(one != other for one, other in pairwise(keys))
    assert len(set(keys)) == len(keys)


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = [CostModel(LAYERS[name], load_accelerator("dimc")) for name in SOME_LAYERS]
    for one in costs:
        listed_and_bounded(one, True, SPACE)
    kept = [SHARING.find(key_of(one, True, SPACE)) for one in costs]
    assert all(kept)
    monkeypatch.setattr(sharing, "MOST_NUMBERS", kept[-1].numbers if kept[-1] else 0)
    listed_and_bounded(CostModel(LAYERS[SOME_LAYERS[0]], SMALL), True, SPACE)
    assert [SHARING.find(key_of(one, True, SPACE)) for one in costs[:2]] == [None, None]

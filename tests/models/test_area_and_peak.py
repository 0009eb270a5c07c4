"""Area by instances, and peak performance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.models.area import area_of
from zigzag_imc.models.array.macro import MacroModel, clock_period_ns
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.peak import peak_of
from zigzag_imc.models.profile import IMC, PROFILES, ZIGZAG, ZIGZAG_IMC, CostProfile

DIMC = load_accelerator("dimc")


@pytest.mark.parametrize("profile", [IMC, ZIGZAG_IMC])
def test_all_instances_count(profile: CostProfile) -> None:
    """A register for each of 128 rows and 16 columns; the cells are in the array."""
    area = area_of(DIMC, profile)
    assert dict(area.memories) == {
        "input_register": pytest.approx(128 * 2.9472e-05),
        "output_register": pytest.approx(16 * 5.8944e-05),
        "sram_256KB": 0.750710592,
        "dram": 0,
    }
    assert area.array["cells"] == pytest.approx(2048 * 3.3453e-06)
    assert area.total_mm2 == pytest.approx(
        MacroModel.of(DIMC).area_mm2 + sum(area.memories.values())
    )


def test_zigzag_counts_every_memory_once() -> None:
    area = area_of(DIMC, ZIGZAG)
    assert dict(area.memories) == {memory.name: memory.area_mm2 for memory in DIMC.memories}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_cost_has_the_area_of_its_profile(profile: str) -> None:
    layer = matmul_layer("product", rows=1, out_channels=1, in_channels=1)
    model = CostModel(layer, DIMC, PROFILES[profile])
    assert model.area_mm2 == area_of(DIMC, PROFILES[profile]).total_mm2


def test_macros_have_memories_of_their_own() -> None:
    """Eight macros: eight times the registers, and a DRAM each that serves two dimensions."""
    dimensions = (*DIMC.array.dimensions, ("D3", 8))
    eight = DIMC.replace(array=replace(DIMC.array, dimensions=dimensions))
    one = area_of(DIMC, IMC)
    found = area_of(eight, IMC)
    assert found.total_mm2 == pytest.approx(8 * one.total_mm2)
    assert [eight.instances(memory) for memory in eight.memories] == [8 * 2048, 8 * 128, 128, 8, 8]


@pytest.mark.parametrize("name", ["aimc", "dimc"])
def test_peak_by_hand(name: str) -> None:
    """2 x 16 x 128 operations in 8 or 4 cycles, with the energy of a full array."""
    accelerator = load_accelerator(name)
    macro, peak = MacroModel.of(accelerator), peak_of(accelerator)
    cycles = {"aimc": 4, "dimc": 8}[name]
    operations = 2 * 16 * 128
    assert peak.tops == pytest.approx(operations / (cycles * clock_period_ns(accelerator)) / 1000)
    energy_pj = sum(macro.activation_energy_pj(128, 16).values())
    assert peak.tops_per_w == pytest.approx(operations / energy_pj)
    assert peak.tops_per_mm2 == pytest.approx(peak.tops / macro.area_mm2)


def test_a_slower_clock_does_less_for_the_same_energy() -> None:
    usual, slow = peak_of(DIMC), peak_of(DIMC.replace(clock_ns=2 * clock_period_ns(DIMC)))
    assert slow.tops == pytest.approx(usual.tops / 2)
    assert slow.tops_per_w == usual.tops_per_w

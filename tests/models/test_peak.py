"""Peak performance of macros and systems, against a published study and by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from zigzag_imc import Template, load_accelerator
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.technology import NODE_28NM
from zigzag_imc.models.peak import Activity, peak_of, system_peak_of

STUDY = {  # kind, size: macro TOPS/W, system TOPS/W, macro mm2, system mm2, clock in ns
    ("aimc", 32): (4.00773, 2.35207, 0.0108519, 0.790224, 6.63096),
    ("dimc", 32): (7.19498, 3.17839, 0.00719277, 0.786565, 3.22172),
    ("aimc", 64): (7.14411, 4.6096, 0.0295069, 0.765966, 8.14804),
    ("dimc", 64): (7.38709, 4.70955, 0.027442, 0.763901, 3.54676),
    ("aimc", 128): (12.5132, 9.93259, 0.0826429, 0.837597, 11.0234),
    ("dimc", 128): (7.49003, 6.48199, 0.107078, 0.862032, 3.8718),
    ("aimc", 256): (21.1677, 18.8136, 0.238886, 1.01634, 16.8241),
    ("dimc", 256): (7.5441, 7.22203, 0.422288, 1.19974, 4.19684),
    ("aimc", 512): (33.8036, 31.4421, 0.727311, 1.5876, 28.8937),
    ("dimc", 512): (7.57219, 7.4469, 1.6868, 2.5471, 4.52188),
    ("aimc", 1024): (49.7709, 48.1042, 2.25756, 3.09305, 54.3367),
    ("dimc", 1024): (7.58669, 7.54683, 6.69443, 7.52992, 4.84692),
}
"""Figures of "Analog or digital in-memory computing? Benchmarking through quantitative modeling"
(ICCAD 2023), from its published artefact: square arrays of 32 to 1024 rows and bit columns, one
macro, 8 x 8 bits, a 256 KB SRAM."""

KINDS = ("aimc", "dimc")
SMALL = Path(__file__).parents[1] / "data" / "accelerator_small.yaml"


def _of_study(kind: str, size: int) -> Accelerator:
    return Template(
        kind=kind,  # type: ignore[arg-type]
        rows=size,
        columns=size,
        output_bits=8,
    ).accelerator()


@pytest.mark.parametrize(("kind", "size"), STUDY)
def test_energy_and_area_are_the_studys(kind: str, size: int) -> None:
    accelerator = _of_study(kind, size)
    macro, system = peak_of(accelerator), system_peak_of(accelerator)
    found = (macro.tops_per_w, system.tops_per_w, macro.total_mm2, system.total_mm2)
    assert found == pytest.approx(STUDY[kind, size][:4], rel=2e-5)


@pytest.mark.parametrize(("kind", "size"), STUDY)
def test_the_studys_clock_has_a_few_gates_more(kind: str, size: int) -> None:
    """An XOR2 more at the accumulator, and in analog arrays a carry along the bits of the ADC."""
    accelerator = _of_study(kind, size)
    more_ns = NODE_28NM.xor2_ns + accelerator.array.adc_bits * NODE_28NM.carry_ripple_ns
    assert peak_of(accelerator).tclk_ns + more_ns == pytest.approx(STUDY[kind, size][4], rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_system_by_hand(kind: str) -> None:
    """The preset: a cycle reads 128 x 2 or 128 x 1 bits, and gives 16 sums in 4 or 8 cycles."""
    accelerator = load_accelerator(kind)
    cycles = {"aimc": 4, "dimc": 8}[kind]
    macro, system = peak_of(accelerator), system_peak_of(accelerator)
    inputs, outputs = 128 * 8 / cycles, 16 / cycles
    by_hand = {
        "input_register": inputs / 8 * 0.013608,
        "output_register": outputs * 0.027216,
        "sram_256KB": inputs * 75.377952 / 1024 + outputs * 8 * 61.6579776 / 1024,
    }
    more = {name: system.energy_pj[name] for name in by_hand}
    assert more == pytest.approx(by_hand)
    total = sum(system.energy_pj.values())
    assert total == pytest.approx(sum(macro.energy_pj.values()) + sum(by_hand.values()))
    assert system.tops == macro.tops


def test_macros_side_by_side() -> None:
    """Four macros do four times as much, for four times the energy of the macros."""
    one = Template(kind="dimc").accelerator()
    four = Template(kind="dimc", macros=4).accelerator()
    assert peak_of(four).tops == pytest.approx(4 * peak_of(one).tops)
    assert peak_of(four).tops_per_w == pytest.approx(peak_of(one).tops_per_w)
    assert peak_of(four).tops_per_mm2 == pytest.approx(peak_of(one).tops_per_mm2)
    assert system_peak_of(four).energy_pj["input_register"] == pytest.approx(
        4 * system_peak_of(one).energy_pj["input_register"]
    )


FOLLOWERS = {
    "aimc": {
        "dacs": (True, False),
        "mults": (True, False),
        "adders_pv": (True, False),
        "analog_bl_addition": (False, True),
        "adcs": (False, True),
        "accumulators": (False, False),
    },
    "dimc": {
        "mults": (True, False),
        "adders_regular": (True, True),
        "accumulators": (False, False),
    },
}
"""Whether a component follows the toggling of the inputs, and the weights that are not zero."""


@pytest.mark.parametrize(("kind", "toggle", "sparsity"), list(product(KINDS, (1, 0.25), (0, 0.6))))
def test_activity(kind: str, toggle: float, sparsity: float) -> None:
    accelerator = load_accelerator(kind)
    full, part = peak_of(accelerator), peak_of(accelerator, Activity(toggle, sparsity))
    for component, (by_inputs, by_weights) in FOLLOWERS[kind].items():
        share = (toggle if by_inputs else 1) * (1 - sparsity if by_weights else 1)
        assert part.energy_pj[component] == pytest.approx(share * full.energy_pj[component])
    assert part.tops == full.tops


def test_an_odd_last_cycle() -> None:
    """Eight bits, three a cycle: three cycles, which read eight bits together."""
    accelerator = load_accelerator("dimc")
    odd = accelerator.replace(array=replace(accelerator.array, bits_per_cycle=3.0))
    assert peak_of(odd).operations == pytest.approx(2 * 2048 / 3)
    read = system_peak_of(odd).energy_pj["input_register"]
    assert read == pytest.approx(128 * 8 / 3 / 8 * 0.013608)


def test_a_dram_is_no_part_of_the_system() -> None:
    """Without registers, the SRAM is the lowest of inputs and outputs; the DRAM is not on chip."""
    small = load_accelerator(SMALL)
    energies = system_peak_of(small).energy_pj
    assert energies["sram"] > 0
    assert "dram" not in energies

"""Two models of an ADC: a fit to macros, and a regression on a survey."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.accelerators import base
from zigzag_imc.core.errors import AcceleratorError
from zigzag_imc.core.technology import NODE_28NM
from zigzag_imc.models.array.converters import Converter, adc, survey_adc
from zigzag_imc.models.hardware.costs.dram import DRAM_KINDS
from zigzag_imc.models.hardware.files import accelerator_from_dict

PAGE = Path(__file__).parents[3] / "docs" / "providers.md"


def test_the_survey_by_hand() -> None:
    """Eight bits on 128 rows: 85 MHz, limited by the resolution, not by the rate."""
    found = survey_adc(8, 128)
    rate_hz = 1e9 / (8 * (0.00653 * 128 + 0.640))
    merit_db = 128.3068 + 8 * 3.22051
    assert merit_db < 213.7807 - 2.8719 * math.log(rate_hz)
    signal_to_noise_db = 8 * 6.0206 + 1.7609
    ideal_pj = 10 ** ((signal_to_noise_db - merit_db) / 10) / 2
    energy_pj = ideal_pj * math.exp(24.57942) * 28**1.880037 / 8**2.829126
    assert found.energy_pj == pytest.approx(energy_pj, rel=1e-3)
    area_um2 = math.exp(1.346192) * 28**0.993279 * rate_hz**0.180715 * energy_pj**0.299124
    assert found.area_mm2 == pytest.approx(area_um2 * 1e-6, rel=1e-3)


def test_fast_converters_take_more() -> None:
    """Short bitlines convert faster than published converters of 12 bits do at their best."""
    slow, fast = survey_adc(12, 4096), survey_adc(12, 1)
    assert fast.energy_pj > slow.energy_pj


def test_the_survey_keeps_the_delay_of_the_fit() -> None:
    assert survey_adc(6, 64).delay_ns == adc(6, 64).delay_ns
    assert survey_adc(0, 64) == Converter(0.0, 0.0, 0.0)


def test_smaller_nodes_take_less() -> None:
    small, large = (survey_adc(6, 64, NODE_28NM.scaled(node, 0.9)) for node in (22, 45))
    assert small.energy_pj < large.energy_pj
    assert small.area_mm2 < large.area_mm2


@pytest.mark.parametrize(
    ("name", "keys", "said"),
    [
        ("aimc", {"adc_model": "survey", "adc_resolution": 3.5}, "expected at least 4 with adc_"),
        ("dimc", {"adc_model": "fit"}, "operational_array.adc_model: found fit, but a digital"),
        ("aimc", {"adc_model": "mine"}, "operational_array.adc_model: found 'mine', expected fit"),
    ],
)
def test_what_is_wrong_with_an_adc(name: str, keys: dict[str, object], said: str) -> None:
    contents = base(name)
    contents["operational_array"] |= keys
    with pytest.raises(AcceleratorError) as caught:
        accelerator_from_dict(contents, "mine")
    assert said in str(caught.value)


def test_the_page_shows_both() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for bits in (4, 5, 6, 7, 8):
        fit, survey = adc(bits, 128), survey_adc(bits, 128)
        energies = f"{fit.energy_pj:.2f} | {survey.energy_pj:.2f}"
        areas = f"{fit.area_mm2 * 1e6:.0f} | {survey.area_mm2 * 1e6:.0f}"
        assert f"| {bits} | {energies} | {areas} | {survey.area_mm2 / fit.area_mm2:.1f} |" in page


def test_the_page_shows_all_drams() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for kind in DRAM_KINDS.values():
        bandwidth = "as needed" if kind.gb_s is None else f"{kind.gb_s:g}"
        assert f"| `{kind.name}` | {kind.pj_per_bit:g} | {bandwidth} | {kind.source} |" in page

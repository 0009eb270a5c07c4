"""Published chips: what the model says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from zigzag_imc.core.errors import OptionError
from zigzag_imc.models.hardware.chips import FIGURES, chip_named, chip_names
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.hardware.yaml_text import read_yaml
from zigzag_imc.report.terminal.validation import LABELS
from zigzag_imc.results.units import figure
from zigzag_imc.results.validation import UNLIKE, validation_record

NAMES = ("AIMC1", "AIMC2", "AIMC3", "DIMC1", "DIMC2", "DIMC3", "DIMC4")


def test_all_are_there() -> None:
    assert chip_names() == NAMES
    with pytest.raises(OptionError, match=r"no chip 'AIMC9'; chips are AIMC1, .*did you mean"):
        chip_named("AIMC9")


@pytest.mark.parametrize("name", NAMES)
def test_each_is_an_accelerator(name: str) -> None:
    chip = chip_named(name)
    accelerator = chip.accelerator_template.accelerator()
    assert accelerator.name == name
    text = chip.accelerator_template.text()
    assert accelerator_from_dict(read_yaml(text, name), name) == accelerator


@pytest.mark.parametrize("name", NAMES)
def test_every_reported_figure_says_what_it_means(name: str) -> None:
    chip = chip_named(name)
    assert set(chip.reported) == set(chip.means) <= set(FIGURES)
    assert set(chip.reported) >= {"area_mm2", "tclk_ns", "tops_per_w"}


def test_what_is_comparable_is_near() -> None:
    """No chip has a factor of its own: this is how far the model of all of them goes."""
    for chip in validation_record(map(chip_named, NAMES)).chips:
        for name, one in chip.figures.items():
            assert one.ratio == pytest.approx(one.modelled / one.reported)
            if not one.means.startswith(UNLIKE):
                assert 0.5 < one.ratio < 1.3, (chip.name, name)


def test_the_page_says_what_is_modelled_today() -> None:
    page = (Path(__file__).parents[3] / "docs" / "chips.md").read_text(encoding="utf-8")
    for chip in validation_record(map(chip_named, NAMES)).chips:
        for name, one in chip.figures.items():
            label = LABELS[name].replace("mm2", "mm²")
            numbers = f"{figure(one.modelled)} | {figure(one.reported)} | {one.ratio:.2f}"
            assert f"| {chip.name} | {label} | {numbers} | {one.means} |" in page


def test_a_clock_by_hand() -> None:
    """AIMC1: six bits on bitlines of 1024 cells, and a multiplier of 22 nm before."""
    path = chip_named("AIMC1").modelled("tclk_ns")
    assert path == pytest.approx(6 * (0.00653 * 1024 + 0.640) + 0.0478 * 22 / 28)

"""What SRAMs cost: the table, banks, the study's corrections, and CACTI itself."""

from __future__ import annotations

import math
import stat
import statistics
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from zigzag_imc.core.errors import OptionError
from zigzag_imc.models.hardware.costs.banks import BestBanks, StudyBanks
from zigzag_imc.models.hardware.costs.cacti import Cacti
from zigzag_imc.models.hardware.costs.kept import Kept
from zigzag_imc.models.hardware.costs.sram import (
    MOST_BYTES,
    MOST_WIDTH,
    SINGLE_PORT,
    SramCost,
    SramPorts,
    SramShape,
)
from zigzag_imc.models.hardware.costs.sram_table import Point, SramTable

PORTS = SramPorts.of("1r1w")
BETWEEN = Path(__file__).parents[2] / "data" / "sram_between.csv"
"""What CACTI says of SRAMs that are in no table."""


@dataclass(frozen=True)
class Made:
    """A model with a formula, which cannot make words of more than some bits."""

    most_bits: int = 64

    def cost(self, shape: SramShape) -> SramCost | None:
        if shape.width_bits > self.most_bits:
            return None
        pj = math.sqrt(shape.size_bytes) + shape.width_bits**2 / 100
        return SramCost(pj, 2 * pj, shape.size_bytes / 1e6, 1.0, "made up")


def shapes() -> Iterator[SramShape]:
    yield SramShape(4096, 64, 28.0)
    yield SramShape(262144, 1024, 28.0, PORTS)
    yield SramShape(1024, 24, 28.0)


# ---------------------------------------------------------------- ports
@pytest.mark.parametrize("text", ["1rw", "1r1w", "2rw", "3r3w", "1rw1r"])
def test_ports_are_written_as_read(text: str) -> None:
    assert str(SramPorts.of(text)) == text


@pytest.mark.parametrize("text", ["", "1r", "2w", "rw", "0rw", "1w1r", "1 rw"])
def test_ports_have_to_read_and_write(text: str) -> None:
    with pytest.raises(OptionError, match=r"^sram_ports: found"):
        SramPorts.of(text)


# ---------------------------------------------------------------- the table
def test_exact_at_its_points() -> None:
    table = SramTable.shipped()
    for ports, grid in table.grids.items():
        for point, (read, write, area, access) in list(grid.points.items())[::37]:
            cost = table.cost(
                SramShape(point.size_bytes, int(point.width_bits), point.node_nm, ports)
            )
            assert cost == SramCost(
                read, write, area, access, f"CACTI 7 table, {point.node_nm:g} nm, {ports}"
            )


def test_powers_of_sizes_are_met_between_points() -> None:
    """And what grows with the node as a power of something does."""
    lines = ["node_nm,ports,size_bytes,width_bits,read_pj,write_pj,area_mm2,access_ns"]
    for node in (22, 90):
        for size in (64, 1024):
            for width in (8, 64):
                read = 1.03**node * size**0.7 * width
                lines.append(f"{node},1rw,{size},{width},{read!r},1,2,{1 / size!r}")
    cost = SramTable.read("\n".join(lines)).cost(SramShape(200, 20, 50.0))
    assert cost is not None
    assert cost.read_pj == pytest.approx(1.03**50 * 200**0.7 * 20)
    assert (cost.write_pj, cost.area_mm2) == pytest.approx((1, 2))
    assert cost.access_ns == pytest.approx(1 / 200)
    assert cost.source.endswith("interpolated")


def test_between_its_neighbours() -> None:
    table = SramTable.shipped()
    low, high = (table.cost(SramShape(size, 64, 28.0)) for size in (2**15, 2**16))
    middle = table.cost(SramShape(3 * 2**14, 64, 28.0))
    assert low is not None
    assert middle is not None
    assert high is not None
    assert low.read_pj < middle.read_pj < high.read_pj
    assert low.area_mm2 < middle.area_mm2 < high.area_mm2


@pytest.mark.parametrize(
    "shape",
    [
        SramShape(32, 8, 28.0),
        SramShape(2 * MOST_BYTES, 64, 28.0),
        SramShape(2**16, 2 * MOST_WIDTH, 28.0),
        SramShape(64, 512, 28.0),  # one word: CACTI finds no solution
        SramShape(2**16, 64, 16.0),
    ],
)
def test_nothing_beyond_the_table(shape: SramShape) -> None:
    assert SramTable.shipped().cost(shape) is None


def test_ports_that_the_table_lacks() -> None:
    with pytest.raises(OptionError, match=r"^sram_ports: found 2r2w, expected one of 1rw, 1r1w$"):
        SramTable.shipped().cost(SramShape(1024, 64, 28.0, SramPorts.of("2r2w")))


def test_between_points_it_is_near_cacti() -> None:
    """At points that CACTI was asked for, anywhere between those of the table.

    ``benchmarks/sram_table.py check --points 240`` asks for them again.
    """
    asked = SramTable.read(BETWEEN.read_text(encoding="ascii"))
    errors, of_even_widths = [], []
    for ports, grid in asked.grids.items():
        for at, costs in grid.points.items():
            told = SramTable.shipped().cost(
                SramShape(at.size_bytes, int(at.width_bits), at.node_nm, ports)
            )
            if told is not None:
                found = (told.read_pj, told.write_pj, told.area_mm2, told.access_ns)
                own = [abs(one / other - 1) for one, other in zip(found, costs, strict=True)]
                errors.append(own)
                of_even_widths += own if at.width_bits % 2 == 0 else []
    assert len(errors) > 190
    for quantity in zip(*errors, strict=True):
        assert statistics.median(quantity) < 0.05
    assert len(of_even_widths) > 4 * 90
    assert max(of_even_widths) < 0.42  # above are odd widths, where CACTI itself drops
    assert sorted(of_even_widths)[int(0.9 * len(of_even_widths))] < 0.13


# ---------------------------------------------------------------- banks
@pytest.mark.parametrize("shape", list(shapes()), ids=str)
def test_banks_are_the_best_of_all(shape: SramShape) -> None:
    """Enumerated: no number of banks, a power of two, costs less energy."""
    found = BestBanks(Made()).cost(shape)
    assert found is not None
    energies = []
    for banks in (2**power for power in range(12)):
        if shape.width_bits % banks or shape.width_bits < 8 * banks:
            continue
        bank = replace(
            shape, size_bytes=shape.size_bytes / banks, width_bits=shape.width_bits // banks
        )
        cost = Made().cost(bank) if bank.size_bytes >= 64 else None
        if cost is not None:
            energies.append(banks * (cost.read_pj + cost.write_pj))
    assert found.read_pj + found.write_pj == pytest.approx(min(energies))
    assert found.area_mm2 == pytest.approx(shape.size_bytes / 1e6)


def test_no_banks_can_be_built() -> None:
    assert BestBanks(Made(most_bits=4)).cost(SramShape(4096, 64, 28.0)) is None


def test_corrections_of_the_study() -> None:
    """Of 1024 bits: 32 banks of 32 bits and as many words, 0.81 of each, the area twice."""
    bank = Made().cost(SramShape(8192, 32, 32.0))
    cost = StudyBanks(Made()).cost(SramShape(262144, 1024, 28.0, PORTS))
    assert bank is not None
    assert cost is not None
    assert cost.read_pj == pytest.approx(bank.read_pj * 32 * 0.81)
    assert cost.area_mm2 == pytest.approx(bank.area_mm2 * 32 * 0.81 * 2)
    assert cost.access_ns == pytest.approx(0.81)


def test_the_study_shrinks_28_nm_alone() -> None:
    bank = Made().cost(SramShape(8192, 32, 45.0))
    cost = StudyBanks(Made()).cost(SramShape(262144, 1024, 45.0))
    assert bank is not None
    assert cost is not None
    assert cost.read_pj == pytest.approx(bank.read_pj * 32)
    assert cost.area_mm2 == pytest.approx(bank.area_mm2 * 32 * 2)


def test_the_study_asks_for_32_words() -> None:
    assert StudyBanks(Made()).cost(SramShape(128, 64, 28.0)) is None
    assert StudyBanks(Made()).cost(SramShape(256, 64, 28.0)) is not None


def test_answers_are_kept() -> None:
    asked = []

    class Counting(Made):
        def cost(self, shape: SramShape) -> SramCost | None:
            asked.append(shape)
            return super().cost(shape)

    kept = Kept(Counting())
    for _ in range(3):
        for shape in shapes():
            assert kept.cost(shape) == Made().cost(shape)
    assert len(asked) == 3


# ---------------------------------------------------------------- CACTI
def test_the_table_is_what_cacti_says() -> None:
    cacti = Cacti.installed()
    if cacti is None:
        pytest.skip("the extra zigzag is not installed")
    for shape in (SramShape(1024, 32, 32.0), SramShape(2048, 64, 28.0, PORTS)):
        asked, told = cacti.cost(shape), SramTable.shipped().cost(shape)
        assert asked is not None
        assert told is not None
        assert told.read_pj == pytest.approx(asked.read_pj, rel=1e-5)
        assert told.write_pj == pytest.approx(asked.write_pj, rel=1e-5)
        assert told.area_mm2 == pytest.approx(asked.area_mm2, rel=1e-5)
    assert cacti.cost(SramShape(64, 512, 28.0)) is None
    assert cacti.cost(SramShape(96, 32, 32.0)) is None
    assert Point(28.0, 64, 512) not in SramTable.shipped().grids[SINGLE_PORT].points


def _program(folder: Path, script: str) -> Path:
    """Make a program that stands in for CACTI."""
    (folder / "tech_params").mkdir()
    program = folder / "cacti"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


NAMES = "Area (mm2), Access time (ns), Dynamic read energy (nJ), Dynamic write energy (nJ)"


def test_the_program_runs_in_a_folder_of_its_own(tmp_path: Path) -> None:
    written = f'test -d tech_params && (echo "{NAMES}"; echo "4, 3, 0.001, 0.002") > sram.cfg.out'
    program = _program(tmp_path, f"{written}; cp sram.cfg {tmp_path}/asked")
    cost = Cacti(program).cost(SramShape(2048, 100, 28.0, PORTS))
    assert cost == SramCost(1.0, 2.0, 4.0, 3.0, "CACTI 7 run for 28 nm, 1r1w")
    asked = (tmp_path / "asked").read_text()
    assert "-size (bytes) 2048\n-block size (bytes) 13\n-output/input bus width 100\n" in asked
    assert "-exclusive read port 1\n" in asked
    assert "-technology (u) 0.0280\n" in asked
    assert sorted(path.name for path in tmp_path.iterdir()) == ["asked", "cacti", "tech_params"]


def test_several_run_at_once(tmp_path: Path) -> None:
    """Each has its own folder: nobody reads what another one wrote."""
    size = "$(sed -n 's/-size (bytes) //p' sram.cfg)"
    written = f'(echo "{NAMES}"; sleep 0.1; echo "{size}, 1, 1, 1") > sram.cfg.out'
    cacti = Cacti(_program(tmp_path, written))
    sizes = [2**power for power in range(6, 14)]
    with ThreadPoolExecutor(4) as pool:
        costs = list(pool.map(lambda size: cacti.cost(SramShape(size, 8, 28.0)), sizes))
    assert [cost and cost.area_mm2 for cost in costs] == sizes


def test_a_program_that_crashes(tmp_path: Path) -> None:
    program = _program(tmp_path, "echo half; echo broken; kill -SEGV $$")
    with pytest.raises(OptionError, match=r"for 1024 B, 8 bits wide.*said: broken"):
        Cacti(program).cost(SramShape(1024, 8, 28.0))


def test_no_program(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="is no program"):
        Cacti(tmp_path / "none")
    lonely = tmp_path / "cacti"
    lonely.write_text("#!/bin/sh\n")
    lonely.chmod(0o755)
    with pytest.raises(OptionError, match="no folder tech_params"):
        Cacti(lonely)


def test_nodes_that_cacti_lacks(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="node: found 14 nm, expected 22 to 90"):
        Cacti(_program(tmp_path, "true")).cost(SramShape(1024, 8, 14.0))

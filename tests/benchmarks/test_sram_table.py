"""The script that makes the table of SRAMs and says how far interpolation is off."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from benchmarks.sram_table import between, check, grid, make, report
from zigzag_imc.models.hardware.costs.sram import SramCost, SramShape
from zigzag_imc.models.hardware.costs.sram_table import SramTable


@dataclass
class Made:
    """A model that counts what it is asked; no SRAM has fewer than two words."""

    asked: list[SramShape] = field(default_factory=list)

    def cost(self, shape: SramShape) -> SramCost | None:
        self.asked.append(shape)
        if shape.words < 2:
            return None
        return SramCost(shape.size_bytes**0.5, shape.width_bits, 2.0, shape.node_nm, "made up")


def test_the_table_has_every_point_with_a_solution(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    shapes = [*grid()][:40]
    make(Made(), path, shapes)
    table = SramTable.read(path.read_text())
    for shape in shapes:
        cost, told = Made().cost(shape), table.cost(shape)
        assert (cost is None) == (told is None)
        if cost is not None and told is not None:
            assert told.read_pj == pytest.approx(cost.read_pj, rel=1e-5)
    assert [file.name for file in tmp_path.iterdir()] == ["table.csv"]


def test_nothing_is_asked_twice(tmp_path: Path) -> None:
    path, second = tmp_path / "table.csv", Made()
    shapes = [*grid()][:30]
    make(Made(), path, shapes[:20])
    make(second, path, shapes)
    assert second.asked == [shape for shape in shapes if shape.words < 2 or shape in shapes[20:]]


def test_a_run_that_was_stopped_goes_on(tmp_path: Path) -> None:
    class Stopping(Made):
        def cost(self, shape: SramShape) -> SramCost | None:
            if len(self.asked) == 15:
                raise KeyboardInterrupt
            return super().cost(shape)

    path, shapes, second = tmp_path / "table.csv", [*grid()][:30], Made()
    with pytest.raises(KeyboardInterrupt):
        make(Stopping(), path, shapes)
    make(second, path, shapes)
    assert not set(second.asked) & {shape for shape in shapes[:15] if shape.words >= 2}
    make(Made(), tmp_path / "at_once.csv", shapes)
    assert path.read_text() == (tmp_path / "at_once.csv").read_text()


def test_points_between_are_compared() -> None:
    @dataclass
    class Dearer(Made):
        def cost(self, shape: SramShape) -> SramCost | None:
            cost = super().cost(shape)
            return cost and cost.scaled(energy=1.1, area=1.0)

    misses = check(Made(), Dearer(), count=20, seed=3)
    assert 0 < len(misses) <= 20
    assert [miss.shape for miss in misses] == [
        shape for shape in between(20, 3) if shape.words >= 2
    ]
    assert all(miss.worst == pytest.approx(0.1) for miss in misses)
    lines = list(report(misses))
    assert lines[2] == f"| read_pj | {len(misses)} | 10.0% | 10.0% | 10.0% |"
    assert lines[4] == f"| area_mm2 | {len(misses)} | 0.0% | 0.0% | 0.0% |"

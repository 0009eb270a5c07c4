"""``auto_cost_extraction``: costs that a file leaves to the tool."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accelerators import base
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.models.hardware.costs.sram import SramPorts, SramShape
from zigzag_imc.models.hardware.costs.sram_table import SramTable
from zigzag_imc.models.hardware.files import accelerator_from_dict, accelerator_to_dict

SRAM = "sram_256KB"
ASKED: dict[str, Any] = {"auto_cost_extraction": True, "r_cost": 1, "w_cost": 1, "area": 1}


def _leaving(memory: str, **keys: Any) -> Accelerator:
    contents = base("dimc")
    entry = contents["memories"][memory]
    contents["memories"][memory] = {**entry, **ASKED, **keys}
    return accelerator_from_dict(contents, "mine")


def test_costs_are_those_of_the_table() -> None:
    accelerator = _leaving(SRAM)
    memory = next(one for one in accelerator.memories if one.name == SRAM)
    shape = SramShape(
        memory.size_bits / 8, memory.ports[0].bandwidth_max, 28.0, SramPorts.of("1r1w")
    )
    cost = SramTable.shipped().cost(shape)
    assert cost is not None
    assert memory.read_energy_pj == cost.read_pj
    assert memory.write_energy_pj == cost.write_pj
    assert memory.area_mm2 == cost.area_mm2
    assert memory.cost_source == cost.source
    assert f"mine: memories.{SRAM}: costs extracted: CACTI 7 table, 28 nm, 1r1w" in (
        accelerator.notices
    )


def test_ports_that_read_and_write() -> None:
    port = {
        "name": "rw_port_1",
        "type": "read_write",
        "bandwidth_min": 64,
        "bandwidth_max": 64,
        "allocation": ["I1, fh", "I1, tl", "O, fh", "O, tl", "O, fl", "O, th"],
    }
    accelerator = _leaving(SRAM, ports=[port])
    memory = next(one for one in accelerator.memories if one.name == SRAM)
    assert memory.cost_source == "CACTI 7 table, 28 nm, 1rw"


def test_cells_have_their_share_of_the_macro() -> None:
    accelerator = _leaving("cells")
    array = accelerator.array
    bits = array.columns * array.weight_bits
    cost = SramTable.shipped().cost(SramShape(array.rows * bits / 8, bits, 28.0))
    assert cost is not None
    cells = accelerator.cells
    assert cells.read_energy_pj == 0
    assert cells.write_energy_pj == pytest.approx(cost.write_pj / array.columns)
    assert cells.area_mm2 == pytest.approx(cost.area_mm2 / (array.rows * array.columns))


def test_what_is_written_is_what_was_read() -> None:
    accelerator = _leaving(SRAM)
    again = accelerator_from_dict(accelerator_to_dict(accelerator), "again")
    assert again == accelerator
    assert not again.notices

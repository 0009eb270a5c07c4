"""Technology, clock and bandwidths per second in accelerator files."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accelerators import base, rebuilt
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import AcceleratorError
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.core.technology import NODE_28NM
from zigzag_imc.models.array.macro import MacroModel, clock_period_ns
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import (
    accelerator_digest,
    accelerator_from_dict,
    accelerator_to_dict,
    zigzag_contents,
)
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.search import solve

LAYER = matmul_layer("product", rows=4, out_channels=40, in_channels=300)


def _dimc(**keys: Any) -> Accelerator:
    return accelerator_from_dict(base("dimc") | keys, "mine")


def _dram(**entries: Any) -> Accelerator:
    contents = base("dimc")
    contents["memories"]["dram"] |= entries
    return accelerator_from_dict(contents, "mine")


def _message(contents: dict[str, Any]) -> str:
    with pytest.raises(AcceleratorError) as caught:
        accelerator_from_dict(contents, "mine")
    return str(caught.value)


# ---------------------------------------------------------------- technology
@pytest.mark.parametrize(
    "block",
    [
        None,
        {},
        {"node_nm": 28, "supply_v": 0.9},
        {"xor2_pf": 1.05e-3, "dff_ns": 0, "bitline_pf": 0.35e-3},
    ],
)
def test_the_default_is_28_nm(block: dict[str, float] | None) -> None:
    accelerator = _dimc(technology=block)
    assert accelerator.technology.nand2_pf == NODE_28NM.nand2_pf
    assert MacroModel.of(accelerator).tclk_ns == MacroModel.of(_dimc()).tclk_ns
    assert accelerator.technology.xor2_pf == pytest.approx(NODE_28NM.xor2_pf, rel=1e-15)


def test_the_default_leaves_no_trace_in_digests() -> None:
    assert "technology" not in accelerator_to_dict(_dimc(technology={"supply_v": 0.9}))
    assert accelerator_digest(_dimc(technology={})) == accelerator_digest(_dimc())


def test_gates_follow_from_the_nand2() -> None:
    """Half the capacitance, delay and area of a NAND2: half the energy, clock and array."""
    halves = {key: getattr(NODE_28NM, key) / 2 for key in ("nand2_pf", "nand2_ns", "nand2_mm2")}
    small, usual = _dimc(technology={"node_nm": 14} | halves), _dimc()
    assert small.technology.node_nm == 14
    found, plain = MacroModel.of(small), MacroModel.of(usual)
    assert found.tclk_ns == pytest.approx(plain.tclk_ns / 2)
    assert found.area_mm2 == pytest.approx(plain.area_mm2 / 2)
    assert sum(found.activation_energy_pj(60, 9).values()) == pytest.approx(
        sum(plain.activation_energy_pj(60, 9).values()) / 2
    )


@pytest.mark.parametrize(
    ("name", "key", "part"),
    [
        ("dimc", "nand2_pf", "mults"),
        ("dimc", "xor2_pf", "adders_regular"),
        ("dimc", "dff_pf", "accumulators"),
        ("aimc", "bitline_pf", "analog_bl_addition"),
    ],
)
def test_every_capacitance_counts(name: str, key: str, part: str) -> None:
    more = {key: 2 * getattr(NODE_28NM, key)}
    contents = base(name)
    plain = MacroModel.of(accelerator_from_dict(contents, "plain")).activation_energy_pj(50, 50)
    found = MacroModel.of(accelerator_from_dict(contents | {"technology": more}, "more"))
    assert found.activation_energy_pj(50, 50)[part] > plain[part] > 0


def test_lines_of_a_cell_group() -> None:
    """Precharge swings a wordline once and the bitline of every weight of the group."""
    contents = rebuilt(base("dimc"), "deep", base("dimc")["memories"])
    contents["memories"]["cells"]["size"] = 32
    lines = {"wordline_pf": 0.001, "bitline_pf": 0.002, "supply_v": 1.0}
    found = MacroModel.of(accelerator_from_dict(contents | {"technology": lines}, "deep"))
    assert found.precharge_pj == pytest.approx(8 * (0.001 + 4 * 0.002))


def test_the_delay_of_a_flip_flop_is_on_the_critical_path() -> None:
    slower = MacroModel.of(_dimc(technology={"dff_ns": 0.25})).tclk_ns
    assert slower == pytest.approx(MacroModel.of(_dimc()).tclk_ns + 0.25)


def test_a_technology_survives_a_round_trip() -> None:
    accelerator = _dimc(technology={"supply_v": 0.8, "bitline_pf": 0.001}, clock_ns=10)
    again = accelerator_from_dict(accelerator_to_dict(accelerator), "again")
    assert again == accelerator
    assert accelerator_digest(again) == accelerator_digest(accelerator)
    assert accelerator_digest(accelerator) != accelerator_digest(_dimc())


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (
            {"node_nm": 16},
            "mine: technology.node_nm: found 16, but the constants built in are those of 28 nm and "
            "do not scale; give nand2_pf, nand2_ns, nand2_mm2, too",
        ),
        ({"nand2_pf": 0}, "mine: technology.nand2_pf: found 0, expected a capacitance in pF, ab"),
        ({"dff_ns": -1.0}, "mine: technology.dff_ns: found -1.0, expected a delay in ns, at least"),
        ({"supply": 1}, "mine: technology.supply: unknown key; expected node_nm, supply_v"),
        ({"supply_v": 1e300}, "mine: technology.supply_v: found 1e+300, expected at most 1e+15"),
        ([28], "mine: technology: found a list of 1, expected a mapping with"),
    ],
)
def test_wrong_technologies(block: Any, expected: str) -> None:
    assert _message(base("dimc") | {"technology": block}).startswith(expected)


# ---------------------------------------------------------------- clock
def test_a_slower_clock_changes_times_alone() -> None:
    slow, usual = _dimc(clock_ns=20), _dimc()
    assert clock_period_ns(slow) == 20
    best = solve(LAYER, usual, IMC, "edp").mapping
    assert best is not None
    found, plain = (CostModel(LAYER, one).evaluate(best) for one in (slow, usual))
    assert (found.energy_pj, found.latency_cycles) == (plain.energy_pj, plain.latency_cycles)
    assert found.tclk_ns == 20 > plain.tclk_ns


def test_a_clock_that_is_too_fast() -> None:
    path_ns = clock_period_ns(_dimc())
    assert clock_period_ns(_dimc(clock_ns=path_ns)) == path_ns
    message = _message(base("dimc") | {"clock_ns": 1})
    assert message.startswith("mine: clock_ns: found 1, but the critical path of the array takes ")
    assert f"{path_ns:.6g} ns" in message


def test_zigzag_gets_what_it_knows() -> None:
    assert zigzag_contents(_dimc(clock_ns=20)) == accelerator_to_dict(_dimc())
    with pytest.raises(AcceleratorError, match=r"only the constants of 28 nm at 0\.9 V"):
        zigzag_contents(_dimc(technology={"supply_v": 1}))


# ---------------------------------------------------------------- bandwidths per second
def test_bytes_per_second_become_bits_per_cycle() -> None:
    """12.8 GB/s are 102.4 bits per ns: at 5 ns 512 bits, eight times the 64 of the file."""
    contents = base("dimc") | {"clock_ns": 5}
    contents["memories"]["dram"]["bandwidth_gb_s"] = 12.8
    dram = accelerator_from_dict(contents, "mine").memories[-1]
    assert [(port.bandwidth_min, port.bandwidth_max) for port in dram.ports] == [(64, 512)]
    assert dram.read_energy_pj == pytest.approx(8 * 700)
    assert dram.write_energy_pj == pytest.approx(8 * 750)


def test_a_faster_memory_costs_the_same_energy_and_less_time() -> None:
    slow, fast = _dram(), _dram(bandwidth_gb_s=1000)
    best = solve(LAYER, slow, IMC, "energy").mapping
    assert best is not None
    found, plain = (CostModel(LAYER, one).evaluate(best) for one in (fast, slow))
    assert found.energy_pj == pytest.approx(plain.energy_pj, rel=1e-12)
    assert found.latency_cycles < plain.latency_cycles


def test_the_bandwidth_is_rounded_down() -> None:
    period_ns = clock_period_ns(_dimc())
    wide = _dram(bandwidth_gb_s=99.9 / 8 / period_ns).memories[-1]
    assert wide.ports[0].bandwidth_max == 99


def test_the_same_bandwidth_is_nothing_new() -> None:
    exact = 64 / 8 / clock_period_ns(_dimc()) * (1 + 1e-12)
    assert accelerator_digest(_dram(bandwidth_gb_s=exact)) == accelerator_digest(_dram())


def test_too_little_bandwidth() -> None:
    contents = base("dimc")
    contents["memories"]["dram"]["bandwidth_gb_s"] = 0.1
    message = _message(contents)
    assert message.startswith("mine: memories.dram.bandwidth_gb_s: found 0.1, which is ")
    assert "rw_port_1 moves at least 64; give it a smaller bandwidth_min" in message


def test_ports_of_different_widths_share_no_energy() -> None:
    contents = base("dimc")
    contents["memories"]["rf_2B"] |= {"bandwidth_gb_s": 100}
    contents["memories"]["rf_2B"]["ports"][0]["bandwidth_max"] = 32
    assert "ports of different bandwidth_max (16 and 32) share one energy" in _message(contents)

"""Bounds of accelerators alike are below what any of them costs."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.commands.networks import small_model
from tests.spaces import DIVIDING
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.objective import Objective
from zigzag_imc.library.mapping import map_network
from zigzag_imc.models.array.macro import MacroModel
from zigzag_imc.models.hardware.templates.template import Template
from zigzag_imc.onnx_workload.loader import load_network
from zigzag_imc.sweep.explore.bounds import BoundKind, least_of
from zigzag_imc.sweep.explore.relaxed import kind_of, relaxed
from zigzag_imc.sweep.problems import Question

ALIKE = [
    Template(kind="aimc", rows=64, columns=64, sram_kb=kb, adc_bits=bits).accelerator()
    for kb in (8, 64, 512)
    for bits in (4.0, 6.5)
]


def test_what_differs_in_more_is_not_alike() -> None:
    wide = {kind_of(one) for one in ALIKE}
    other = Template(kind="aimc", rows=128, columns=64, sram_kb=8).accelerator()
    digital = Template(kind="dimc", rows=64, columns=64, sram_kb=8).accelerator()
    assert len({kind_of(one) for one in ALIKE if _width(one) == _width(ALIKE[0])}) == 1
    assert wide.isdisjoint({kind_of(other), kind_of(digital)})


def _width(accelerator: Accelerator) -> int:
    return max(port.bandwidth_max for port in accelerator.memories[-2].ports)


@pytest.mark.parametrize("objective", ["energy", "latency", "edp"])
def test_no_mapping_costs_less_than_its_bounds(objective: Objective) -> None:
    network = load_network(small_model())
    groups = network.groups()
    question = Question(objective, "imc")
    kinds: dict[object, list[Accelerator]] = {}
    for one in ALIKE:
        kinds.setdefault(kind_of(one), []).append(one)
    bound_kinds: tuple[BoundKind, ...] = ("peak and compulsory traffic", "presolve")
    for alike in kinds.values():
        best = relaxed(alike)
        for accelerator in alike:
            result = map_network(network, accelerator, objective=objective, jobs=1, space=DIVIDING)
            for group, layer in zip(groups, result.layers, strict=True):
                assert layer.energy_pj is not None
                assert layer.latency_cycles is not None
                for kind in bound_kinds:
                    own = least_of(group, accelerator, question, kind)
                    of_all = least_of(group, best, question, kind)
                    assert 0 < of_all.energy_pj <= own.energy_pj <= layer.energy_pj
                    assert 0 < of_all.latency_cycles <= own.latency_cycles <= layer.latency_cycles


def test_energy_of_the_array_rises_with_adc_bits() -> None:
    base = ALIKE[0]
    for bits, more in pairwise((1.0, 2.0, 3.5, 4.0, 5.5, 8.0, 12.0)):
        few, many = (
            MacroModel.of(base.replace(array=replace(base.array, adc_bits=one)))
            for one in (bits, more)
        )
        for rows, columns in ((1, 1), (17, 3.5), (64, 8)):
            less = few.activation_energy_pj(rows, columns)
            greater = many.activation_energy_pj(rows, columns)
            assert all(less[name] <= greater[name] for name in less)
            assert sum(less.values()) < sum(greater.values())


def test_a_planted_fault_is_seen() -> None:
    """Had the relaxed one the largest energies in place of the least, a bound would be too high."""
    network = load_network(small_model())
    worst = ALIKE[0].replace(
        memories=tuple(
            replace(
                one, read_energy_pj=2 * one.read_energy_pj, write_energy_pj=2 * one.write_energy_pj
            )
            for one in ALIKE[0].memories
        )
    )
    result = map_network(network, ALIKE[0], objective="energy", jobs=1, space=DIVIDING)
    question = Question("energy", "imc")
    too_high = [
        least_of(group, worst, question, "presolve").energy_pj > (layer.energy_pj or 0.0)
        for group, layer in zip(network.groups(), result.layers, strict=True)
    ]
    assert any(too_high)

"""Spare cycles: what periodic transfers leave of a port, which rounds share, on a small case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from tests.solver.differential import enumerated
from tests.solver.joint import latency_faults
from tests.solver.small_cases import Case
from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.accelerator import Accelerator, MemoryInstance
from zigzag_imc.core.budget import Budget
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.joint.domain import domain_of
from zigzag_imc.solver.joint.model import JointModel
from zigzag_imc.solver.joint.session import minimise
from zigzag_imc.solver.solution import SearchOptions

FIRST_BOUND = 53.0
"""What the model proves before anything is excluded: cycles."""


def _of_width(memory: MemoryInstance, bits: int) -> MemoryInstance:
    """Return a memory with ports of another width."""
    ports = (replace(each, bandwidth_min=bits, bandwidth_max=bits) for each in memory.ports)
    return replace(memory, ports=tuple(ports))


def narrow() -> Accelerator:
    """Return three rows of one column behind a DRAM of 4 bits a cycle, whose port is busy."""
    known = load_accelerator("aimc")
    widths = {"dram": 4, "sram_256KB": 64}
    memories = tuple(
        _of_width(each, widths[each.name]) if each.name in widths else each
        for each in known.memories
    )
    array = replace(known.array, dimensions=(("D1", 1), ("D2", 3)))
    return known.replace(array=array, memories=memories)


@cache
def small() -> Case:
    """Return a product of 3 x 3 matrices, of which one passes the DRAM's port again and again."""
    layer = matmul_layer("small", rows=3, out_channels=3, in_channels=3)
    return Case(0, layer, {}, narrow(), IMC)


@cache
def optimum() -> float:
    """Least latency of all its mappings, scored one by one."""
    return enumerated(small()).optima["latency"][0]


def first_bound() -> float:
    """Bound of the model before anything is excluded."""
    costs = CostModel(small().layer, small().accelerator, IMC)
    model = JointModel.of(costs, domain_of(Goal("latency"), optimum()))
    return minimise(model, SearchOptions(), Budget.of()).bound


def test_the_bound_is_no_more_than_the_least_of_all_mappings() -> None:
    assert first_bound() == FIRST_BOUND <= optimum()


@pytest.mark.parametrize(
    ("fault", "is_wrong"),
    [
        (latency_faults.rounds_with_a_port_of_their_own, lambda bound: bound < FIRST_BOUND),
        (latency_faults.rounds_without_an_end, lambda bound: bound < FIRST_BOUND),
        (latency_faults.hiding_beside_all_bits, lambda bound: bound > optimum()),
    ],
)
def test_faults_are_seen(
    fault: Callable[[pytest.MonkeyPatch], None],
    is_wrong: Callable[[float], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    optimum()
    fault(monkeypatch)
    assert is_wrong(first_bound())

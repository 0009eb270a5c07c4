"""Laws that every optimum obeys, whatever the layer, the accelerator and the profile."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accelerators import base, cells, memory, moves, port, rebuilt
from tests.solver.differential import OBJECTIVES, enumerated
from tests.solver.small_cases import PROFILES, Case, case, stalling_case
from tests.spaces import dividing
from zigzag_imc import map_network
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.layer import Layer, Precision, Window
from zigzag_imc.core.layer_building import conv_layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import COARSEST, TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.mapspace.enumeration import best_by_enumeration
from zigzag_imc.models.profile import IMC, CostProfile
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions
from zigzag_imc.solver.tables.links import link_kinds

MOST_MAPPINGS = 400
SMALL = st.builds(
    lambda draw, seed: draw(seed, MOST_MAPPINGS),
    st.sampled_from((case, stalling_case)),
    st.integers(0, 10**6),
)
FEW = settings(max_examples=5)
WAITING = replace(IMC, name="imc, no load behind computing", hidden_loads=False)
"""``imc``, but computing waits for all of every first load."""


def least(drawn: Case, objective: Objective, profile: CostProfile | None = None) -> float:
    """Optimum of a case, infinite where no mapping fits."""
    found = solve(drawn.layer, drawn.accelerator, profile or drawn.profile, objective)
    assert found.status in ("OPTIMAL", "INFEASIBLE")
    return math.inf if found.objective_value is None else found.objective_value


def above(optimum: float) -> float:
    """Return the most that an equal optimum can be, given how finely optima are proved."""
    return optimum * (1 + COARSEST)


def changed(drawn: Case, data: dict[str, Any]) -> Case:
    """Return the case on another accelerator."""
    return replace(drawn, data=data, accelerator=accelerator_from_dict(data, "changed"))


# ---------------------------------------------------------------- bounds
@FEW
@given(
    drawn=SMALL,
    objective=st.sampled_from(OBJECTIVES),
    gap=st.sampled_from((0.0, 0.01, 0.2)),
    calls=st.integers(0, 9),
)
def test_bounds_never_exceed_costs(
    drawn: Case, objective: Objective, gap: float, calls: int
) -> None:
    """Whether the search is done, stops at a gap, or is broken off early or late."""
    optimum = enumerated(drawn).optima.get(objective)
    asked = iter(range(calls))
    for budget in (None, Budget.of(None, lambda: next(asked, None) is None)):
        found = solve(
            drawn.layer,
            drawn.accelerator,
            drawn.profile,
            objective,
            SearchOptions(gap=gap),
            budget,
        )
        if optimum is None:
            assert found.status in ("INFEASIBLE", "UNKNOWN")
            continue
        assert found.status != "INFEASIBLE"
        if found.objective_value is not None:
            assert found.bound is not None
            assert found.bound <= optimum[0] * (1 + TOLERANCE)
            assert found.objective_value >= optimum[0] * (1 - TOLERANCE)
            assert (found.gap or 0.0) <= gap + COARSEST or budget is not None


# ---------------------------------------------------------------- larger memories
def larger(drawn: Case, name: str, factor: int) -> Case:
    """Give one memory more room."""
    data = copy.deepcopy(drawn.data)
    data["memories"][name]["size"] *= factor
    return changed(drawn, data)


def growing(drawn: Case) -> list[str]:
    """Memories that can grow without becoming something else.

    More room in a cell group makes it switch more.
    """
    return [name for name in drawn.data["memories"] if name not in ("cells", "dram")]


@FEW
@given(drawn=SMALL, factor=st.sampled_from((2, 3, 8)), data=st.data())
def test_larger_memories_never_cost_energy(drawn: Case, factor: int, data: st.DataObject) -> None:
    """Everything that fitted still fits and takes the same energy.

    As long as an access costs the same.
    """
    if growing(drawn):
        name = data.draw(st.sampled_from(growing(drawn)))
        assert least(larger(drawn, name, factor), "energy") <= above(least(drawn, "energy"))


@FEW
@given(
    drawn=SMALL,
    objective=st.sampled_from(("latency", "edp")),
    factor=st.sampled_from((2, 3, 8)),
    data=st.data(),
)
def test_larger_memories_never_cost_time(
    drawn: Case, objective: Objective, factor: int, data: st.DataObject
) -> None:
    """Of one operand, where no load hides behind computing.

    Operands that share a memory share its room for second tiles in a fixed order, and a load that
    hides behind computing is longer exposed where computing stalls less; see the examples below.
    """
    alone = [name for name in growing(drawn) if len(drawn.data["memories"][name]["operands"]) == 1]
    if alone:
        name = data.draw(st.sampled_from(alone))
        assert least(larger(drawn, name, factor), objective, WAITING) <= above(
            least(drawn, objective, WAITING)
        )


@pytest.mark.parametrize("seed", range(4))
def test_larger_memories_rarely_cost_time_otherwise(seed: int) -> None:
    """Under ``imc`` as it is, no optimum of these cases, and hundreds more, gets worse by room."""
    for drawn in (case(seed, MOST_MAPPINGS), stalling_case(seed, MOST_MAPPINGS)):
        for name in growing(drawn):
            assert least(larger(drawn, name, 2), "latency", IMC) <= above(
                least(drawn, "latency", IMC)
            )


def _separate(operand: str, width: int) -> list[dict[str, Any]]:
    """Return a port for each movement of an operand."""
    return [
        port(kind, min(8, width), width, move)
        for direction, kind in (("tl", "read"), ("fh", "write"), ("th", "read"), ("fl", "write"))
        for move in moves(operand, direction)
    ]


@pytest.mark.xfail(
    reason="operands take the room for second tiles in a fixed order, needed or not", strict=True
)
def test_more_room_for_outputs_takes_none_from_inputs() -> None:
    """With 80 bits the inputs find room for a second tile.

    With 88 the outputs take it first and need it less.
    """
    layer = conv_layer(
        "layer",
        out_channels=5,
        in_channels=5,
        output_size=(1, 3),
        filter_size=(1, 1),
        precision=Precision(8, 8, 32, 32),
    )

    def latency(bits: int) -> float:
        sram = memory(bits, "I1 O", [*_separate("I1", 8), *_separate("O", 32)])
        dram = memory(
            10**10, "I1 I2 O", [*_separate("I1", 2), *_separate("O", 32), *_separate("I2", 8)]
        )
        memories = {"cells": cells(), "sram": sram, "dram": dram}
        data = rebuilt(base("dimc"), "room", memories, sizes=[1, 1], bit_serial_precision=8)
        found = best_by_enumeration(layer, accelerator_from_dict(data, "room"), IMC, "latency")
        assert found is not None
        return found[0]

    assert latency(88) <= latency(80)


# ---------------------------------------------------------------- more ports
def split_ports(drawn: Case) -> list[tuple[str, int]]:
    """Ports that several movements share, but for those of the cells."""
    return [
        (name, place)
        for name, entry in drawn.data["memories"].items()
        for place, used in enumerate(entry["ports"])
        if len(used["allocation"]) > 1 and name != "cells"
    ]


def split(drawn: Case, name: str, place: int, groups: list[list[str]]) -> Case:
    """Put a port for each group of movements in the place of one for all."""
    data = copy.deepcopy(drawn.data)
    ports = data["memories"][name]["ports"]
    used = ports[place]
    ports[place : place + 1] = [
        used | {"name": f"{used['name']}_{n}", "allocation": g} for n, g in enumerate(groups)
    ]
    return changed(drawn, data)


def _hides_links(drawn: Case) -> bool:
    """Whether the onloading over one boundary runs behind that over another.

    One end of both is shared.
    """
    return "hidden" in link_kinds(CostModel(drawn.layer, drawn.accelerator, drawn.profile)).values()


@FEW
@given(drawn=SMALL, data=st.data())
def test_more_ports_never_change_energy(drawn: Case, data: st.DataObject) -> None:
    if split_ports(drawn):
        name, place = data.draw(st.sampled_from(split_ports(drawn)))
        shared = drawn.data["memories"][name]["ports"][place]["allocation"]
        halves = data.draw(st.permutations(shared))
        at = data.draw(st.integers(1, len(shared) - 1))
        parted = split(drawn, name, place, [halves[:at], halves[at:]])
        assert least(parted, "energy") == pytest.approx(least(drawn, "energy"), rel=COARSEST)


@FEW
@given(drawn=SMALL, objective=st.sampled_from(("latency", "edp")), data=st.data())
def test_more_ports_never_cost_time(drawn: Case, objective: Objective, data: st.DataObject) -> None:
    """A port for each movement, where no load hides behind computing or behind another load.

    Two of three movements can stall more than all three: the window of the third one counts for
    all.
    """
    if split_ports(drawn) and not _hides_links(drawn):
        name, place = data.draw(st.sampled_from(split_ports(drawn)))
        groups = [[move] for move in drawn.data["memories"][name]["ports"][place]["allocation"]]
        parted = split(drawn, name, place, groups)
        assert least(parted, objective, WAITING) <= above(least(drawn, objective, WAITING))


@pytest.mark.parametrize("seed", range(4))
def test_more_ports_rarely_cost_time_otherwise(seed: int) -> None:
    """No optimum of these cases, and hundreds more, gets worse by a port for each movement.

    Under ``imc``.
    """
    for drawn in (case(seed, MOST_MAPPINGS), stalling_case(seed, MOST_MAPPINGS)):
        for name, place in () if _hides_links(drawn) else split_ports(drawn):
            groups = [[move] for move in drawn.data["memories"][name]["ports"][place]["allocation"]]
            parted = split(drawn, name, place, groups)
            assert least(parted, "latency", IMC) <= above(least(drawn, "latency", IMC))


@pytest.mark.xfail(
    reason="a load whose ports are shared at one end counts only at its outermost boundary",
    strict=True,
)
def test_a_port_of_its_own_does_not_bring_hidden_loads_to_light() -> None:
    """The SRAM's port is shared by all operands, those of DRAM and register are not.

    One of two loads is free.
    """
    drawn = case(40, 3000)
    assert _hides_links(drawn)
    groups = [[move] for move in drawn.data["memories"]["sram0"]["ports"][0]["allocation"]]
    assert least(split(drawn, "sram0", 0, groups), "latency", IMC) <= least(drawn, "latency", IMC)


# ---------------------------------------------------------------- energies
@FEW
@given(drawn=SMALL, factor=st.sampled_from((0.25, 3.0, 1000.0)))
def test_energies_scale(drawn: Case, factor: float) -> None:
    """All energies times a factor.

    Memories by their accesses, the array by the square of its supply voltage.
    """
    data = copy.deepcopy(drawn.data)
    for entry in data["memories"].values():
        entry["r_cost"] *= factor
        entry["w_cost"] *= factor
    plain = {objective: least(drawn, objective) for objective in OBJECTIVES}
    data["technology"] = {"supply_v": 0.9 * math.sqrt(factor)}
    found = {objective: least(changed(drawn, data), objective) for objective in OBJECTIVES}
    assert found["energy"] == pytest.approx(plain["energy"] * factor, rel=COARSEST)
    assert found["edp"] == pytest.approx(plain["edp"] * factor, rel=COARSEST)
    assert found["latency"] == plain["latency"]


# ---------------------------------------------------------------- layers
def turned(layer: Layer) -> Layer:
    """Exchange rows and columns."""
    other = {"OX": "OY", "OY": "OX", "FX": "FY", "FY": "FX"}

    def renamed(dims: frozenset[str]) -> frozenset[str]:
        return frozenset(other.get(dim, dim) for dim in dims)

    sizes = {other.get(dim, dim): size for dim, size in layer.loop_dims}
    windows = [
        Window(other[w.output_dim], other[w.filter_dim], w.stride, w.dilation, w.size)
        for w in layer.windows
    ]
    return layer.replace(
        loop_dims=tuple((dim, sizes[dim]) for dim, _ in layer.loop_dims),
        weight_dims=renamed(layer.weight_dims),
        input_dims=renamed(layer.input_dims),
        output_dims=renamed(layer.output_dims),
        windows=tuple(sorted(windows, key=lambda window: window.output_dim, reverse=True)),
    )


@FEW
@given(drawn=SMALL, objective=st.sampled_from(OBJECTIVES), profile=st.sampled_from(PROFILES))
def test_rows_and_columns_are_alike(
    drawn: Case, objective: Objective, profile: CostProfile
) -> None:
    """A layer on its side costs the same, so a square one may swap X and Y."""
    aside = replace(drawn, layer=turned(drawn.layer))
    assert turned(aside.layer) == drawn.layer
    assert least(aside, objective, profile) == pytest.approx(
        least(drawn, objective, profile), rel=COARSEST
    )


@settings(max_examples=4)
@given(
    drawn=SMALL, other=st.integers(0, 10**6), objective=st.sampled_from(OBJECTIVES), data=st.data()
)
def test_names_order_and_number_of_layers_change_nothing(
    drawn: Case, other: int, objective: Objective, data: st.DataObject
) -> None:
    """Each distinct layer gets the same result; totals count each as often as it occurs."""
    layers = [drawn.layer.replace(name="a"), case(other, MOST_MAPPINGS).layer.replace(name="b")]

    def found(network: tuple[Layer, ...]) -> dict[object, tuple[object, ...]]:
        result = map_network(
            Network("net", network),
            drawn.accelerator,
            objective=objective,
            cost_model=drawn.profile.name,
            jobs=1,
            space=dividing(drawn.profile),
        )
        assert result.totals.layers == len(network)
        return {
            layer.layer().shape_key(): (
                layer.objective_value,
                layer.spatial,
                layer.temporal,
                layer.status,
            )
            for layer in result.layers
        }

    names = data.draw(st.permutations(("c", "d", "e", "f", "g")))
    repeated = [*layers, *data.draw(st.lists(st.sampled_from(layers), min_size=3, max_size=3))]
    shuffled = data.draw(st.permutations(repeated))
    renamed = tuple(layer.replace(name=name) for layer, name in zip(shuffled, names, strict=True))
    assert found(renamed) == found(tuple(layers))

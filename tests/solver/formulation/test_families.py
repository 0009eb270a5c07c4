"""Every family of constraints alone, on the smallest problem that needs it."""

from __future__ import annotations

import pytest
from ortools.sat.python import cp_model

from tests.solver.tiny_problems import (
    INPUTS_CUT,
    OUTPUTS_CUT,
    PORT,
    WEIGHTS_CUT,
    columns,
    least,
    problem,
    tile,
)
from zigzag_imc.solver.formulation.candidate import Activity, Room
from zigzag_imc.solver.formulation.capacity import add_capacities
from zigzag_imc.solver.formulation.chain import add_chain
from zigzag_imc.solver.formulation.choice import add_choice
from zigzag_imc.solver.formulation.energy import add_energy
from zigzag_imc.solver.formulation.hiding import Running, add_hiding
from zigzag_imc.solver.formulation.latency import add_latency
from zigzag_imc.solver.formulation.links import add_links
from zigzag_imc.solver.formulation.onloading import add_onloading
from zigzag_imc.solver.formulation.port_stalls import add_port_stalls
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.variables import Variables, total
from zigzag_imc.solver.formulation.windows import add_windows


def started(left: Problem) -> tuple[cp_model.CpModel, Variables]:
    """Return a model in which one spatial mapping and one tile per cut are chosen."""
    model = cp_model.CpModel()
    variables = Variables.create(left, model)
    add_choice(left, model, variables)
    return model, variables


def test_choice_takes_one_tile_at_every_cut() -> None:
    """Two cuts with two tiles each: two tiles are chosen, no less."""
    left = problem(
        tile(WEIGHTS_CUT), tile(WEIGHTS_CUT, (1, 0)), tile(INPUTS_CUT), tile(INPUTS_CUT, (1, 0))
    )
    model, variables = started(left)
    assert least(model, total(variables.tiles)) == 2


@pytest.mark.parametrize(("inputs", "possible"), [((2, 0), True), ((0, 1), False)])
def test_chain_wants_one_tile_inside_the_other(inputs: tuple[int, int], possible: bool) -> None:
    """K2 divides K4; of K2 and C2, neither divides the other."""
    left = problem(tile(WEIGHTS_CUT, (1, 0)), tile(INPUTS_CUT, inputs))
    model, variables = started(left)
    add_chain(left, model, variables)
    assert (least(model, 0) is not None) == possible


@pytest.mark.parametrize(("size_bits", "possible"), [(11, True), (10, False)])
def test_capacity_adds_the_tiles_and_what_is_always_there(size_bits: int, possible: bool) -> None:
    """Tiles of 4 and 6 bits beside 1 bit that is always there: 11 bits."""
    left = problem(
        tile(WEIGHTS_CUT, room=Room(0, 4)),
        tile(INPUTS_CUT, room=Room(0, 6)),
        spatial=columns(fixed_bits=(1,)),
        size_bits=size_bits,
    )
    model, variables = started(left)
    add_capacities(left, model, variables)
    assert (least(model, 0) is not None) == possible


def test_energy_adds_the_array_and_the_cheapest_tile() -> None:
    """3 pJ in the array and the cheaper of 5 and 2.9 pJ, each rounded down: 3 + 2 = 5."""
    left = problem(
        tile(WEIGHTS_CUT, energy_pj=5.0),
        tile(WEIGHTS_CUT, (1, 0), energy_pj=2.9),
        spatial=columns(fixed_energy_pj=3.0),
    )
    model, variables = started(left)
    assert least(model, add_energy(left, model, variables)) == 5


@pytest.mark.parametrize(("stuck", "stall"), [(3.0, 4), (6.0, 6)])
def test_a_port_stalls_for_what_it_cannot_hide(stuck: float, stall: int) -> None:
    """A port that is busy for 14 of 10 computing cycles stalls 4, or what is stuck if more."""
    left = problem(tile(WEIGHTS_CUT, busy={PORT: 14.0}, stuck={PORT: stuck}))
    model, variables = started(left)
    found = model.new_int_var(0, 100, "stall")
    compute = total([10 * variables.spatial[0]])
    add_port_stalls(left, model, variables, compute, found)
    assert least(model, found) == stall


@pytest.mark.parametrize(("size_bits", "lost"), [(11, 6), (12, 0)])
def test_a_reduced_window_is_waited_for(size_bits: int, lost: int) -> None:
    """Outputs of K2 C4 (8 steps) are moved twice for 5 cycles each; weights of K2 (2 steps) rest.

    C is irrelevant to outputs, so their window is 2 steps: ``2 * (5 - 2) = 6`` cycles are lost,
    unless a second tile of 6 bits fits beside the first.
    """
    left = problem(
        tile(
            OUTPUTS_CUT,
            (1, 2),
            room=Room(0, 6, need=6),
            activities={PORT: (Activity(2.0, 5.0),)},
            stuck={PORT: 0.0},
        ),
        tile(WEIGHTS_CUT, (1, 0), room=Room(-1, 0)),
        size_bits=size_bits,
    )
    model, variables = started(left)
    waits = [wait for waits in add_windows(left, model, variables).values() for wait in waits]
    assert least(model, total(waits)) == lost


@pytest.mark.parametrize(("taken", "exposed"), [(0, 6), (4, 8), (8, 10)])
def test_a_port_hides_loads_only_behind_computing(taken: int, exposed: int) -> None:
    """Of 10 cycles of loading, 4 hide behind computing.

    2, where periodic loads take 4 of the port's 8 bits per cycle; none, where they take all.
    """
    left = problem(
        tile(WEIGHTS_CUT, once={PORT: 10.0}, taken={PORT: taken}),
        spatial=columns(compute_cycles=4.0),
    )
    model, variables = started(left)
    stall = model.new_int_var(0, 0, "stall")
    running = Running(total([4 * variables.spatial[0]]), stall, most=1000)
    links = add_links(left, model, variables)
    add_hiding(left, model, variables, running, links)
    assert least(model, links[WEIGHTS_CUT]) == exposed


@pytest.mark.parametrize(("taken", "exposed"), [(0, 2), (4, 6), (6, 8), (8, 10)])
def test_periodic_loads_take_their_share_of_stalls(taken: int, exposed: int) -> None:
    """Of 8 cycles of computing and stalling, all, half, a quarter or nothing is left to hide in.

    Without stalls that are 4 cycles.
    """
    left = problem(
        tile(WEIGHTS_CUT, once={PORT: 10.0}, taken={PORT: taken}),
        spatial=columns(compute_cycles=4.0),
    )
    model, variables = started(left)
    stall = model.new_int_var(4, 4, "stall")
    running = Running(total([4 * variables.spatial[0]]), stall, most=1000)
    links = add_links(left, model, variables)
    add_hiding(left, model, variables, running, links)
    assert least(model, links[WEIGHTS_CUT]) == exposed


def test_a_short_tile_has_a_short_window() -> None:
    """Beside a window of 4 cycles, 2 transfers of 6 lack 2 each; a half of 5, in 2 cycles, lacks 3.

    One of these 7 cycles is stuck anyway.
    """
    transfers = (Activity(2.0, 6.0), Activity(1.0, 5.0, share=0.5))
    waiting = tile(WEIGHTS_CUT, activities={PORT: transfers}, stuck={PORT: 1.0})
    assert waiting.ports.lost_in(4) == {PORT: 2 * 2 + 3 - 1}


@pytest.mark.parametrize(
    ("inside", "taken", "exposed"),
    [((0, 2), 0, 8), ((0, 2), 4, 9), ((0, 1), 0, 2), ((0, 0), 0, 2), ((2, 2), 0, 2)],
)
def test_what_is_loaded_once_hides_in_one_round(
    inside: tuple[int, int], taken: int, exposed: int
) -> None:
    """Inputs of 10 cycles, loaded once, while the 16 steps of K4 C4 take 8 cycles.

    Outputs of C4: the loops of K4 outside are four rounds, 2 cycles each, of which periodic loads
    may take half. Of C2 and of nothing: C is outside, too, perhaps outermost. Of all loops: nothing
    is known of their order.
    """
    left = problem(
        tile(INPUTS_CUT, (2, 2), once={PORT: 10.0}, taken={PORT: taken}),
        tile(OUTPUTS_CUT, inside),
        spatial=columns(compute_cycles=8.0),
        in_rounds=True,
    )
    model, variables = started(left)
    stall = model.new_int_var(0, 0, "stall")
    running = Running(total([8 * variables.spatial[0]]), stall, most=1000)
    links = add_links(left, model, variables)
    add_hiding(left, model, variables, running, links)
    assert least(model, links[INPUTS_CUT]) == exposed


@pytest.mark.parametrize(("elsewhere", "exposed"), [(16.0, 6), (4.0, 6)])
def test_a_link_hides_no_others_where_it_is_longer_elsewhere(
    elsewhere: float, exposed: int
) -> None:
    """Weights and inputs take 4 and 10 cycles of a port, of which 4 hide behind computing.

    The weights are exposed in any case, for as long as another port takes, too: of the 14 cycles
    they expose 4, so 6 are left to the inputs, however long the weights take elsewhere.
    """
    left = problem(
        tile(WEIGHTS_CUT, once={PORT: 4.0}, exposed=elsewhere, taken={PORT: 0}),
        tile(INPUTS_CUT, once={PORT: 10.0}, taken={PORT: 0}),
        spatial=columns(compute_cycles=4.0),
    )
    model, variables = started(left)
    stall = model.new_int_var(0, 0, "stall")
    running = Running(total([4 * variables.spatial[0]]), stall, most=1000)
    links = add_links(left, model, variables)
    add_hiding(left, model, variables, running, links)
    assert least(model, links[INPUTS_CUT]) == exposed


@pytest.mark.parametrize(
    ("weights", "inputs", "cycles"),
    [((2, 5), (3, 1), 7), ((2, 2), (3, 2), 7), ((2, 0), (3, 4), 7)],
)
def test_onloading_takes_the_better_order(
    weights: tuple[int, int], inputs: tuple[int, int], cycles: int
) -> None:
    """``max(A + X, B + Y, A + B + min(X, Y))`` of (shared, private) cycles of both inputs.

    ``max(7, 4, 6)``, ``max(4, 5, 7)`` and ``max(2, 7, 5)``.
    """
    places = {(0, 1): "shared", (0, 2): "private", (1, 1): "shared", (1, 2): "private"}
    model = cp_model.CpModel()
    links = {
        place: model.new_constant(load)
        for place, load in zip(places, (*weights, *inputs), strict=True)
    }
    onload = model.new_int_var(0, 100, "onloading")
    add_onloading(places, model, onload, links)
    assert least(model, onload) == cycles


def test_latency_adds_computing_stalls_and_loading() -> None:
    """10 cycles of computing, 3 stuck, 2 of offloading that nothing hides: 15."""
    left = problem(
        tile(OUTPUTS_CUT, stuck={PORT: 3.0}, exposed=2.0), spatial=columns(compute_cycles=10.0)
    )
    model, variables = started(left)
    assert least(model, add_latency(left, model, variables)) == 15

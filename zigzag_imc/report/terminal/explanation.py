"""An explanation of a layer's mapping, for people."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console

from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.explain.records import (
    CapacityRecord,
    ConstraintCostRecord,
    Explanation,
    OccupancyRecord,
)
from zigzag_imc.report.terminal.console import print_line, print_section
from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.report.terminal.macro_picture import picture, scale_of
from zigzag_imc.report.terminal.what_if_text import print_what_ifs
from zigzag_imc.report.words import (
    binding_words,
    energy_terms,
    headline,
    lanes_words,
    largest_terms,
    next_step,
    room_words,
    standing,
)
from zigzag_imc.results.units import (
    BITS,
    CYCLES,
    ENERGY,
    TIME,
    figure,
    percent,
    sized,
    unit_for,
    with_unit,
)


def print_explanation(told: Explanation, console: Console) -> None:
    """Print everything an explanation says."""
    _print_head(told, console)
    _print_binding(told, console)
    print_section("Cycles", console)
    _print_cycles(told, console)
    print_section("Energy", console)
    _print_energy(told, console)
    print_section("Memories", console)
    _print_memories(told.capacities, console)
    print_section("Array", console)
    _print_array(told.occupancy, console)
    print_section("Loop nest, outermost first; a memory stands where its tiles are cut", console)
    for line in told.loop_nest:
        print_line(line, console)
    if told.constraints:
        print_section("Constraints that the mapping keeps", console)
        _print_constraints(told, console)
    if told.what_ifs:
        print_section("What if", console)
        print_what_ifs(told, console)


# ------------------------------------------------------------------ head
def _print_head(told: Explanation, console: Console) -> None:
    loops = (
        " ".join(sized(dim, size) for dim, size in told.loop_dims.items() if size > 1)
        or "one iteration"
    )
    twins = f" (one of {len(told.names)} identical layers)" if len(told.names) > 1 else ""
    print_line(
        f"{told.layer}{twins} of {told.network} on {told.accelerator}: {told.operator} {loops}",
        console,
    )
    if told.stored_operand is not None:
        stored = told.stored_operand
        print_line(
            f"product of two activations: stores the {stored.position}, {stored.tensor} (W); "
            f"{stored.streamed} (I) streams past",
            console,
        )
    time = with_unit(told.latency_cycles * told.tclk_ns, TIME)
    print_line(
        f"{with_unit(told.energy_pj, ENERGY)}, {with_unit(told.latency_cycles, CYCLES)} = {time}, "
        f"EDP {told.edp:.4g} pJ x cycles = {told.edp_js:.4g} J x s, utilization "
        f"{percent(told.utilization)}; cost model {told.cost_model}",
        console,
    )
    print_line(standing(told), console)


def _print_binding(told: Explanation, console: Console) -> None:
    print_section("What binds", console)
    parts = [
        f"{percent(part.share)} {binding_words(part)}"
        for part in (told.binding, *told.other_bindings)
    ]
    print_line(", ".join(parts), console, head="time      ")
    print_line(f"largest terms: {largest_terms(told)}", console, head="energy    ")
    print_line(room_words(told.capacities), console, head="capacity  ")
    print_line(lanes_words(told.occupancy), console, head="array     ")
    if any(change.status is not None for change in told.what_ifs):
        print_line(headline(told), console, head="what if   ")


def _print_constraints(told: Explanation, console: Console) -> None:
    """Print what each constraint costs, where that was searched."""
    objective = told.what_if_objective
    header = "costs" if objective is None else f"{objective} without it is"
    rows = Listing((Column("constraint"), Column(header)))
    for one in told.constraints:
        rows.add(one.constraint, _cost(one))
    rows.print(console)


def _cost(one: ConstraintCostRecord) -> str:
    """How much less the objective would be without a constraint."""
    if one.status is None:
        return "not searched"
    if one.without is None or one.cost is None:
        return f"not known ({one.status})"
    known = "the same" if one.cost < COARSEST else f"{percent(one.cost / (1 + one.cost))} less"
    is_open = one.status != "OPTIMAL" and one.most_cost is not None
    most = one.most_cost or 0.0
    return f"{known}, at most {percent(most / (1 + most))} less" if is_open else known


# ------------------------------------------------------------------ terms
def _print_cycles(told: Explanation, console: Console) -> None:
    latency, total = told.breakdown.latency, told.latency_cycles or 1.0
    parts = {
        "computing": latency.compute_cycles,
        "stalls": latency.stall_cycles,
        "first loads": latency.onloading_cycles,
        "last stores": latency.offloading_cycles,
    }
    rows = Listing((Column("term"), Column("cycles", numbers=True), Column("share", numbers=True)))
    for name, cycles in parts.items():
        rows.add(name, _cycles(cycles), percent(cycles / total))
    rows.print(console)
    console.print()
    stalls = Listing((Column("port"), Column("stall alone (negative: slack)", numbers=True)))
    for stall in sorted(told.breakdown.port_stalls, key=lambda stall: -stall.cycles):
        stalls.add(f"{stall.memory} {stall.port}", _cycles(stall.cycles))
    stalls.print(console)


def _cycles(cycles: float) -> str:
    """Return clock cycles whole, with a fraction where they have one."""
    return f"{round(cycles, 2):,.12g}"


def _print_energy(told: Explanation, console: Console) -> None:
    divisor, unit = unit_for([told.energy_pj], ENERGY)
    total = told.energy_pj or 1.0
    rows = Listing((Column("term"), Column(unit, numbers=True), Column("share", numbers=True)))
    for name, energy in sorted(energy_terms(told), key=lambda term: -term[1]):
        if energy > 0:
            rows.add(name, figure(energy, divisor), percent(energy / total))
    rows.print(console)
    print_line(
        "W weights, I inputs, O outputs; below: towards the array, above: away from it", console
    )


# ------------------------------------------------------------------ hardware
def _print_memories(capacities: Iterable[CapacityRecord], console: Console) -> None:
    rows = Listing(
        (
            Column("memory"),
            Column("size", numbers=True),
            Column("full", numbers=True),
            Column("tile"),
            Column("bits", numbers=True),
            Column("next step", rank=1),
        )
    )
    for capacity in reversed(list(capacities)):
        times = f" x{capacity.instances}" if capacity.instances > 1 else ""
        first = [
            f"{capacity.memory}{times}",
            with_unit(capacity.size_bits, BITS),
            percent(capacity.used_bits / capacity.size_bits),
        ]
        for tile in capacity.tiles:
            rows.add(*first, tile.operand, f"{tile.bits:,}", next_step(tile))
            first = ["", "", ""]  # the memory stands beside its first tile only
    rows.print(console)


def _print_array(occupancy: Iterable[OccupancyRecord], console: Console) -> None:
    lanes = list(occupancy)
    for lane in lanes:
        dims = " ".join(sized(dim, factor) for dim, factor in lane.unrollings.items()) or "nothing"
        average = "" if lane.average == lane.used else f", {figure(lane.average)} on average"
        share = percent(lane.average / lane.size)
        print_line(
            f"{lane.array_dim}  {lane.role:<8}{lane.used} of {lane.size} used{average} "
            f"({share}): {dims}",
            console,
        )
    columns, rows = lanes[0], lanes[1]
    scale = scale_of(columns.size, rows.size)
    print_line(f"One macro, {scale} cells (columns x rows) per character; # in use:", console)
    for line in picture(columns.used, columns.size, rows.used, rows.size):
        print_line(f"  {line}", console)

"""An explanation of a layer's mapping, for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console

from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.explain.records import (
    BindingRecord,
    CapacityRecord,
    ConstraintCostRecord,
    Explanation,
    OccupancyRecord,
    TileRecord,
)
from zigzag_imc.report.terminal.console import print_line, print_section
from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.report.terminal.macro_picture import picture, scale_of
from zigzag_imc.report.terminal.what_if_text import headline, print_what_ifs
from zigzag_imc.results.units import (
    BITS,
    CYCLES,
    ENERGY,
    TIME,
    figure,
    gap_text,
    percent,
    sized,
    unit_for,
    with_unit,
)

_DIRECTIONS = {"fh": "from above", "tl": "to below", "fl": "from below", "th": "to above"}


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
    print_line(_standing(told), console)


def _standing(told: Explanation) -> str:
    """How good the mapping is known to be."""
    chosen_together = told.objective == "network_edp"
    of = "the network's edp" if chosen_together else told.objective
    if told.status == "OPTIMAL":
        return f"OPTIMAL for {of}" if chosen_together else f"OPTIMAL: no mapping has less {of}"
    if told.gap is None:
        return (
            f"{told.status}: nothing is known about how much less {of} another mapping could have"
        )
    return f"{told.status}: another mapping could have at most {gap_text(told.gap)} less {of}"


def _print_binding(told: Explanation, console: Console) -> None:
    print_section("What binds", console)
    parts = [
        f"{percent(part.share)} {_binding(part)}" for part in (told.binding, *told.other_bindings)
    ]
    print_line(", ".join(parts), console, head="time      ")
    print_line(f"largest terms: {_largest_terms(told)}", console, head="energy    ")
    print_line(_room(told.capacities), console, head="capacity  ")
    print_line(_lanes_in_use(told.occupancy), console, head="array     ")
    if any(change.status is not None for change in told.what_ifs):
        print_line(headline(told), console, head="what if   ")


def _largest_terms(told: Explanation) -> str:
    total = told.energy_pj or 1.0
    largest = sorted(_energy_terms(told), key=lambda term: -term[1])[:3]
    shares = [f"{name} {percent(energy / total)}" for name, energy in largest if energy > 0]
    return ", ".join(shares) or "none"


def _room(capacities: Iterable[CapacityRecord]) -> str:
    full = [capacity.memory for capacity in capacities if capacity.binds]
    if full:
        return f"the next larger tile does not fit into {_listed(full)}"
    return "no memory is too small for its tiles"


def _lanes_in_use(occupancy: Sequence[OccupancyRecord]) -> str:
    full = [lane for lane in occupancy if lane.used == lane.size]
    if full:
        words = [f"all {lane.size} {lane.role} ({lane.array_dim})" for lane in full]
        return f"{_listed(words)} are in use"
    return f"some of the {_listed([lane.role for lane in occupancy])} are not in use"


def _binding(binding: BindingRecord) -> str:
    if binding.kind == "compute":
        return "computing"
    if binding.kind == "loading":
        return "first loads and last stores"
    if binding.kind == "rows":
        return f"waiting until the rows of {binding.memory} are written"
    return f"waiting for port {binding.port} of {binding.memory}"


def _listed(words: Sequence[str]) -> str:
    """Words as a person lists them: ``a, b and c``."""
    return " and ".join([*([", ".join(words[:-1])] if len(words) > 1 else []), words[-1]])


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
        rows.add(name, f"{cycles:,.10g}", percent(cycles / total))
    rows.print(console)
    console.print()
    stalls = Listing((Column("port"), Column("stall alone (negative: slack)", numbers=True)))
    for stall in sorted(told.breakdown.port_stalls, key=lambda stall: -stall.cycles):
        stalls.add(f"{stall.memory} {stall.port}", f"{stall.cycles:,.10g}")
    stalls.print(console)


def _energy_terms(told: Explanation) -> list[tuple[str, float]]:
    terms = [(f"array {name}", energy) for name, energy in told.breakdown.array_energy_pj.items()]
    terms += [
        (f"{term.memory} {term.operand} {_DIRECTIONS[term.direction]}", term.energy_pj)
        for term in told.breakdown.memory_energy
    ]
    return terms


def _print_energy(told: Explanation, console: Console) -> None:
    divisor, unit = unit_for([told.energy_pj], ENERGY)
    total = told.energy_pj or 1.0
    rows = Listing((Column("term"), Column(unit, numbers=True), Column("share", numbers=True)))
    for name, energy in sorted(_energy_terms(told), key=lambda term: -term[1]):
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
            rows.add(*first, tile.operand, f"{tile.bits:,}", _next_step(tile))
            first = ["", "", ""]  # the memory stands beside its first tile only
    rows.print(console)


def _next_step(tile: TileRecord) -> str:
    if tile.next_loop is None:
        return "holds all of it"
    dim, factor = tile.next_loop
    fits = "fit" if tile.next_fits else "do not fit"
    return f"{dim} x{factor}: {tile.next_bits:,} bits {fits}"


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

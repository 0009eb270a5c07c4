"""Faults to plant into the solver's costs and bounds: each makes one of them a bit too high.

What is too low is no fault of a bound: the search then takes longer, and its answer is the same.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from zigzag_imc.models import evaluate
from zigzag_imc.solver.formulation import (
    on_port,
    port_stalls,
    problem,
    rounds,
    scaling,
    windows,
)
from zigzag_imc.solver.formulation import session as cpsat
from zigzag_imc.solver.presolve import bounding, latency_sums, stalls
from zigzag_imc.solver.presolve import energy_bound as bounds
from zigzag_imc.solver.presolve.spatial import bounds as spatial_bounds
from zigzag_imc.solver.presolve.spatial import crossing_ports, rest
from zigzag_imc.solver.presolve.spatial import energy as spatial_energy
from zigzag_imc.solver.presolve.spatial import latency as spatial_latency
from zigzag_imc.solver.tables import latency as latency_columns
from zigzag_imc.solver.tables.builder import ColumnBuilder
from zigzag_imc.solver.tables.cut import Cut
from zigzag_imc.solver.tables.latency import LatencyColumns
from zigzag_imc.solver.tables.layout import Layout


def _changed(
    patch: pytest.MonkeyPatch, owner: Any, name: str, change: Callable[[Any], Any]
) -> None:
    """Let a function return something else."""
    plain = getattr(owner, name)
    patch.setattr(owner, name, lambda *args, **kwargs: change(plain(*args, **kwargs)))


# ---------------------------------------------------------------- energy
def energy_columns_a_bit_too_high(patch: pytest.MonkeyPatch) -> None:
    """Energies of all transfers over a cut, a ten-thousandth too high."""
    _changed(patch, ColumnBuilder, "_transfer_energy", lambda energy: energy * 1.0001)


def one_transfer_too_many(patch: pytest.MonkeyPatch) -> None:
    """Every cut is crossed once more than it is."""
    energy: Any = ColumnBuilder._transfer_energy

    def more(self: Any, layout: Layout, transfers: Any) -> Any:
        return energy(self, layout, dataclasses.replace(transfers, count=transfers.count + 1))

    patch.setattr(ColumnBuilder, "_transfer_energy", more)


def one_activation_too_many(patch: pytest.MonkeyPatch) -> None:
    """The outputs' traffic at the array, which no cut changes, is that of one activation more."""
    plain = ColumnBuilder._fixed_energy_pj

    def more(self: Any, layout: Layout, traffic: Any) -> float:
        energy_pj = plain(self, layout, traffic)
        moving_pj = energy_pj - layout.laid.array_total_pj
        return energy_pj + moving_pj / layout.laid.steps

    patch.setattr(ColumnBuilder, "_fixed_energy_pj", more)


def partial_sums_read_back_at_first(patch: pytest.MonkeyPatch) -> None:
    """Partial sums are read also on the first visit, when there are none yet."""
    patch.setattr(evaluate.CostModel, "readbacks", lambda self, transfers, distinct: transfers)


def energy_bound_too_high(patch: pytest.MonkeyPatch) -> None:
    """The least energy of a spatial mapping, a thousandth too high."""
    plain = bounds.energy_bound

    def higher(*args: Any) -> bounds.EnergyBound:
        found = plain(*args)
        return dataclasses.replace(found, value_pj=found.value_pj * 1.001)

    patch.setattr(bounds, "energy_bound", higher)
    patch.setattr(bounding, "energy_bound", higher)


def room_is_never_credited(patch: pytest.MonkeyPatch) -> None:
    """The price of room in shared memories is paid, what the room is worth is not subtracted."""
    patch.setattr(bounds, "price_credit", lambda *_: 0.0)


# ---------------------------------------------------------------- latency
def loads_a_cycle_too_long(patch: pytest.MonkeyPatch) -> None:
    """Every first load over a cut is exposed for a cycle more."""
    plain = LatencyColumns.add_to

    def longer(*args: Any) -> Cut:
        cut = plain(*args)
        return dataclasses.replace(cut, link_of=lambda: cut.link + 1.0)

    patch.setattr(LatencyColumns, "add_to", longer)


def loads_never_hide(patch: pytest.MonkeyPatch) -> None:
    """Computing waits for all of every first load."""
    plain = LatencyColumns.__init__

    def waiting(self: LatencyColumns, *args: Any) -> None:
        plain(self, *args)
        self.profile = dataclasses.replace(self.profile, hidden_loads=False)

    patch.setattr(LatencyColumns, "__init__", waiting)


def onloading_one_after_the_other(patch: pytest.MonkeyPatch) -> None:
    """The loads of both inputs never overlap."""
    for room in (latency_columns, spatial_latency, problem):
        _changed(patch, room, "link_kinds", lambda kinds: dict.fromkeys(kinds, "shared"))


def ports_expose_half(patch: pytest.MonkeyPatch) -> None:
    """A link that is longer elsewhere exposes at most half of its cycles on a port."""
    plain = on_port._Port.exposed

    def half(port: Any, place: Any, link: Any) -> Any:
        exposed = plain(port, place, link)
        if exposed is not link:
            own = map(port._here, port.problem.by_place[place].tiles)
            port.model.add(exposed <= max(own) // 2)
        return exposed

    patch.setattr(on_port._Port, "exposed", half)


def all_loops_outside_are_rounds(patch: pytest.MonkeyPatch) -> None:
    """What is loaded once hides in one round of all loops above a cut, relevant ones too."""
    patch.setattr(rounds, "Resting", SimpleNamespace(of=_inside_whatever_lies_between))


def _inside_whatever_lies_between(problem: Any, tile: Any) -> Any:
    del problem
    return SimpleNamespace(outlasts=lambda inner: inner.lies_inside(tile.at))


def rounds_are_full_cycles(patch: pytest.MonkeyPatch) -> None:
    """Links hide no more than the whole cycles of a round, in the place of all that are begun."""
    plain = on_port.OnPort.minus_hidden
    patch.setattr(on_port.OnPort, "minus_hidden", lambda self: plain(self) - 1)


def hidden_links_count(patch: pytest.MonkeyPatch) -> None:
    """A load that runs behind another one counts as well."""

    def counted(kinds: dict[tuple[int, int], str]) -> dict[tuple[int, int], str]:
        return {key: "private" if kind == "hidden" else kind for key, kind in kinds.items()}

    for room in (latency_columns, problem):
        _changed(patch, room, "link_kinds", counted)


def transfers_a_cycle_too_long(patch: pytest.MonkeyPatch) -> None:
    """Every transfer takes its port a cycle more."""
    _changed(patch, latency_columns, "ceil_div", lambda cycles: cycles + 1)


def every_lowest_window_is_short(patch: pytest.MonkeyPatch) -> None:
    """Transfers into the lowest memories hide in one activation, even where a second tile fits."""
    _changed(patch, LatencyColumns, "_never_buffered", lambda found: found | True)


def window_terms_doubled(patch: pytest.MonkeyPatch) -> None:
    """What a reduced window costs counts twice."""
    _changed(
        patch,
        windows,
        "_waits",
        lambda waits: {key: [2 * term for term in waits[key]] for key in waits},
    )


def nothing_is_double_buffered(patch: pytest.MonkeyPatch) -> None:
    """Windows are reduced whether or not there is room for a second tile."""
    plain = windows.buffered  # type: ignore[attr-defined]

    def never(left: Any, built: Any, variables: Any, place: Any) -> Any:
        literal = plain(left, built, variables, place)
        built.add(literal == 0)
        return literal

    patch.setattr(windows, "buffered", never)


def rows_a_cycle_too_slow(patch: pytest.MonkeyPatch) -> None:
    """Every row of the array takes a cycle more to write."""
    _changed(patch, LatencyColumns, "_cycles_per_row", lambda cycles: cycles + 1)


def stalls_count_twice(patch: pytest.MonkeyPatch) -> None:
    """Ports are twice as busy in the CP-SAT model as they are."""
    _changed(patch, port_stalls, "_load", lambda load: load * 2)


def latency_sums_a_cycle_too_high(patch: pytest.MonkeyPatch) -> None:
    """The least latency of a spatial mapping, a cycle too high."""
    _changed(patch, latency_sums.LatencySum, "least", lambda cycles: cycles + 1)


# ---------------------------------------------------------------- all objectives
def nothing_that_passes_hides(patch: pytest.MonkeyPatch) -> None:
    """All that passes a port once is waited for, beside all of computing."""
    patch.setattr(stalls.Passing, "offset", lambda self, columns: columns.compute_cycles)


def quick_bounds_too_high(patch: pytest.MonkeyPatch) -> None:
    """The quick bounds of spatial mappings, a tenth too high."""

    def higher(found: spatial_bounds.SpatialBounds) -> spatial_bounds.SpatialBounds:
        return spatial_bounds.SpatialBounds.of(found.energy_pj * 1.1, found.latency * 1.1)

    _changed(patch, spatial_bounds.Block, "bounds", higher)


def quick_bounds_count_the_first_load(patch: pytest.MonkeyPatch) -> None:
    """The first load of the array stalls it in the quick bound of the latency."""
    plain = spatial_latency.latency_bound

    def more(arrays: Any) -> Any:
        rows = arrays.unrolled[arrays.accelerator.array.bitline].values()
        first = math.prod(rows, start=arrays.ones)
        return plain(arrays) + first * arrays.model.profile.rows_written

    patch.setattr(spatial_bounds, "latency_bound", more)


def every_register_holds_one_element(patch: pytest.MonkeyPatch) -> None:
    """The quick bound takes every lowest memory for one that holds a single element."""
    patch.setattr(spatial_energy, "holds_one", lambda *_: True)


def first_transfers_compete(patch: pytest.MonkeyPatch) -> None:
    """In bounds by scenario the first transfer over a cut takes its port while computing, too."""
    patch.setattr(
        crossing_ports.PortCrossing, "later", lambda self, times: self.cycles.times(times)
    )


def no_cut_holds_what_rests(patch: pytest.MonkeyPatch) -> None:
    """Bounds by scenario look only at cuts of other operands inside the resting tile."""
    patch.setattr(rest, "_subsets", lambda _: [[]])


def objective_a_bit_too_high(patch: pytest.MonkeyPatch) -> None:
    """The unit of CP-SAT's objective, a hundredth too large: so is every bound of it."""
    own = cpsat.Session.unit
    patch.setattr(cpsat.Session, "unit", property(lambda self: own.__get__(self) * 1.01))


def rounded_up(patch: pytest.MonkeyPatch) -> None:
    """Costs are rounded up to whole numbers, energies by a millionth more, in the place of down."""
    patch.setattr(
        scaling.Scale, "energy", lambda self, pj: math.ceil(pj / self.energy_unit_pj * (1 + 1e-6))
    )
    patch.setattr(
        scaling.Scale, "latency", lambda self, cycles: math.floor(cycles / self.latency_unit) + 1
    )

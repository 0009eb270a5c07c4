"""Faults to plant into the latency of the joint model, and into what is of interest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from ortools.sat.python import cp_model

from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.formulation.scaling import Scale
from zigzag_imc.solver.joint import latency, links, model, port_stalls, rounds, spare
from zigzag_imc.solver.joint.array_dimensions import add_array_dimensions
from zigzag_imc.solver.joint.crossing import Cut
from zigzag_imc.solver.joint.floor import Floor
from zigzag_imc.solver.joint.links import Links
from zigzag_imc.solver.joint.loads import Load
from zigzag_imc.solver.joint.port_loads import Loads, loads_by_port
from zigzag_imc.solver.joint.row_writes import RowWrites
from zigzag_imc.solver.joint.running import Running
from zigzag_imc.solver.joint.selection import Selection, Sheet
from zigzag_imc.solver.joint.spare import Spare, Spares
from zigzag_imc.solver.joint.units import CycleUnits
from zigzag_imc.solver.tables.cut import PortKey


def _nothing(*_: Any, **__: Any) -> None:
    """Stand where something was done."""


# ---------------------------------------------------------------- too little: a bound falls short
def no_port_stalls(patch: pytest.MonkeyPatch) -> None:
    """No port keeps computing waiting."""
    patch.setattr(latency, "add_port_stalls", _nothing)


def a_dropped_port(patch: pytest.MonkeyPatch) -> None:
    """The port of the last memory is left out."""

    def without_last(*asked: Any) -> Loads:
        loads = loads_by_port(*asked)
        last: PortKey = max(loads)
        return {key: own for key, own in loads.items() if key != last}

    patch.setattr(latency, "loads_by_port", without_last)


def a_transfer_too_few(patch: pytest.MonkeyPatch) -> None:
    """One transfer more than the first does not compete with computing."""
    later = vars(Load)["later"].fget
    patch.setattr(Load, "later", property(lambda self: np.maximum(0.0, later(self) - 1)))


def a_port_twice_as_wide(patch: pytest.MonkeyPatch) -> None:
    """A transfer takes half of its cycles."""
    cycles = vars(Load)["cycles"].fget
    patch.setattr(Load, "cycles", property(lambda self: cycles(self) // 2))


def rows_that_take_no_time(patch: pytest.MonkeyPatch) -> None:
    """The rows of the array are written in no time."""
    patch.setattr(latency, "add_row_writes", _nothing)


def a_first_write_that_takes_no_time(patch: pytest.MonkeyPatch) -> None:
    """The rows that are written before computing are not waited for."""
    patch.setattr(links, "first_write", lambda *_: 0)


def everything_is_buffered(patch: pytest.MonkeyPatch) -> None:
    """Even a full memory has room for a second tile."""
    patch.setattr(port_stalls, "never_buffered", lambda _, load: np.zeros(load.passing.shape, bool))


def ports_that_hide_everything(patch: pytest.MonkeyPatch) -> None:
    """Ports hide first transfers in no time."""
    patch.setattr(latency, "add_hiding", _nothing)


def rounds_without_an_end(patch: pytest.MonkeyPatch) -> None:
    """What is loaded once may hide in all rounds."""
    patch.setattr(latency, "add_rounds", _nothing)


def rounds_with_a_port_of_their_own(patch: pytest.MonkeyPatch) -> None:
    """What is loaded once has all of its round, whatever periodic transfers take of the port."""
    computing: list[cp_model.LinearExprT] = []

    def seen(sheet: Sheet, running: Running, links: Links, loads: Loads) -> Spares:
        computing.append(running.compute + running.stall)
        return spare.add_spares(sheet, running, links, loads)

    def alone(
        sheet: Sheet, costs: CostModel, links: Links, of_ports: Spares, cuts: Sequence[Cut]
    ) -> None:
        rounds.add_rounds(
            sheet, costs, links, {key: Spare(computing[-1]) for key in of_ports}, cuts
        )

    patch.setattr(latency, "add_spares", seen)
    patch.setattr(latency, "add_rounds", alone)


def onloading_in_no_time(patch: pytest.MonkeyPatch) -> None:
    """Computing starts at once."""
    patch.setattr(latency, "add_onloading", _nothing)


# ---------------------------------------------------------------- too much: optima are lost
def the_first_transfer_competes(patch: pytest.MonkeyPatch) -> None:
    """Computing waits for the first transfer, too, though that is onloading."""
    patch.setattr(Load, "later", property(lambda self: self.passing.count + 0.0))


def nothing_hides(patch: pytest.MonkeyPatch) -> None:
    """A tile that is transferred once is exposed for all its cycles."""
    patch.setattr(links._Link, "_sure", lambda _, load: load.cycles)


def hiding_beside_all_bits(patch: pytest.MonkeyPatch) -> None:
    """Periodic transfers take a port of half its width from those that hide."""
    moved = spare._moved

    def doubled(sheet: Any, running: Running, loads: Sequence[Load]) -> Any:
        return [2 * amount for amount in moved(sheet, running, loads)]

    patch.setattr(spare, "_moved", doubled)


def twice_the_rounds(patch: pytest.MonkeyPatch) -> None:
    """What is loaded once has half of its time to hide."""
    known = rounds._rounds

    def doubled(*asked: Any) -> Selection:
        found = known(*asked)
        return Selection(found.literals, {"rounds": 2 * found.column("rounds")})

    patch.setattr(rounds, "_rounds", doubled)


def cycles_rounded_up(patch: pytest.MonkeyPatch) -> None:
    """Every time in the model is a hundredth too long."""
    of_cycles = CycleUnits.of_cycles
    patch.setattr(
        CycleUnits, "of_cycles", lambda self, cycles: of_cycles(self, np.ceil(cycles * 1.01))
    )


def writes_of_a_row_more(patch: pytest.MonkeyPatch) -> None:
    """Every load of the array writes twice its rows."""
    once = RowWrites.once
    patch.setattr(RowWrites, "once", lambda self, row_cycles: 2 * once(self, row_cycles))


def rows_of_the_other_line(patch: pytest.MonkeyPatch) -> None:
    """The columns of the array are written one by one."""

    def exchanged(sheet: Any, costs: Any, unrollings: Any) -> Any:
        found, array = add_array_dimensions(sheet, costs, unrollings), costs.accelerator.array
        return {**found, array.bitline: found[array.wordline]}

    patch.setattr(model, "add_array_dimensions", exchanged)


def a_product_too_large(patch: pytest.MonkeyPatch) -> None:
    """One unit of the product is a thousandth too much."""
    unit = vars(Scale)["product_unit"].fget
    patch.setattr(Scale, "product_unit", property(lambda self: 1.001 * unit(self)))


def an_interest_too_short(patch: pytest.MonkeyPatch) -> None:
    """What is left of the cycles is a fifth less than it is."""

    def less(method: Callable[..., Any]) -> Callable[..., Any]:
        def narrower(self: Floor, *asked: Any) -> Any:
            shorter = (
                replace(each, most_cycles=0.8 * each.most_cycles)
                if hasattr(each, "most_cycles")
                else each
                for each in asked
            )
            return method(self, *shorter)

        return narrower

    patch.setattr(Floor, "leaves", less(Floor.leaves))
    patch.setattr(Floor, "left_for_computing", less(Floor.left_for_computing))

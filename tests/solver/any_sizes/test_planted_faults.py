"""Faults planted in the search among tiles of any sizes: each costs some optimum of small cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.solver.any_sizes.model_checks import is_above, latencies_in_the_model
from tests.solver.any_sizes.models_alone import answer_of_models, any_sizes, is_right, odd
from tests.solver.any_sizes.test_bounds import known_cases, latency_over_mappings
from tests.solver.differential import OBJECTIVES, enumerated
from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.solver.formulation import first_to_hide, length_chain
from zigzag_imc.solver.formulation.length_session import LengthSession
from zigzag_imc.solver.formulation.resting import Resting
from zigzag_imc.solver.presolve.any_candidates import AnyCandidates, Reaching
from zigzag_imc.solver.tables.any_sizes import amount, any_cut, port_terms, transfers
from zigzag_imc.solver.tables.any_sizes.cut_builder import CutBuilder
from zigzag_imc.solver.tables.short_ends import ShortEndEnergy


def tiles_that_divide_alone(patch: pytest.MonkeyPatch) -> None:
    """All of a dimension is no link of its own."""
    patch.setattr(length_chain, "divides", lambda inner, outer, size: outer % inner == 0)


def twice_the_room(patch: pytest.MonkeyPatch) -> None:
    """Every tile takes its room twice."""
    elements = CutBuilder._elements
    patch.setattr(CutBuilder, "_elements", lambda *args: 2 * elements(*args))


def nothing_is_left(patch: pytest.MonkeyPatch) -> None:
    """No tile can be part of a good mapping."""
    patch.setattr(AnyCandidates, "_at", without_any)


def without_any(self: AnyCandidates, place: Any, cut: any_cut.AnyCut, *bounds: Any) -> Reaching:
    nothing = np.zeros(0, dtype=np.int64)
    return Reaching(cut, (nothing,) * len(cut.lattice.shape), np.zeros(0))


def short_tiles_in_full(patch: pytest.MonkeyPatch) -> None:
    """A short last tile counts like all others."""

    def full(self: ShortEndEnergy, index: int, lengths: Any) -> Any:
        relevant = self._layer.relevant("WIO"[index])
        number = 1
        for dim in sorted(relevant & self.sizes.keys()):
            number = number * ceil_div(self.sizes[dim], lengths[dim])
        yield dict(lengths), number

    patch.setattr(ShortEndEnergy, "kinds", full)


def longest_of_classes(patch: pytest.MonkeyPatch) -> None:
    """Of a class, the most that a tile costs counts."""

    def most(rows: Any, starts: Any) -> Any:
        for axis, own in enumerate(starts):
            if own is not None and rows.shape[axis] > 1:
                rows = np.maximum.reduceat(rows, own, axis=axis)
        return rows

    patch.setattr("zigzag_imc.solver.tables.any_sizes.terms.least_of_classes", most)


def first_transfer_competes(patch: pytest.MonkeyPatch) -> None:
    """The transfer that is on- or offloading counts among those that compete with computing."""
    later = transfers.later

    def all_of_them(moved: Any, visits: Any, back: bool) -> Any:
        return later(moved, visits + 1, back)

    for module in (transfers, port_terms):
        patch.setattr(module, "later", all_of_them)


def nothing_hides(patch: pytest.MonkeyPatch) -> None:
    """What is loaded once is exposed as a whole."""
    link = port_terms.PortTerms._link

    def exposed(*args: Any) -> amount.Amount:
        return amount.Amount.of(link(*args).terms)

    patch.setattr(port_terms.PortTerms, "_link", exposed)


def windows_of_nothing(patch: pytest.MonkeyPatch) -> None:
    """Where there is no room for a second tile, nothing hides at all."""
    patch.setattr(Resting, "lost_units", lost_without_window)


def lost_without_window(self: Resting, problem: Any, steps: int) -> Any:
    lost = self.tile.ports.lost_in(0)
    return {key: problem.scale.latency(cycles) for key, cycles in lost.items() if cycles > 0}


FAULTS = (
    tiles_that_divide_alone,
    twice_the_room,
    nothing_is_left,
    short_tiles_in_full,
    longest_of_classes,
    first_transfer_competes,
    nothing_hides,
)


@pytest.mark.parametrize("plant", FAULTS)
def test_planted_faults_are_seen(plant: Callable[[pytest.MonkeyPatch], None]) -> None:
    cases = odd()
    right = []
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        for drawn, everything in cases:
            for objective in OBJECTIVES:
                value, _ = everything.optima[objective]
                right.append(is_right(answer_of_models(drawn, objective, value), value))
    assert not all(right)


@pytest.mark.parametrize("seed", [134, 137])
def test_windows_too_short_are_seen(seed: int) -> None:
    drawn = any_sizes("stalling", seed)
    assert drawn is not None
    value, _ = enumerated(drawn).optima["latency"]
    assert is_right(answer_of_models(drawn, "latency", value), value)
    with pytest.MonkeyPatch.context() as patch:
        windows_of_nothing(patch)
        assert not is_right(answer_of_models(drawn, "latency", value), value)


def test_solves_that_ask_for_too_little_are_seen() -> None:
    drawn, everything = odd()[0]
    value, _ = everything.optima["latency"]
    assert is_right(answer_of_models(drawn, "latency", value), value)
    picks, little = LengthSession.picks, 0.9 * value
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LengthSession, "picks", lambda own, budget, *_: picks(own, budget, little))
        assert not is_right(answer_of_models(drawn, "latency", value), value)


def test_windows_shorter_than_periods_are_seen() -> None:
    """Full tiles that outlast their periods stall by no more than mappings do."""
    cases = known_cases()
    assert not any(map(latency_over_mappings, cases))
    longest = port_terms.PortTerms._longest_window
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(port_terms.PortTerms, "_longest_window", lambda *args: longest(*args) - 1)
        assert any(map(latency_over_mappings, cases))


def test_loads_that_hide_twice_are_seen() -> None:
    """What hides first cannot hide more cycles than it takes."""
    whole = first_to_hide._whole
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            first_to_hide,
            "_hideable",
            lambda port: (2 * whole(port, place) for place in port.exposed),
        )
        told = [pair for known in known_cases() for pair in latencies_in_the_model(known, most=1)]
    assert any(is_above(*pair) for pair in told)

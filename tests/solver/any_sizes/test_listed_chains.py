"""No chain within reach is missing where chains are listed, so no look rules out what reaches."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pytest

from tests.solver.any_sizes.test_bounds import Known, known_cases
from tests.solver.any_sizes.test_chain_windows import all_cases, memory_ports, tiles_of
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve import listed_chains
from zigzag_imc.solver.presolve.chain_windows import ChainWindows
from zigzag_imc.solver.presolve.closer import ChainEnergies, CloserLook
from zigzag_imc.solver.presolve.listed_chains import ListedChains
from zigzag_imc.solver.presolve.stalls import Busy
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumnBuilder
from zigzag_imc.solver.tables.any_sizes.step_lattice import StepLattice

SHARES = (1.0, 1.1, 1.5)
"""Limits of what is listed, relative to the least of the known mappings."""


class Listed(NamedTuple):
    """Chains of mappings within a limit, and which of them are listed."""

    within: int
    missing: int
    listed: int


def listings(known: Known) -> Iterator[Listed]:
    """List the chains of every spatial mapping, at every port and several limits."""
    builder, accelerator = AnyColumnBuilder(known.costs, True), known.costs.accelerator
    for spatial, found in known.by_spatial.items():
        fine = builder.fine(spatial)
        for port in memory_ports(fine):
            windows = ChainWindows(fine, accelerator, port)
            chains = [tiles_of(windows, known, mapping) for mapping, _ in found]
            listed = ListedChains(fine.timed, accelerator, windows.places, (1, Busy(port)))
            least = min(cost.latency_cycles for _, cost in found)
            for most in (share * least for share in SHARES):
                priced = listed.priced(most, {})
                told = [] if priced.least > most else listed.within(most, priced)
                if told is None:
                    continue
                within = [
                    chain
                    for chain, (_, cost) in zip(chains, found, strict=True)
                    if cost.latency_cycles <= most
                ]
                missing = sum(chain not in told for chain in within)
                yield Listed(len(within), missing, len(told))


def missing_chains() -> int:
    return sum(told.missing for known in all_cases() for told in listings(known))


class Seen(NamedTuple):
    """What a closer look says of a spatial mapping, and its best known mapping."""

    least: float
    best: float
    value: float


def looks(known: Known, objective: Objective, share: float) -> Iterator[Seen]:
    """Look closer at every spatial mapping, for a share of its best known objective."""
    builder, goal = AnyColumnBuilder(known.costs, True), Goal(objective)
    for spatial, found in known.by_spatial.items():
        fine = builder.fine(spatial)
        best = min(goal.value(cost.energy_pj, cost.latency_cycles) for _, cost in found)
        for port in memory_ports(fine):
            look = CloserLook(known.costs.accelerator, goal)
            seen = look.at(fine, (1, Busy(port)), 0.0, best * share)
            yield Seen(seen.least, best, best * share)


def above_the_best(objective: Objective) -> int:
    """Count the looks that say more than the best mapping costs."""
    seen = (one for known in all_cases() for one in looks(known, objective, 1.2))
    return sum(one.least > one.best * (1 + TOLERANCE) for one in seen)


def test_no_chain_within_reach_is_missing() -> None:
    told = [one for known in all_cases() for one in listings(known)]
    assert not any(one.missing for one in told)
    assert sum(one.within for one in told) > 300
    assert sum(one.listed > 0 for one in told) > 50


@pytest.mark.parametrize("objective", ["latency", "edp"])
def test_no_look_says_more_than_the_best_mapping(objective: Objective) -> None:
    assert not above_the_best(objective)


@pytest.mark.parametrize("objective", ["latency", "edp"])
def test_looks_rule_out_what_is_out_of_reach(objective: Objective) -> None:
    seen = [one for known in all_cases() for one in looks(known, objective, 0.7)]
    assert sum(math.isinf(one.least) for one in seen) > len(seen) / 5


def test_too_many_chains_tell_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listed_chains, "MOST_CHAINS", 0)
    seen = [one for known in known_cases() for one in looks(known, "latency", 1.2)]
    assert {one.least for one in seen} == {0.0}


def no_credit(patch: pytest.MonkeyPatch) -> None:
    """Room is paid for, and what all of it is worth is not taken off."""
    priced = ListedChains.priced
    start = dict.fromkeys(range(8), 0.01)
    patch.setattr(ListedChains, "priced", lambda own, most, _: priced(own, most, start))
    patch.setattr(listed_chains, "price_credit", lambda *_: 0.0)


def nothing_holds_the_rest(patch: pytest.MonkeyPatch) -> None:
    """A class holds those alone whose lengths divide it: not below all of a dimension."""
    may_hold = StepLattice.may_hold

    def strict(lattice: StepLattice, dim: str) -> np.ndarray:
        found = may_hold(lattice, dim).copy()
        found[:-1, -1] = False
        return found

    patch.setattr(StepLattice, "may_hold", strict)


def one_cut_per_tile(patch: pytest.MonkeyPatch) -> None:
    """No two cuts lie at the same tile."""

    def same(upper: object, step: object, index: object) -> bool:
        tiles = upper.tiles  # type: ignore[attr-defined]
        return bool(tiles) and tiles[-1][1] == index

    patch.setattr(ListedChains, "_is_told_already", staticmethod(same))


def room_for_half(patch: pytest.MonkeyPatch) -> None:
    """A memory holds half of what it does."""
    placed = ListedChains._placed

    def halved(own: ListedChains, upper: listed_chains._Partial, *rest: object) -> object:
        free = tuple(bits / 2 for bits in upper.free)
        return placed(own, upper._replace(free=free), *rest)  # type: ignore[arg-type]

    patch.setattr(ListedChains, "_placed", halved)


@pytest.mark.parametrize(
    "plant", [no_credit, nothing_holds_the_rest, one_cut_per_tile, room_for_half]
)
def test_planted_faults_are_seen(plant: Callable[[pytest.MonkeyPatch], None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        assert missing_chains()


def energies_twice(patch: pytest.MonkeyPatch) -> None:
    """The tiles of a chain take twice their energy."""
    least_pj = ChainEnergies.least_pj
    patch.setattr(ChainEnergies, "least_pj", lambda *own: 2 * least_pj(*own))


def second_best(patch: pytest.MonkeyPatch) -> None:
    """The best of the chains is left out."""
    best_of = CloserLook._best_of
    patch.setattr(
        CloserLook, "_best_of", lambda own, windows, chains, e: best_of(own, windows, chains[1:], e)
    )


def half_the_limit(patch: pytest.MonkeyPatch) -> None:
    """Only chains are listed that take half of what reaches the value."""
    enough = Goal.enough_latency
    patch.setattr(Goal, "enough_latency", lambda *own: enough(*own) / 2)


@pytest.mark.parametrize(
    ("plant", "objective"),
    [(energies_twice, "edp"), (second_best, "edp"), (half_the_limit, "latency")],
)
def test_planted_faults_of_looks_are_seen(
    plant: Callable[[pytest.MonkeyPatch], None], objective: Objective
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        assert above_the_best(objective)

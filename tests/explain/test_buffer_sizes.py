"""The least energy against the size of a memory is what enumeration says at every size."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from tests.solver.small_cases import case
from tests.spaces import dividing
from zigzag_imc import map_network
from zigzag_imc.explain.buffer_curve import BufferCurve
from zigzag_imc.explain.buffer_sizes import MOST_SEARCHES, buffer_curve
from zigzag_imc.library.query import Query
from zigzag_imc.models.mapspace.enumeration import best_by_enumeration
from zigzag_imc.onnx_workload.network import Network


@cache
def curve_of(seed: int) -> BufferCurve:
    drawn = case(seed, 1500)
    result = map_network(
        Network("drawn", (drawn.layer,)),
        drawn.accelerator,
        objective="edp",
        cost_model=drawn.profile.name,
        jobs=1,
        space=dividing(drawn.profile),
    )
    curve = buffer_curve(result, drawn.layer.name, Query(jobs=1))
    assert curve is not None
    return curve


def least_at(seed: int, memory: str, size: int) -> float | None:
    """Enumerate all mappings with another size of a memory."""
    drawn = case(seed, 1500)
    memories = tuple(
        replace(one, size_bits=size) if one.name == memory else one
        for one in drawn.accelerator.memories
    )
    accelerator = drawn.accelerator.replace(memories=memories)
    best = best_by_enumeration(drawn.layer, accelerator, drawn.profile, "energy")
    return None if best is None else best[0]


@pytest.mark.parametrize("seed", [21, 87])
def test_every_stretch_is_what_enumeration_says(seed: int) -> None:
    curve = curve_of(seed)
    assert curve.searches <= MOST_SEARCHES
    assert curve.stretches
    energies = [one.energy_pj for one in curve.stretches]
    assert energies == sorted(energies, reverse=True)
    for one in curve.stretches:
        assert one.status == "OPTIMAL"
        for size in {one.fits_bits, one.size_bits, (one.fits_bits + one.size_bits) // 2}:
            assert least_at(seed, curve.memory, size) == pytest.approx(one.energy_pj, rel=1e-6)
    for small, large in curve.gaps:
        between = least_at(seed, curve.memory, (small.size_bits + large.fits_bits) // 2)
        assert between is not None
        assert large.energy_pj * (1 - 1e-6) <= between <= small.energy_pj * (1 + 1e-6)
    if curve.too_small_bits is not None:
        assert least_at(seed, curve.memory, curve.too_small_bits) is None


def test_less_room_takes_more_somewhere() -> None:
    assert any(len(curve_of(seed).stretches) > 1 for seed in (21, 87))

"""Word accesses: ceilings, shares, and arrays as well as numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.accelerators import variant
from zigzag_imc.models.movement.traffic import boundaries, words
from zigzag_imc.models.movement.words import ceil_div, full_accesses
from zigzag_imc.models.profile import PROFILES, CostProfile


def accesses(bits: float, width: int) -> float:
    """Smallest accesses that one transfer takes."""
    count: float = full_accesses(bits, width, 1, 1, 1, False)
    return count


@given(st.integers(1, 10**9), st.integers(1, 4096))
def test_a_transfer_takes_whole_accesses(bits: int, width: int) -> None:
    """Ceiling of the division, for whole numbers exactly."""
    assert accesses(bits, width) == ceil_div(bits, width) == math.ceil(bits / width)


def test_a_float_just_above_a_whole_number_takes_no_extra_access() -> None:
    """Averages carry the noise of floating point."""
    assert accesses(3 * 0.1 * 10 * 64, 64) == 3
    assert accesses(192.001, 64) == 4


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_words_take_arrays(profile: CostProfile) -> None:
    """One formula for the scorer and for the solver's tables."""
    boundary = boundaries(variant("aimc"), "I")[1]
    elements, transfers = np.array([1, 17, 1000]), np.array([5, 7, 11])
    for access in boundary.down:
        bits = access.amount(elements, 2) * 8
        table = words(access.port, bits, transfers, 3, profile)
        singly = [
            words(access.port, int(b), int(t), 3, profile)
            for b, t in zip(bits, transfers, strict=True)
        ]
        assert list(table) == singly


def test_the_memory_above_sees_all_instances_in_one_transfer() -> None:
    """Two instances of 4 bytes each make one access of 64 bits above, and one each below."""
    above, below = boundaries(variant("aimc"), "I")[2].down
    profile = PROFILES["imc"]
    assert words(above.port, above.amount(4, 2) * 8, 10, 1, profile) == 10  # DRAM: 64 bits
    # SRAM: 64 of 512 bits, two instances
    assert words(below.port, below.amount(4, 2) * 8, 10, 2, profile) == 10 * 2 * 64 / 512


@pytest.mark.parametrize(("whole", "count"), [(True, 1), (False, 1.5)])
def test_fractions_of_a_word_may_be_dropped(whole: bool, count: float) -> None:
    """The reference tool drops them once per movement."""
    assert full_accesses(64, 16, 1 / 16, 6, 1, whole) == count

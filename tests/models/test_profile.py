"""Profiles by name."""

from __future__ import annotations

import pytest

from zigzag_imc.core.errors import OptionError
from zigzag_imc.models.profile import PROFILES, profile_named


def test_profiles_are_found_by_the_name_they_carry() -> None:
    """Three of them."""
    assert list(PROFILES) == ["imc", "zigzag", "zigzag-imc"]
    assert all(profile_named(name).name == name for name in PROFILES)


def test_an_unknown_profile_names_the_nearest() -> None:
    """And all that are valid."""
    with pytest.raises(
        OptionError, match=r"did you mean 'zigzag-imc'.*valid are imc, zigzag, zigzag-imc"
    ):
        profile_named("zigzag_imc")

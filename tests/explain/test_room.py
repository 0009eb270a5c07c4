"""What more room on chip would bring a network: the same as mapping it there."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.locality.small_networks import (
    random_accelerator,
    random_network,
    with_room_for_weights,
)
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.space import DIVISORS
from zigzag_imc.explain.keeping import KILOBYTE, explain_room
from zigzag_imc.library.mapping import map_network

SEED = 3


def test_more_room_brings_what_mapping_there_brings() -> None:
    draw = random.Random(SEED)
    network = random_network(draw)
    accelerator = with_room_for_weights(draw, random_accelerator(draw))
    asked = {"objective": "energy", "locality": "best", "space": DIVISORS, "inferences": 4}
    found = map_network(network, accelerator, jobs=1, **asked)  # type: ignore[arg-type]
    told = explain_room(found, jobs=1)
    assert {change.memory for change in told.changes} >= {"cells", "sram"}
    for change in told.changes:
        more = 8 if change.memory == "cells" else KILOBYTE
        memories = (
            replace(one, size_bits=one.size_bits + more) if one.name == change.memory else one
            for one in accelerator.memories
        )
        larger = accelerator.replace(memories=tuple(memories))
        there = map_network(network, larger, jobs=1, **asked)  # type: ignore[arg-type]
        assert change.status == "OPTIMAL"
        assert change.objective_value == pytest.approx(there.totals.objective_value, rel=1e-6)


def test_a_network_without_locality_has_no_room_to_explain() -> None:
    result = map_network("ds_cnn", "dimc", layers=["fc"], jobs=1)
    with pytest.raises(OptionError, match="--locality best"):
        explain_room(result)

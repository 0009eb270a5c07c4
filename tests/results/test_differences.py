"""Records compared field by field: what differs is named by its path."""

from __future__ import annotations

from typing import Any

from zigzag_imc.results.differences import differences
from zigzag_imc.results.parts import BreakdownRecord, LatencyRecord, StallRecord


def _breakdown(**changes: Any) -> BreakdownRecord:
    fields: dict[str, Any] = {
        "array_energy_pj": {"adc": 2.0, "cells": 3.0},
        "memory_energy": (),
        "latency": LatencyRecord(
            compute_cycles=7.0, stall_cycles=0.0, onloading_cycles=1.0, offloading_cycles=1.0
        ),
        "port_stalls": (StallRecord(memory="sram", port="r", cycles=-4.0),),
    }
    return BreakdownRecord(**(fields | changes))


def _told(found: BreakdownRecord, expected: BreakdownRecord) -> list[str]:
    fields = {key: getattr(expected, key) for key in type(expected).model_fields}
    return list(differences(found, fields, "breakdown."))


def test_equal_records_do_not_differ() -> None:
    assert _told(_breakdown(), _breakdown()) == []


def test_rounding_of_sums_is_no_difference() -> None:
    """A relative 1e-10 is less than the tolerance of 1e-9; 1e-8 is more."""
    assert _told(_breakdown(array_energy_pj={"adc": 2.0 * (1 + 1e-10), "cells": 3.0}),
                 _breakdown()) == []  # fmt: skip
    (said,) = _told(
        _breakdown(array_energy_pj={"adc": 2.0 * (1 + 1e-8), "cells": 3.0}), _breakdown()
    )
    assert said.startswith("breakdown.array_energy_pj.adc is 2.00000002, recomputed 2.0")


def test_a_field_of_a_record_in_a_record_is_named() -> None:
    latency = _breakdown().latency.model_copy(update={"stall_cycles": 5.0})
    assert _told(_breakdown(latency=latency), _breakdown()) == [
        "breakdown.latency.stall_cycles is 5.0, recomputed 0.0"
    ]


def test_an_item_of_a_list_is_named_by_its_place() -> None:
    stalls = (StallRecord(memory="sram", port="w", cycles=-4.0),)
    assert _told(_breakdown(port_stalls=stalls), _breakdown()) == [
        "breakdown.port_stalls[0].port is 'w', recomputed 'r'"
    ]


def test_lists_of_other_lengths_and_other_keys_differ_as_a_whole() -> None:
    found = _breakdown(port_stalls=(), array_energy_pj={"adc": 2.0})
    told = _told(found, _breakdown())
    assert told[0] == (
        "breakdown.array_energy_pj is {'adc': 2.0}, recomputed {'adc': 2.0, 'cells': 3.0}"
    )
    assert told[1].startswith("breakdown.port_stalls is (), recomputed (StallRecord(")


def test_long_values_are_cut() -> None:
    """80 characters stay; of 102 the first 77 and three dots."""
    (said,) = differences(
        StallRecord(memory="m" * 100, port="r", cycles=0.0), {"memory": "sram"}, ""
    )
    assert said == f"memory is '{'m' * 76}..., recomputed 'sram'"

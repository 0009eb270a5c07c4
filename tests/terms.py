"""Every term of a cost by name, from this model and from the reference one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigzag_imc.models.cost import Cost

_DIRECTIONS = {
    "rd_out_to_high": "th",
    "wr_in_by_high": "fh",
    "rd_out_to_low": "tl",
    "wr_in_by_low": "fl",
}


def our_terms(cost: Cost) -> dict[tuple[object, ...], float]:
    """Totals, array components, memory terms and port stalls of a cost."""
    terms: dict[tuple[object, ...], float] = {
        ("energy",): cost.energy_pj,
        ("area",): cost.area_mm2,
        ("clock period",): cost.tclk_ns,
        ("compute",): cost.compute_cycles,
        ("stall",): cost.stall_cycles,
        ("onloading",): cost.onloading_cycles,
        ("offloading",): cost.offloading_cycles,
        ("latency",): cost.latency_cycles,
    }
    terms |= {("array", name): energy for name, energy in cost.array_energy_pj.items()}
    terms |= {("memory", t.operand, t.level, t.direction): t.energy_pj for t in cost.memory_terms}
    terms |= {("port", s.memory, s.port): s.cycles for s in cost.port_stalls}
    return terms


def their_terms(evaluation: Any) -> dict[tuple[object, ...], float]:
    """Return the same from an evaluation by the reference tool."""
    terms: dict[tuple[object, ...], float] = {
        ("energy",): evaluation.energy_total,
        ("area",): evaluation.area_total,
        ("clock period",): evaluation.tclk,
        ("compute",): evaluation.ideal_temporal_cycle,
        ("stall",): evaluation.stall_slack_comb,
        ("onloading",): evaluation.data_onloading_cycle,
        ("offloading",): evaluation.data_offloading_cycle,
        ("latency",): evaluation.latency_total2,
    }
    terms |= {("array", name): energy for name, energy in evaluation.mac_energy_breakdown.items()}
    for operand, levels in evaluation.mem_energy_breakdown_further.items():
        for level, moved in enumerate(levels):
            for direction, energy in moved.data.items():
                terms["memory", operand.name, level, _DIRECTIONS[direction.value]] = energy
    per_memory = zip(
        evaluation.mem_level_list,
        evaluation.stall_slack_comb_collect,
        evaluation.port_activity_collect,
        strict=True,
    )
    for memory, stalls, activities in per_memory:
        for port, stall in stalls.items():
            if activities[port]:  # an idle port has no stall to compare
                terms["port", memory.name, port] = stall
    return terms


def differences(
    ours: Mapping[tuple[object, ...], float],
    theirs: Mapping[tuple[object, ...], float],
    relative: float = 1e-9,
) -> list[str]:
    """Name every term that differs; a movement that only one side lists must be zero."""
    found = []
    for key in sorted({*ours, *theirs}, key=str):
        mine, other = ours.get(key, 0.0), theirs.get(key, 0.0)
        if abs(mine - other) > relative * max(abs(mine), abs(other)):
            found.append(f"{' '.join(map(str, key))}: {mine!r}, reference {other!r}")
    return found

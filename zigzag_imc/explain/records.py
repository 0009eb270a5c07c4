"""What an explanation says, as records that machines read."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, PositiveInt

from zigzag_imc.core.objective import Status, Stopped
from zigzag_imc.core.stored_operand import Position
from zigzag_imc.results.parts import (
    BreakdownRecord,
    Operand,
    Record,
    SpatialRecord,
    StoredOperandRecord,
    TemporalRecord,
)

EXPLANATION_SCHEMA: Literal["zigzag-imc/explanation/1"] = "zigzag-imc/explanation/1"
"""Value of ``schema`` in every explanation."""


class BindingRecord(Record):
    """A resource that the latency goes to; the one that takes most of it binds.

    Attributes
    ----------
    kind
        ``compute``: the array computes. ``port``: it waits for a memory port. ``rows``: it waits
        for the writing of its rows. ``loading``: the first loads and last stores.
    memory, port
        Where, for ``port`` and ``rows``.
    cycles, share
        What it takes of the latency, in clock cycles and as a share.
    """

    kind: Literal["compute", "port", "rows", "loading"]
    memory: str | None = None
    port: str | None = None
    cycles: float
    share: float


class TileRecord(Record):
    """An operand's tile in one instance of a memory.

    Attributes
    ----------
    operand
        ``W``, ``I`` or ``O``.
    bits
        Room it takes, in bits.
    next_loop, next_bits, next_fits
        The next piece of a loop above the tile that would make it larger, how many bits the memory
        would then hold of all operands, and whether it could; ``None`` where it holds all of the
        operand already.
    """

    operand: Operand
    bits: int
    next_loop: tuple[str, int] | None = None
    next_bits: int | None = None
    next_fits: bool | None = None


class CapacityRecord(Record):
    """How full a memory is.

    Attributes
    ----------
    memory
        Name of the memory.
    size_bits, used_bits
        Bits of one instance: all, and those that tiles take.
    instances
        How many there are in the whole accelerator.
    binds
        Whether some operand's tile cannot grow by the next loop because this memory is too small.
    tiles
        Tile of each operand that it holds.
    """

    memory: str
    size_bits: PositiveInt
    used_bits: int
    instances: PositiveInt
    binds: bool
    tiles: tuple[TileRecord, ...]


class OccupancyRecord(Record):
    """How much of an array dimension is used.

    Attributes
    ----------
    array_dim, role
        Name of the dimension, and whether its lanes are columns, rows or macros.
    size
        Lanes that there are.
    used, average
        Lanes in use at most, and on average where an unrolling does not divide its loop.
    unrollings
        Loop dimensions unrolled over it, and over how many lanes each.
    """

    array_dim: str
    role: Literal["columns", "rows", "macros"]
    size: PositiveInt
    used: PositiveInt
    average: float
    unrollings: dict[str, PositiveInt]


class WhatIfRecord(Record):
    """The optimum of the same layer on a changed accelerator, proved again.

    Attributes
    ----------
    change, before, after
        What was changed: capacity in bits, the bandwidth of the widest port in bits per cycle, or
        lanes of an array dimension.
    memory, array_dim
        Where; one of the two.
    instead_of
        The smaller change that cannot be built, and why not; ``None`` where this is the smallest.
    status, objective_value, bound
        Of the new search, the latter two in the unit of the objective; ``None`` where the
        accelerator cannot be built so, see ``reason``.
    reason
        Why there is no mapping, or why the accelerator cannot be built.
    gain
        ``(old objective - new objective) / old objective``, with latencies in time, since the clock
        of another array may be another; negative when it gets worse.
    most_gain
        No mapping gains more; differs from ``gain`` where a limit ended the search.
    energy_pj, latency_cycles
        Of the new mapping, in pJ and in clock cycles.
    tclk_ns, area_mm2
        Clock period in ns and total area in mm2 of the changed accelerator.
    spatial, temporal
        The new mapping: unrollings per array dimension, loops per operand and memory level.
    stored
        Which operand of a product of two activations it stores; ``None`` for other layers.
    """

    change: str
    memory: str | None = None
    array_dim: str | None = None
    before: int
    after: int
    instead_of: str | None = None
    status: Status | None = None
    reason: str | None = None
    objective_value: float | None = None
    bound: float | None = None
    gain: float | None = None
    most_gain: float | None = None
    energy_pj: float | None = None
    latency_cycles: float | None = None
    tclk_ns: float | None = None
    area_mm2: float | None = None
    spatial: SpatialRecord | None = None
    temporal: TemporalRecord | None = None
    stored: Position | None = None


class ConstraintCostRecord(Record):
    """What a constraint costs: the optimum of the layer without it, proved again.

    Attributes
    ----------
    constraint
        What the mapping has to keep.
    status
        How far the optimum without it is proved; ``None`` where no search was asked for.
    without, bound
        Objective without it, and the proved bound of that, in the unit of the objective.
    cost
        How much more the objective is with it, relative to that without it.
    most_cost
        It costs no more; differs from ``cost`` where a limit ended the search.
    """

    constraint: str
    status: Status | None = None
    without: float | None = None
    bound: float | None = None
    cost: float | None = None
    most_cost: float | None = None


class Explanation(Record):
    """Why one layer of a result is mapped as it is.

    Attributes
    ----------
    schema_id
        Which kind of record this is, under the key ``schema``.
    network, accelerator
        Names of both.
    layer, names
        Name of the layer, and of all layers identical to it, in graph order.
    operator, loop_dims
        Operator in the network, and size of every loop dimension.
    stored_operand
        Of a product of two activations, which of them is written into the array as ``W``.
    cost_model
        Name of the cost profile.
    objective
        What the layer was mapped for; ``network_edp`` is a choice of all layers together.
    status
        How far the mapping is proved.
    objective_value, bound, gap
        The mapping's value, the proved bound (both in the unit of the objective) and their relative
        distance; ``None`` where nothing was searched or proved.
    energy_pj, latency_cycles, edp, edp_js
        Energy in pJ, latency in clock cycles, and their product, also in J x s.
    utilization
        Useful share of all multipliers over the computing cycles (without stalls), from 0 to 1.
    tclk_ns, area_mm2
        Clock period in ns and total area in mm2 of the accelerator.
    spatial, temporal
        The mapping: unrollings per array dimension, loops per operand and memory level.
    binding, other_bindings
        What takes most of the latency, and what takes the rest, largest first.
    breakdown
        Every term of energy and latency.
    capacities
        How full every memory is, the lowest first.
    occupancy
        How much of every array dimension is used.
    loop_nest
        Lines from the outermost loop in, memories where they keep their tiles.
    what_if_objective, what_if_base
        What the changed accelerators are searched for, and its value on the accelerator as it is;
        ``None`` where no search was asked for.
    what_ifs
        Changed accelerators, the largest gain first.
    constraints
        What the mapping has to keep, and what each of it costs.
    stopped
        What ended the searches early, if anything did.
    """

    model_config = ConfigDict(json_schema_extra={"$id": EXPLANATION_SCHEMA})

    schema_id: Literal["zigzag-imc/explanation/1"] = Field(EXPLANATION_SCHEMA, alias="schema")
    network: str
    accelerator: str
    layer: str
    names: tuple[str, ...]
    operator: str
    loop_dims: dict[str, PositiveInt]
    stored_operand: StoredOperandRecord | None = None
    cost_model: str
    objective: Literal["energy", "latency", "edp", "network_edp"]
    status: Status
    objective_value: float | None
    bound: float | None
    gap: float | None
    energy_pj: float
    latency_cycles: float
    edp: float
    edp_js: float
    utilization: float
    tclk_ns: float
    area_mm2: float
    spatial: SpatialRecord
    temporal: TemporalRecord
    binding: BindingRecord
    other_bindings: tuple[BindingRecord, ...] = ()
    breakdown: BreakdownRecord
    capacities: tuple[CapacityRecord, ...]
    occupancy: tuple[OccupancyRecord, ...]
    loop_nest: tuple[str, ...]
    what_if_objective: Literal["energy", "latency", "edp"] | None = None
    what_if_base: float | None = None
    what_ifs: tuple[WhatIfRecord, ...] = ()
    constraints: tuple[ConstraintCostRecord, ...] = ()
    stopped: Stopped | None = None

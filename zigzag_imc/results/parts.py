"""The parts of a result: mappings, what a layer is, and the terms of its cost."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt, PositiveInt

from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.core.objective import Method
from zigzag_imc.core.space import Space, TileSizes
from zigzag_imc.core.stored_operand import Position

Operand = Literal["W", "I", "O"]

SpatialRecord = dict[str, dict[str, PositiveInt]]
"""Unrollings per array dimension: ``{"D1": {"K": 64}, "D2": {"C": 13, "FY": 3}}``."""

TemporalRecord = dict[Operand, tuple[tuple[tuple[str, PositiveInt], ...], ...]]
"""Per operand one list of ``[dimension, factor]`` loops per memory level, lowest level and
innermost loop first."""


class Record(BaseModel):
    """Base of all records: frozen, no unknown keys, finite numbers only."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_by_name=True
    )


def mapping_from(
    spatial: SpatialRecord | None, temporal: TemporalRecord | None
) -> LayerMapping | None:
    """Return the mapping that two records make, ``None`` where one is missing.

    Raises
    ------
    MappingError
        When the operands disagree about the order of the loops.
    """
    if spatial is None or temporal is None:
        return None
    levels = {str(operand): loops for operand, loops in temporal.items()}
    return LayerMapping(SpatialMapping.of(spatial), TemporalMapping.from_levels(levels))


class RelevanceRecord(Record):
    """Loop dimensions that index each operand.

    Attributes
    ----------
    W, I, O
        Dimensions that index weights, inputs and outputs.
    """

    W: tuple[str, ...]
    I: tuple[str, ...]  # noqa: E741  (the field's name for input activations)
    O: tuple[str, ...]  # noqa: E741  (the field's name for outputs)


class WindowRecord(Record):
    """A sliding window over one axis of the input; see `zigzag_imc.core.layer.Window`.

    Attributes
    ----------
    output_dim, filter_dim
        The two loop dimensions that together index the axis.
    stride, dilation
        In input elements.
    size
        Real width of the input along the axis, in elements.
    """

    output_dim: str
    filter_dim: str
    stride: PositiveInt
    dilation: PositiveInt
    size: PositiveInt


class PrecisionRecord(Record):
    """Bits per element; ``O`` is a partial sum, ``O_final`` a finished output.

    Attributes
    ----------
    W, I, O, O_final
        Bits of a weight, an input, a partial sum and a finished output.
    """

    W: PositiveInt
    I: PositiveInt  # noqa: E741
    O: PositiveInt  # noqa: E741
    O_final: PositiveInt


class LatencyRecord(Record):
    """The parts of the latency in clock cycles; they add up to it.

    Attributes
    ----------
    compute_cycles
        The array computes.
    stall_cycles
        Computing waits for a port or for rows that are written.
    onloading_cycles
        Until the first tiles are at the array.
    offloading_cycles
        Until the last outputs are at the top.
    """

    compute_cycles: float
    stall_cycles: float
    onloading_cycles: float
    offloading_cycles: float


class MemoryRecord(Record):
    """Accesses and energy of one operand in one direction at one memory level.

    Attributes
    ----------
    operand
        ``W``, ``I`` or ``O``.
    level
        Memory level of the operand; 0 is the lowest.
    memory
        Name of the memory.
    direction
        ``fh``, ``tl``, ``fl`` or ``th``: from or to the level above (high) or below (low).
    words
        Accesses of full width.
    energy_pj
        Energy of all these accesses in pJ.
    """

    operand: Operand
    level: NonNegativeInt
    memory: str
    direction: Literal["fh", "tl", "fl", "th"]
    words: float
    energy_pj: float


class StallRecord(Record):
    """Stall cycles that one port alone would cause; negative is slack.

    Attributes
    ----------
    memory, port
        Names of the memory and its port.
    cycles
        Clock cycles; negative is slack.
    """

    memory: str
    port: str
    cycles: float


class BreakdownRecord(Record):
    """Every term of energy and latency.

    Attributes
    ----------
    array_energy_pj
        Energy in pJ per component of the array.
    memory_energy
        Accesses and energy per operand, level and direction.
    latency
        The parts of the latency.
    port_stalls
        What each port alone would stall.
    """

    array_energy_pj: dict[str, float]
    memory_energy: tuple[MemoryRecord, ...]
    latency: LatencyRecord
    port_stalls: tuple[StallRecord, ...]


class HardwareRecord(Record):
    """What clock and area of the accelerator are made of, and what its array can do at most.

    Attributes
    ----------
    tclk_ns, area_mm2
        Clock period, and area of array and memories together.
    critical_path_ns
        Delay of every component on the critical path; the clock takes their sum, or the longer
        period that the file gives.
    array_area_mm2
        Area per component of the array, all macros together.
    memory_area_mm2
        Area per memory: of all its instances, or of one where the cost model counts each once.
    memory_instances
        How many instances of every memory there are.
    peak_tops
        10^12 operations per second, two for each multiply-accumulate, with every multiplier busy in
        every cycle, at the array's precision.
    peak_tops_per_w
        10^12 operations per J of the array, without memories.
    peak_tops_per_mm2
        ``peak_tops`` per area of the array, without memories.
    cost_sources
        Who says what the ADCs cost, and each memory whose file names a source; ``None`` in older
        files.
    """

    tclk_ns: float
    area_mm2: float
    critical_path_ns: dict[str, float]
    array_area_mm2: dict[str, float]
    memory_area_mm2: dict[str, float]
    memory_instances: dict[str, PositiveInt]
    peak_tops: float
    peak_tops_per_w: float
    peak_tops_per_mm2: float
    cost_sources: dict[str, str] | None = None


class SpaceRecord(Record):
    """Which mappings a search chose from.

    Attributes
    ----------
    tile_sizes
        ``divisors``: every tile divides what lies above it. ``any-outermost``: the outermost loop
        of a dimension may end with a shorter tile.
    diagonals
        Whether windows and groups might lie diagonally on the array.
    """

    tile_sizes: TileSizes = "divisors"
    diagonals: bool = False

    @classmethod
    def of(cls, space: Space) -> SpaceRecord:
        """Record a space."""
        return cls(tile_sizes=space.tile_sizes, diagonals=space.diagonals)

    def space(self) -> Space:
        """Return the space."""
        return Space(self.tile_sizes, self.diagonals)


class LastWordRecord(Record):
    """What presolve left to CP-SAT, which has the last word of a proof.

    Attributes
    ----------
    left_spatial_mappings, left_mappings
        Spatial mappings that presolve left, and all their mappings; of all others it has shown that
        none is better.
    removed_share
        Share of all mappings that presolve removed with the other spatial mappings.
    by_tiles, by_bounds
        Spatial mappings of those left that came into a model of their tiles, and the others, which
        CP-SAT refuted in the model of what remains: by array dimensions, capacities and proved
        bounds. Of a proof that was stopped some of either are open.
    models
        CP-SAT models that were solved; of a proof that is done, the last one has no solution.
    closed_by
        ``tiles``, where a model of tiles was needed; else ``bounds``.
    """

    left_spatial_mappings: NonNegativeInt
    left_mappings: NonNegativeInt
    removed_share: float | None
    by_tiles: NonNegativeInt
    by_bounds: NonNegativeInt
    models: NonNegativeInt
    closed_by: Literal["tiles", "bounds"]

    @classmethod
    def of(
        cls, left: tuple[int, int], by_tiles: int, models: int, mapspace_size: int | None
    ) -> LastWordRecord:
        """Record what was left: spatial mappings, and their mappings."""
        spatial, mappings = left
        return cls(
            left_spatial_mappings=spatial,
            left_mappings=mappings,
            removed_share=removed_share(mappings, mapspace_size),
            by_tiles=by_tiles,
            by_bounds=spatial - by_tiles,
            models=models,
            closed_by="tiles" if by_tiles else "bounds",
        )


def removed_share(left: int, mapspace_size: int | None) -> float | None:
    """Share of a mapspace that is not left; ``None`` where that was not counted, or is empty."""
    return None if not mapspace_size else (mapspace_size - left) / mapspace_size


class CertificateRecord(Record):
    """What the proof, or a search without one, rests on.

    Attributes
    ----------
    exact_scores
        Mappings scored by the exact cost model.
    space
        Which mappings the search chose from.
    spatial_mappings, mapspace_size
        Spatial mappings of the mapspace, and all its mappings; ``None`` when stopped before all
        were listed or counted.
    resolution
        Relative resolution of the whole numbers inside the solver; bounds are rounded down. Zero
        for an engine.
    solver
        Library and version of the solver, or the engine that searched in its place, with its
        settings.
    seed
        Seed of the search.
    method
        ``auto``: presolve, and CP-SAT for what it left; ``cp-sat``: the joint model alone.
    last_word
        What presolve left to CP-SAT, and what that did with it; ``None`` for a search by other
        means, for one that was stopped before, and in older files.
    """

    exact_scores: NonNegativeInt
    space: SpaceRecord = SpaceRecord()
    spatial_mappings: NonNegativeInt | None
    mapspace_size: NonNegativeInt | None
    resolution: float
    solver: str
    seed: int
    method: Method = "auto"
    last_word: LastWordRecord | None = None


class TieRecord(Record):
    """What decided between mappings whose objective is equally good, to the proof's resolution.

    Attributes
    ----------
    objective
        What is least among them.
    value
        That of the mapping: pJ, or clock cycles.
    bound
        Certified lower bound of that of all of them.
    gap
        ``(value - bound) / value``.
    """

    objective: Literal["energy", "latency"]
    value: float
    bound: float
    gap: float


class StoredOperandRecord(Record):
    """Which of the two activations of a product is written into the array.

    Attributes
    ----------
    tensor, streamed
        Names of the tensor that is written, and of the one that streams past, of the first of the
        identical layers.
    position
        Whether the stored one is the first or the second operand in the graph.
    swapped
        Whether that is not the one that the reader of the graph takes for the weights.
    free
        Whether the search could choose, so that bound and proof are of both.
    """

    tensor: str
    streamed: str
    position: Position
    swapped: bool
    free: bool


class ParetoRecord(Record):
    """One point of an energy-latency front.

    Attributes
    ----------
    energy_pj, latency_cycles
        Cost of the mapping.
    spatial, temporal
        The mapping.
    stored
        Which operand of a product of two activations it stores; ``None`` for other layers.
    """

    energy_pj: NonNegativeFloat
    latency_cycles: NonNegativeFloat
    spatial: SpatialRecord
    temporal: TemporalRecord
    stored: Position | None = None

    def mapping(self) -> LayerMapping | None:
        """Return the mapping; see `mapping_from`."""
        return mapping_from(self.spatial, self.temporal)

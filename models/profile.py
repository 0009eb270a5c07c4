"""Cost profiles: the named, frozen sets of options under which a mapping is scored.

The memory, array and latency formulas are the same under every profile; a profile only decides the
places where the reference tools count something else than what happens in the hardware.
``docs/cost-model.md`` has an example of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zigzag_imc.core.errors import OptionError, nearest
from zigzag_imc.core.space import Space, TileSizes

LatencyModel = Literal["ports", "row_write", "ports+row_write"]


@dataclass(frozen=True, slots=True)
class CostProfile:
    """Options of the cost model.

    Attributes
    ----------
    name
        Value of ``--cost-model``; every result carries it.
    latency_model
        ``ports``: stalls of all memory ports. ``row_write``: the array is reloaded row by row,
        memory ports never stall. ``ports+row_write``: ports, one of which writes the cells row by
        row.
    whole_activations
        Count whole activations of the array, ``prod(T_d)``, with the rows and columns active on
        average. Otherwise count ``MACs / prod(unrollings)``, fewer than happen where an unrolling
        does not divide.
    rounded_averages
        Where an unrolling does not divide, round elements per transfer and active instances to
        whole numbers, cut fractional windows down. Otherwise keep the averages as they are.
    whole_words
        Drop the fraction of a full-width word in the total of one movement.
    floor_unrolling
        Latency uses the average unrolling cut down to a whole number. Otherwise the whole
        unrolling.
    first_visit_readback
        Partial sums are read back down also on the first visit of an output, when there is none
        yet: in energy, and in the stalls of the ports that they take.
    repeated_precharge
        Divide the precharges of a cell group by its stationary cycles twice.
    phantom_dilation
        Tiles of a dilated convolution with few outputs count input positions between the taps that
        nothing reads.
    unit_diagonals
        The band of rows of a diagonal mapping has one row per step, whatever its stride and
        dilation.
    wide_lines
        A wordline carries as many inputs and a bitline as many sums as the ports of the lowest
        memories are wide. Otherwise one each.
    dividing_tiles
        The tiles of a dimension divide each other and ``T_d``. Otherwise the outermost loop may end
        with a shorter tile.
    array_bits
        Whatever the bits of a layer, the array computes its own, and cells hold as many weights as
        their bits fit. Otherwise a weight takes whole cells, a wide one several, and the inputs'
        bits decide the cycles.
    all_rows_multiply
        The multipliers of all rows of a digital macro switch. Otherwise those of mapped rows: the
        inputs of the others stay at zero.
    single_areas
        The area of every memory counts once, however many instances there are, that of the cells
        once besides the array. Otherwise all instances count.
    hidden_loads
        A tile that is loaded or unloaded only once may overlap with computing where its port has
        cycles left, all but its first part. Otherwise computing waits for all of it.
    late_loads
        Such a tile may arrive until the end of computing, and leave from its beginning. Otherwise
        in the first round of the loops outside all those that index it, in which all of it is
        wanted, and outputs in the last one, in which they are finished.
    """

    name: str
    latency_model: LatencyModel
    whole_activations: bool
    rounded_averages: bool
    whole_words: bool
    floor_unrolling: bool
    first_visit_readback: bool
    repeated_precharge: bool
    phantom_dilation: bool
    unit_diagonals: bool
    wide_lines: bool
    dividing_tiles: bool
    array_bits: bool
    all_rows_multiply: bool
    single_areas: bool
    hidden_loads: bool
    late_loads: bool

    @property
    def ports_stall(self) -> bool:
        """Whether memory ports can stall the computation."""
        return self.latency_model != "row_write"

    @property
    def rows_written(self) -> bool:
        """Whether the rows of the array are written one by one."""
        return self.latency_model != "ports"


IMC = CostProfile(
    name="imc",
    latency_model="ports+row_write",
    whole_activations=True,
    rounded_averages=False,
    whole_words=False,
    floor_unrolling=False,
    first_visit_readback=False,
    repeated_precharge=False,
    phantom_dilation=False,
    unit_diagonals=False,
    wide_lines=False,
    dividing_tiles=False,
    array_bits=False,
    all_rows_multiply=False,
    single_areas=False,
    hidden_loads=True,
    late_loads=False,
)
"""What happens in the hardware; the default."""

ZIGZAG = CostProfile(
    name="zigzag",
    latency_model="ports",
    whole_activations=False,
    rounded_averages=True,
    whole_words=True,
    floor_unrolling=True,
    first_visit_readback=True,
    repeated_precharge=True,
    phantom_dilation=True,
    unit_diagonals=True,
    wide_lines=True,
    dividing_tiles=True,
    array_bits=True,
    all_rows_multiply=True,
    single_areas=True,
    hidden_loads=True,
    late_loads=True,
)
"""Term by term what ``zigzag-dse`` 3.9.1 computes."""

ZIGZAG_IMC = CostProfile(
    name="zigzag-imc",
    latency_model="row_write",
    whole_activations=True,
    rounded_averages=True,
    whole_words=False,
    floor_unrolling=False,
    first_visit_readback=True,
    repeated_precharge=True,
    phantom_dilation=True,
    unit_diagonals=True,
    wide_lines=False,
    dividing_tiles=False,
    array_bits=False,
    all_rows_multiply=False,
    single_areas=False,
    hidden_loads=False,
    late_loads=False,
)
"""The latency of ZigZag-IMC, the array written row by row, over whole activations."""

PROFILES: dict[str, CostProfile] = {profile.name: profile for profile in (IMC, ZIGZAG, ZIGZAG_IMC)}
"""The cost profiles by name: ``imc``, what happens in the hardware, and the default; ``zigzag``,
term by term what ``zigzag-dse`` computes; ``zigzag-imc``, the latency of ZigZag-IMC."""


def default_space(profile: CostProfile) -> Space:
    """Return the mappings that a search under a profile chooses from, where nobody says.

    The last tile of a dimension may be shorter but where tiles divide. Diagonals are among them but
    where lines carry several inputs and sums: there any unrolling may lie on either line as far as
    its ports are wide enough.
    """
    tile_sizes: TileSizes = "divisors" if profile.dividing_tiles else "any-outermost"
    return Space(tile_sizes, diagonals=not profile.wide_lines)


def profile_named(name: str) -> CostProfile:
    """Return a profile by its name.

    Raises
    ------
    OptionError
        When there is no such profile; names the nearest one.
    """
    if name not in PROFILES:
        valid = ", ".join(PROFILES)
        raise OptionError(
            f"cost model {name!r}: unknown{nearest(name, PROFILES)}; valid are {valid}"
        )
    return PROFILES[name]

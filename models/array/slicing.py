"""The bits of a layer in an array that has its own: whole cells, slices, passes.

A multiplier's cell takes one weight of up to the array's weight bits; a weight of more bits is cut
into *slices* in neighbouring columns. The inputs of an array have activation bits of their own; an
input of more bits goes in pass by pass. Outside the array the slices and passes of an output are
added up. Fewer bits leave part of a cell empty, and need fewer bit-serial cycles.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from zigzag_imc.core.accelerator import Accelerator, ImcArray, MemoryInstance, Port
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer import Precision
from zigzag_imc.models.profile import CostProfile


@dataclass(frozen=True, slots=True)
class Slicing:
    """How the bits of a layer's elements lie in an array.

    Attributes
    ----------
    columns
        Neighbouring columns that one weight takes, one per slice.
    passes
        Passes in which one input goes in.
    cycles
        Clock cycles of one activation of the array, all passes together.
    partial_sum_bits
        Bits in which the sums of slices and passes are added up.
    """

    columns: int
    passes: int
    cycles: float
    partial_sum_bits: int

    @classmethod
    def of(cls, array: ImcArray, precision: Precision, profile: CostProfile) -> Slicing:
        """Work it out for a layer; one column and one pass for a layer of the array's own bits."""
        if profile.array_bits:
            return cls(1, 1, array.cycles_per_activation, precision.O)
        whole, rest = divmod(precision.I, array.activation_bits)
        passes = [array.activation_bits] * whole + [rest] * (rest > 0)
        return cls(
            columns=-(-precision.W // array.weight_bits),
            passes=len(passes),
            cycles=sum(math.ceil(bits / array.bits_per_cycle) for bits in passes),
            partial_sum_bits=precision.O,
        )

    @property
    def additions(self) -> int:
        """Additions outside the array for one output of one activation."""
        return self.columns * self.passes - 1


def bits_of_array(array: ImcArray) -> Precision:
    """Bits of a layer of which nobody says any: those of the array, and their sum for its sums."""
    return Precision(
        W=array.weight_bits,
        I=array.activation_bits,
        O=array.weight_bits + array.activation_bits,
        O_final=array.activation_bits,
    )


def misfit(accelerator: Accelerator, precision: Precision, profile: CostProfile) -> str | None:
    """Say why no mapping brings weights of a layer's bits into the array.

    It has too few columns for the slices of one weight, or a port of its cells is so narrow that
    its width is no whole number of bits of such weights. ``None`` where neither is so.
    """
    if accelerator.hardware is not None or profile.array_bits:
        return None  # seen already, or by a profile that never cuts weights
    array, slicing = accelerator.array, Slicing.of(accelerator.array, precision, profile)
    if array.columns < slicing.columns:
        return (
            f"weights of {precision.W} bits take {slicing.columns} columns of {array.weight_bits} "
            f"bits each, {array.wordline} has {array.columns}; expected weights of at most "
            f"{array.columns * array.weight_bits} bits, or {array.wordline} of at least "
            f"{slicing.columns}"
        )
    for port in accelerator.cells.ports:
        if not _moves_whole_bits(port, array.weight_bits, precision.W):
            return _narrow_port(accelerator.cells, port, array.weight_bits, precision.W)
    return None


def seen_by(accelerator: Accelerator, precision: Precision, profile: CostProfile) -> Accelerator:
    """Return the accelerator as a layer of some precision sees it.

    Its columns are columns of whole weights, its cells hold as many weights of the layer's bits as
    they hold of the array's, its cells' ports move as many weights a cycle, and one activation
    takes as long as the layer's inputs need. What is seen already is returned as it is.

    Raises
    ------
    MappingError
        When no mapping brings the layer's bits into the array, see `misfit`.
    """
    if accelerator.hardware is not None:
        return accelerator
    lacking = misfit(accelerator, precision, profile)
    if lacking is not None:
        raise MappingError(lacking)
    seen = _with_lines(accelerator, profile)
    array, slicing = seen.array, Slicing.of(accelerator.array, precision, profile)
    same_time = slicing.cycles == array.cycles_per_activation
    if profile.array_bits or (array.weight_bits == precision.W and same_time):
        return seen
    wordline, columns = array.dimensions[0]
    cells = _cells_of_weights(accelerator.cells, array.weight_bits, precision.W, slicing.columns)
    return replace(
        seen,
        array=replace(
            array,
            dimensions=((wordline, columns // slicing.columns), *array.dimensions[1:]),
            activation_cycles=int(slicing.cycles),
        ),
        memories=tuple(
            cells if memory is accelerator.cells else memory for memory in accelerator.memories
        ),
        hardware=accelerator,
    )


def _with_lines(accelerator: Accelerator, profile: CostProfile) -> Accelerator:
    """Let the lines of the array carry what a profile says."""
    if not (profile.wide_lines or profile.unit_diagonals):
        return accelerator
    array = replace(
        accelerator.array,
        wide_lines=profile.wide_lines,
        unit_diagonals=profile.unit_diagonals,
    )
    return replace(accelerator, array=array, hardware=accelerator)


def _cells_of_weights(
    cells: MemoryInstance, array_bits: int, bits: int, columns: int
) -> MemoryInstance:
    """Count the cells of one weight in bits of the layer.

    ``array_bits`` written or read in a column are one slice of one weight: what takes them takes
    ``bits`` here, at the energy of all columns.
    """
    return replace(
        cells,
        size_bits=cells.size_bits // array_bits * bits,
        read_energy_pj=cells.read_energy_pj * columns,
        write_energy_pj=cells.write_energy_pj * columns,
        ports=tuple(_port_of_weights(port, array_bits, bits) for port in cells.ports),
    )


def _port_of_weights(port: Port, array_bits: int, bits: int) -> Port:
    """Count the width of a cells' port in bits of the layer."""
    return replace(
        port,
        bandwidth_min=port.bandwidth_min * bits // array_bits,
        bandwidth_max=port.bandwidth_max * bits // array_bits,
    )


def _moves_whole_bits(port: Port, array_bits: int, bits: int) -> bool:
    """Whether the widths of a cells' port are whole numbers of bits of a layer's weights."""
    widths = (port.bandwidth_min, port.bandwidth_max)
    return not any(width * bits % array_bits for width in widths)


def _narrow_port(cells: MemoryInstance, port: Port, array_bits: int, bits: int) -> str:
    """Say that the width of a cells' port is no whole number of bits, and what would be."""
    step = array_bits // math.gcd(port.bandwidth_min, port.bandwidth_max, array_bits)
    return (
        f"weights of {bits} bits do not pass port {port.name} of memory {cells.name}: it moves "
        f"{port.bandwidth_min} to {port.bandwidth_max} bits of cells of {array_bits} bits a "
        f"cycle, no whole number of bits of such weights; expected weights of a multiple of "
        f"{step} bits, or widths that are multiples of {array_bits} bits"
    )

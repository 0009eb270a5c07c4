"""Accelerators that are alike, and one that is at least as good as each of them.

Alike are accelerators that differ only in the bits of their ADCs and in size, energies and area of
the memories above the cells. The relaxed one has, of each of these, the best that any has: fewest
ADC bits, largest memories, least energies. Names of memories tell nothing of their cost; where
constraints speak of them, whoever asks has to tell them apart.

Why no mapping costs less on one of them than the best costs on the relaxed one:

- what fits a memory fits a larger one, so every mapping of theirs is one of the relaxed;
- the energy of a mapping is a sum of accesses, whose numbers follow from the mapping and the widths
  of ports, times energies of an access, and of activations of the array; the energies of ADCs, of
  the adders behind them and of accumulators rise with the bits of an ADC;
- clock cycles do not depend on energies and ADCs, and a larger memory only lets a second tile of an
  operand in earlier, never later.

The clock period does depend on the ADC; each accelerator keeps its own.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from zigzag_imc.core.accelerator import Accelerator, MemoryInstance


def kind_of(accelerator: Accelerator) -> Hashable:
    """Return all that accelerators that are alike have in common."""
    return (
        replace(accelerator.array, adc_bits=0.0),
        accelerator.technology,
        accelerator.dataflows,
        tuple(_structure(memory, accelerator) for memory in accelerator.memories),
    )


def _structure(memory: MemoryInstance, accelerator: Accelerator) -> Hashable:
    """Return what memories have in common; cells all but their area, which costs no energy."""
    if memory is accelerator.cells:
        return replace(memory, name="", cost_source="", area_mm2=0.0)
    return replace(
        memory,
        name="",
        cost_source="",
        size_bits=0,
        read_energy_pj=0.0,
        write_energy_pj=0.0,
        area_mm2=0.0,
        latency_cycles=0,
    )


def relaxed(alike: Sequence[Accelerator]) -> Accelerator:
    """Return an accelerator on which no mapping costs more than on any of some that are alike."""
    first = alike[0]
    memories = (
        _best([one.memories[place] for one in alike]) for place in range(len(first.memories))
    )
    adc_bits = min(one.array.adc_bits for one in alike)
    return first.replace(
        name="relaxed",
        array=replace(first.array, adc_bits=adc_bits),
        memories=tuple(memories),
    )


def _best(memories: Sequence[MemoryInstance]) -> MemoryInstance:
    return replace(
        memories[0],
        size_bits=max(one.size_bits for one in memories),
        read_energy_pj=min(one.read_energy_pj for one in memories),
        write_energy_pj=min(one.write_energy_pj for one in memories),
    )

"""What a mapping costs, as a table of many has it: time, and energy by what it is spent on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.movement.tiles import window_positions
from zigzag_imc.models.movement.unrolled import unrolled_once

ENERGIES = (
    "weight_update_pj",
    "weight_dram_pj",
    "input_cache_pj",
    "output_cache_pj",
    "input_register_pj",
    "output_register_pj",
    "mac_pj",
)
"""The sums that make up an energy: writing the cells and reading weights from memories above them,
inputs and outputs in shared memories and in those of a row or column, and the array itself."""


@dataclass(frozen=True, slots=True)
class Reuse:
    """How often the array uses what it is given, at once.

    Attributes
    ----------
    inputs
        Multipliers that share an input.
    outputs
        Products that are summed up into one output.
    """

    inputs: float
    outputs: float

    @classmethod
    def of(cls, layer: Layer, accelerator: Accelerator, spatial: SpatialMapping) -> Reuse:
        """Count them for an array as full as it ever is."""
        once = unrolled_once(layer, accelerator.array, spatial)
        unrolled = dict.fromkeys(layer.sizes, 1)
        for dims in once.by_array_dim.values():
            for dim, size in dims.items():
                unrolled[dim] *= size
        products = math.prod(unrolled.values())
        windows = [
            (unrolled[window.output_dim], unrolled[window.filter_dim]) for window in layer.windows
        ]
        ones = [1] * (2 * len(windows))
        inputs = window_positions(layer.windows, windows, ones) * math.prod(
            unrolled[dim] for dim in layer.plain_dims("I")
        )
        outputs = math.prod(unrolled[dim] for dim in layer.relevant("O") if dim in unrolled)
        return cls(float(products / inputs), float(products / outputs))


class Access(Protocol):
    """What is moved to or from a memory, in a cost or in a result."""

    @property
    def operand(self) -> str:
        """Whose data it is."""

    @property
    def memory(self) -> str:
        """Name of the memory."""

    @property
    def energy_pj(self) -> float:
        """Energy in pJ."""


def energies_of(cost: Cost, accelerator: Accelerator) -> dict[str, float]:
    """Return the seven sums of `ENERGIES` in pJ; together they are the energy."""
    return energies_by_use(cost.array_energy_pj, cost.memory_terms, accelerator)


def energies_by_use(
    array_pj: Mapping[str, float], terms: Iterable[Access], accelerator: Accelerator
) -> dict[str, float]:
    """Return the seven sums of `ENERGIES` in pJ of parts of the array and accesses of memories."""
    sums = dict.fromkeys(ENERGIES, 0.0)
    sums["mac_pj"] = float(sum(array_pj.values()))
    for name, term in _named(terms, accelerator):
        sums[name] += float(term.energy_pj)
    return sums


def _named(terms: Iterable[Access], accelerator: Accelerator) -> Iterator[tuple[str, Access]]:
    """Yield every access with the sum that it belongs to."""
    cells = accelerator.cells.name
    registers = {
        memory.name for memory in accelerator.memories if is_register(memory.name, accelerator)
    }
    what = dict(zip(OPERANDS, ("weight", "input", "output"), strict=True))
    for term in terms:
        if term.operand == "W":
            yield ("weight_update_pj" if term.memory == cells else "weight_dram_pj"), term
        else:
            kind = "register" if term.memory in registers else "cache"
            yield f"{what[term.operand]}_{kind}_pj", term


def is_register(name: str, accelerator: Accelerator) -> bool:
    """Whether a memory lies at single rows or columns.

    It is the lowest of some activations, and there is one for each index of some dimension.
    """
    memory = next(one for one in accelerator.memories if one.name == name)
    is_lowest = any(
        accelerator.memory(operand, 0) is memory
        for operand in ("I", "O")
        if operand in memory.operands
    )
    serves_all = memory.served >= {dim for dim, _ in accelerator.array.dimensions}
    return memory is not accelerator.cells and is_lowest and not serves_all

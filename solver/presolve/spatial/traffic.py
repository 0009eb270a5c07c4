"""What spatial mappings move and switch, whatever an access or a conversion costs.

Words of full width through every port that costs energy, and the use of the array: what
accelerators that differ only in costs, ADCs and sizes of upper memories have in common (`sharing`).
Their energy is these numbers times costs.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.models.array.use import ArrayUse
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.traffic import Access
from zigzag_imc.solver.tables.lattice import Array


@dataclass(frozen=True, slots=True)
class Moved:
    """Words of full width that are read from a memory or written to it, per spatial mapping.

    Attributes
    ----------
    memory
        Place of the memory in the accelerator.
    writes
        Whether they are written.
    words
        How many.
    """

    memory: int
    writes: bool
    words: Array

    @classmethod
    def through(cls, access: Access, words: Array) -> Moved:
        """Move words by an access."""
        return cls(access.memory_index, access.direction.writes, words)

    def energy_pj(self, accelerator: Accelerator) -> Array:
        """Energy of all of them, in pJ."""
        memory = accelerator.memories[self.memory]
        return self.words * (memory.write_energy_pj if self.writes else memory.read_energy_pj)


CutWords = tuple[Moved, ...]
"""What crosses one cut."""


def energy_over(cut: CutWords, accelerator: Accelerator, zeros: Array) -> Array:
    """Energy of all that crosses a cut, in pJ."""
    return sum((moved.energy_pj(accelerator) for moved in cut), start=zeros)


@dataclass(frozen=True, slots=True)
class Traffic:
    """What spatial mappings move and switch.

    Attributes
    ----------
    use
        How much of the array is at work.
    loading_pj
        Energy of loading weights that stay, an inference, in pJ. It depends on the accelerator, so
        where weights stay nothing of this is shared.
    once
        Over every cut that is not a lowest one, words of each element crossing once.
    resting
        Per operand that rests lowest, words over the lowest cuts, that of the operand first; see
        `zigzag_imc.solver.presolve.spatial.energy`.
    """

    use: ArrayUse
    loading_pj: Array | float
    once: tuple[CutWords, ...]
    resting: Mapping[int, tuple[CutWords, ...]]

    def energy_bounds_pj(self, model: CostModel) -> dict[int, Array]:
        """Lower bounds of the energy on an accelerator, per operand that rests lowest, in pJ."""
        array_pj, zeros = array_pj_of(model, self.use), np.zeros(len(self))
        crossing = (energy_over(cut, model.accelerator, zeros) for cut in self.once)
        fixed_pj = array_pj + self.loading_pj + sum(crossing, start=zeros)
        return {
            rest: sum((energy_over(cut, model.accelerator, zeros) for cut in cuts), start=fixed_pj)
            for rest, cuts in self.resting.items()
        }

    def __len__(self) -> int:
        return len(self.use.activations)

    @property
    def numbers(self) -> int:
        """How many numbers it takes to keep it."""
        return sum(array.size for array in {id(one): one for one in self._arrays()}.values())

    def _arrays(self) -> Iterator[Array]:
        for cut in itertools.chain(self.once, *self.resting.values()):
            yield from (moved.words for moved in cut)
        rows = self.use.rows
        yield from (rows.mapped, rows.taps, self.use.columns, self.use.activations)


def array_pj_of(model: CostModel, use: ArrayUse) -> Array:
    """Energy of the array for some use of it, without local precharge, in pJ."""
    of_each = model.macro.activation_energy_pj(use.rows.mapped, use.columns, use.rows.taps)
    total: Array = sum(of_each.values()) * use.activations
    return total

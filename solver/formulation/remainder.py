"""The remainder: spatial mappings that presolve left, and whether one can hold a better mapping.

The smallest model of a layer. What presolve claims is what it is made of: the domains of the
unrollings and the rows of the table are those of the spatial mappings that are left, each with its
proved bound; the incumbent cuts the objective. Array dimensions and capacities are constraints of
its own. Where the model has no solution, nothing that is left holds a better mapping.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ortools.sat.python import cp_model

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.solver.formulation.array_dimensions import Factors, add_array_dimensions
from zigzag_imc.solver.formulation.empty_model import empty_model
from zigzag_imc.solver.formulation.refuting import is_refuted

_STEPS = 2.0**50
"""Units up to the largest value: nearly as fine as floating point, far from the end of 64 bits."""

_BEYOND = 2 * _STEPS
"""Units of an infinite value."""


@dataclass(frozen=True, slots=True)
class Left:
    """A spatial mapping that is left.

    Attributes
    ----------
    factors
        What multiplies to its lanes along every array dimension.
    held_bits
        Per memory, bits that its smallest tiles take there.
    bound
        Proved lower bound of the objective of all its mappings.
    """

    factors: Factors
    held_bits: Sequence[int]
    bound: float


@dataclass(frozen=True, slots=True)
class Remainder:
    """What is left of a search.

    Attributes
    ----------
    accelerator
        What is mapped onto.
    left
        Spatial mappings.
    most
        Only mappings whose objective is less are of interest.
    """

    accelerator: Accelerator
    left: Sequence[Left]
    most: float

    def is_refuted(
        self,
        seed: int = 0,
        parameters: Sequence[tuple[str, int]] = (),
        most_seconds: float | None = None,
    ) -> bool:
        """Whether CP-SAT proves that no spatial mapping is left that can be better.

        Not where it had no time to.
        """
        return is_refuted(self.model(), seed, parameters, most_seconds)

    def model(self) -> cp_model.CpModel:
        """Build the model."""
        if not self.left:
            return _nothing_left()
        model = empty_model()
        table = _Table(model, len(self.left))
        self._add_unrollings(model, table)
        self._add_capacities(model, table)
        self._add_cut(model, table)
        table.add()
        return model

    def _add_unrollings(self, model: cp_model.CpModel, table: _Table) -> None:
        """``product over d of u[a,d] <= size[a]``, of the unrollings that are left."""
        unrollings: dict[str, list[cp_model.IntVar]] = {}
        for array_dim, _ in self.accelerator.array.dimensions:
            along: list[Mapping[str, int]] = [each.factors[array_dim] for each in self.left]
            for name in dict.fromkeys(name for own in along for name in own):
                column = [own.get(name, 1) for own in along]
                chosen = table.column(f"u {array_dim} {name}", column)
                unrollings.setdefault(array_dim, []).append(chosen)
        add_array_dimensions(model, self.accelerator.array, unrollings)

    def _add_capacities(self, model: cp_model.CpModel, table: _Table) -> None:
        """``least bits at m <= size_bits[m]``, of every memory that some of them overflow."""
        for number, memory in enumerate(self.accelerator.memories):
            held = [each.held_bits[number] for each in self.left]
            if max(held) > memory.size_bits:
                model.add(table.column(f"bits {number}", held) <= memory.size_bits)

    def _add_cut(self, model: cp_model.CpModel, table: _Table) -> None:
        """``bound < most``: nothing else is of interest.

        Both in units, bounds rounded down and the most up. What rounding blurs, a part in a
        quadrillion, is far less than the resolution of the proof. Nothing at all fits where a bound
        is infinite.
        """
        bounds = [each.bound for each in self.left]
        finite = [value for value in (*bounds, self.most) if math.isfinite(value)]
        unit = max(finite, default=0.0) / _STEPS or 1.0

        def units(value: float) -> float:
            return min(value / unit, _BEYOND)

        least = table.column("bound", [math.floor(units(bound)) for bound in bounds])
        model.add(least < math.ceil(units(self.most)))


@lru_cache(maxsize=1)
def _nothing_left() -> cp_model.CpModel:
    """Return the model where nothing is left: every domain is empty.

    Presolve leaves nothing of most small layers; they share the model.
    """
    model = empty_model()
    model.add_bool_or([])
    return model


class _Table:
    """Columns of a table, with a variable each and a row per spatial mapping."""

    def __init__(self, model: cp_model.CpModel, rows: int) -> None:
        self._model = model
        self._variables: list[cp_model.IntVar] = []
        self._rows: list[list[int]] = [[] for _ in range(rows)]

    def column(self, name: str, values: Sequence[int]) -> cp_model.IntVar:
        """Add a column; its variable has the values of it as its domain."""
        domain = cp_model.Domain.from_values(values)
        variable = self._model.new_int_var_from_domain(domain, name)
        self._variables.append(variable)
        for row, value in zip(self._rows, values, strict=True):
            row.append(value)
        return variable

    def add(self) -> None:
        """Allow the rows, and nothing else."""
        self._model.add_allowed_assignments(self._variables, self._rows)

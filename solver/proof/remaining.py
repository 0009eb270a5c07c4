"""What remains of a search, until CP-SAT has refuted it: the last word.

Presolve leaves spatial mappings with a proved bound each. Batches of them are closed by models of
their tiles; of the others CP-SAT is asked whether any can hold a better mapping
(`zigzag_imc.solver.formulation.remainder`). Only when it says no is the incumbent called optimal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.solver.formulation.array_dimensions import Factors, factors_of
from zigzag_imc.solver.presolve.ledger import Place
from zigzag_imc.solver.presolve.standing import Standing, Waiting
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.batch import Batch
from zigzag_imc.solver.proof.verdict import Verdict

if TYPE_CHECKING:
    from zigzag_imc.solver.proof.deepening import Deepening


class Remaining:
    """Spatial mappings that presolve left, but for those that models of their tiles have closed.

    Parameters
    ----------
    bench
        The layer.
    standing
        Where the search stands; what waits there remains.
    """

    def __init__(self, bench: Workbench, standing: Standing) -> None:
        self._bench, self._standing = bench, standing
        self._tried: list[tuple[Waiting, float]] = []  # no longer waiting, with their bounds
        self._factors: dict[Place, Factors] = {}
        self._answered: tuple[object, bool] | None = None
        bench.ledger.leave(each.place for each in standing.waiting)

    def take(self, waited: Sequence[Waiting], batch: Batch | Deepening, verdict: Verdict) -> None:
        """Note what a batch of those that waited has come to.

        What its last model has closed is gone. Of all others presolve says that they have no tile
        for a better mapping, and CP-SAT is told so. Where the batch was not closed, its bound holds
        of all that ever were in a model.
        """
        for each in waited:
            if each.place in batch.decided and verdict.proved:
                continue
            is_open = each.place in batch.concerned and not verdict.proved
            self._tried.append((each, verdict.bound if is_open else self._standing.value))

    @property
    def most(self) -> float:
        """Objective below which a mapping would be better than the incumbent."""
        return self._standing.value * (1 - RESOLUTION)

    def is_refuted(self) -> bool:
        """Whether CP-SAT says that nothing that remains can be better than the incumbent."""
        standing = self._standing
        # What waits may wait again, with a higher bound.
        asked = (standing.value, standing.least_waiting, len(standing.waiting), len(self._tried))
        if self._answered is None or self._answered[0] != asked:
            self._answered = (asked, self._ask())
        return self._answered[1]

    def _ask(self) -> bool:
        """Ask CP-SAT."""
        from zigzag_imc.solver.formulation.remainder import Left, Remainder

        options = self._bench.options
        left = [
            Left(self._factors_of(each.place), each.held_bits, bound)
            for each, bound in self._rows()
        ]
        self._bench.ledger.models += 1
        remainder = Remainder(self._bench.accelerator, left, self.most)
        return remainder.is_refuted(options.seed, options.parameters, self._bench.budget.left_s)

    def _rows(self) -> Iterator[tuple[Waiting, float]]:
        """Yield all that remains, with the best bound of each."""
        yield from ((each, each.bound) for each in self._standing.waiting)
        yield from self._tried

    def _factors_of(self, place: Place) -> Factors:
        """Return what the spatial mapping at a place takes along array dimensions."""
        if place not in self._factors:
            number, part = place
            spatial = self._bench.listings[part].spatials[number]
            array = self._bench.accelerator.array
            self._factors[place] = factors_of(self._bench.layer, array, spatial)
        return self._factors[place]

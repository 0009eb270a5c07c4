"""The least energy of a layer against the size of one memory, with proof.

A mapping that is optimal at some size, and takes less of the memory, is optimal at all sizes in
between: less room allows no other mappings, and the cost of this one does not depend on room that
it does not take. So every search tells a whole stretch, and the searches that follow go where most
is still open, until a curve without gaps is known or enough was searched.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import AcceleratorError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Stopped
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.explain.buffer_curve import BufferCurve, Stretch, is_open
from zigzag_imc.explain.what_if import checked, larger
from zigzag_imc.library.answers import map_onto_each
from zigzag_imc.library.query import Query
from zigzag_imc.models.array.slicing import seen_by
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.mapspace.capacity import held_bits
from zigzag_imc.results.result import LayerResult, NetworkResult

FIRST_SHARES = (1 / 16, 1 / 4, 1.0, 4.0)
"""Sizes that are searched first, of the size as it is."""

AT_ONCE = 2
"""Searches of a round; fixed, so that the curve does not depend on the cores."""

MOST_SEARCHES = 10
"""Searches after which what is open stays open."""


def buffer_curve(found: NetworkResult, layer: str, query: Query) -> BufferCurve | None:
    """Search the least energy of a layer at many sizes of its largest memory on chip.

    Parameters
    ----------
    found, layer
        A result, and the name of a layer in it that has a mapping.
    query
        How to search: jobs and limits.

    Returns
    -------
    BufferCurve or None
        ``None`` where there is no memory between the outermost one and the cells.
    """
    record = found.record_of(layer)
    whole = accelerator_from_dict(found.accelerator.description, "accelerator.description")
    accelerator = record.found_by(whole)
    place = _largest_on_chip(accelerator)
    if place is None or record.energy_pj is None:
        return None
    asked = replace(
        query,
        objective="energy",
        seed=found.seed,
        cost_model=found.cost_model,
        space=record.searched_space(),
        constraints=record.asked(),
    )
    return _Search(record.layer(), accelerator, place, asked).curve(record.energy_pj)


def _largest_on_chip(accelerator: Accelerator) -> int | None:
    """Return the place of the memory next to the outermost one, where that is not the cells."""
    places = range(len(accelerator.memories) - 1)
    on_chip = [place for place in places if accelerator.memories[place] is not accelerator.cells]
    return max(on_chip, key=lambda place: accelerator.memories[place].size_bits, default=None)


class _Search:
    """Searches a layer at one size of a memory after another."""

    def __init__(self, layer: Layer, accelerator: Accelerator, place: int, query: Query) -> None:
        self.layer, self.accelerator, self.place, self.query = layer, accelerator, place, query
        self.own = accelerator.memories[place].size_bits
        self.known: dict[int, Stretch | None] = {}
        self.stopped: Stopped | None = None

    def curve(self, energy_pj: float) -> BufferCurve:
        """Search where most is open, until nothing is or enough was searched."""
        wanted = [max(1, round(self.own * share)) for share in FIRST_SHARES]
        while wanted and self.stopped is None:
            self._search(wanted)
            left = MOST_SEARCHES - len(self.known)
            wanted = _most_open(self.stretches)[: min(AT_ONCE, left)]
        too_small = [size for size, one in self.known.items() if one is None]
        return BufferCurve(
            memory=self.accelerator.memories[self.place].name,
            own_bits=self.own,
            own_energy_pj=energy_pj,
            stretches=tuple(_merged(self.stretches)),
            too_small_bits=max(too_small, default=None),
            searches=len(self.known),
            stopped=self.stopped,
        )

    @property
    def stretches(self) -> list[Stretch]:
        """What is known, from the smallest size on."""
        return [one for _, one in sorted(self.known.items()) if one is not None]

    def _search(self, sizes: Sequence[int]) -> None:
        built = {f"{size} bits": self._sized(size) for size in sizes}
        variants = {name: one for name, one in built.items() if one is not None}
        answers: Mapping[str, LayerResult] = {}
        if variants:
            answers, self.stopped = map_onto_each(self.layer, variants, self.query)
        for size in sizes:
            answer = answers.get(f"{size} bits")
            if answer is None or answer.status == "INFEASIBLE":
                self.known[size] = None
            elif answer.energy_pj is not None:
                self.known[size] = self._stretch(size, answer, variants[f"{size} bits"])

    def _sized(self, size: int) -> Accelerator | None:
        """Return the accelerator with another size of the memory; ``None`` where it cannot be."""
        memory = self.accelerator.memories[self.place]
        try:
            return checked(self.accelerator, larger(memory, size - self.own, 0.0), "size")
        except AcceleratorError:
            return None

    def _stretch(self, size: int, answer: LayerResult, accelerator: Accelerator) -> Stretch:
        mapping = answer.mapping()
        assert mapping is not None
        assert answer.energy_pj is not None
        seen = seen_by(accelerator, self.layer.precision, self.query.profile)
        held = held_bits(self.layer, seen, mapping)[self.place]
        bound = answer.bound if answer.bound is not None else 0.0
        return Stretch(sum(held.values()), size, answer.energy_pj, bound, answer.status)


def _most_open(stretches: Sequence[Stretch]) -> list[int]:
    """Return sizes in the middle of what is open, the widest and highest first."""
    found = []
    for small, large in itertools.pairwise(stretches):
        if is_open(small, large):
            width = math.log(large.fits_bits / small.size_bits)
            middle = round(math.sqrt(large.fits_bits * small.size_bits))
            size = min(max(middle, small.size_bits + 1), large.fits_bits - 1)
            found.append(((small.energy_pj - large.energy_pj) * width, size))
    return [size for _, size in sorted(found, reverse=True)]


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Join neighbours of the same energy: with less room there is no less, with more no more."""
    joined: list[Stretch] = []
    for one in stretches:
        last = joined[-1] if joined else None
        if last is not None and one.energy_pj >= last.energy_pj * (1 - COARSEST):
            joined[-1] = replace(last, size_bits=one.size_bits)
        else:
            joined.append(one)
    return joined

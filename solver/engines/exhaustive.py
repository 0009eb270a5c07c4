"""Every mapping of the mapspace: a proof by counting, for small layers."""

from __future__ import annotations

import bisect
import math
import operator
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.enumeration import mappings_in_order, orders_of
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.movement.unrolled import spatial_temporal_sizes
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.engines.engine import Engine
from zigzag_imc.solver.engines.spatial_choice import listed
from zigzag_imc.solver.scoring.scoreboard import Scoreboard

MOST_MAPPINGS = 2_000_000
"""Mappings, fitting or not, beyond which a search has to be forced: minutes at worst, where nearly
all fit."""

_UNITS = (
    (1.0, "seconds"),
    (60.0, "minutes"),
    (3600.0, "hours"),
    (86400.0, "days"),
    (365.25 * 86400, "years"),
)
"""Seconds in a unit, and its name; a duration of two units or more is told in them."""

_COUNTING_S = 1.0
"""Seconds for listing spatial mappings, before any search."""

_COUNTED_SPATIALS = 10_000
"""Spatial mappings whose mappings are counted where not all are listed."""

_SAMPLED_SPATIALS = 8
_SAMPLE_S = 0.02


@dataclass(frozen=True, slots=True)
class Exhaustive(Engine):
    """Score every mapping; what it finds is optimal without any further proof.

    Attributes
    ----------
    force
        Also search layers whose mapspace has more than `MOST_MAPPINGS`.
    """

    name: ClassVar[str] = "exhaustive"
    force: bool = False

    def described(self) -> str:
        """Name and settings in one line."""
        return "exhaustive: every mapping"

    def check(
        self,
        layer: Layer,
        accelerator: Accelerator,
        profile: CostProfile,
        space: Space = DIVISORS,
    ) -> None:
        """Raise `OptionError` where the mapspace is too large to go through."""
        if self.force:
            return
        size = counted_mappings(layer, accelerator, profile, space)
        if size.least > MOST_MAPPINGS:
            seconds = estimated_seconds(layer, accelerator, profile, space)
            raise OptionError(
                f"layer {layer.name!r}: the exhaustive engine would go through "
                f"{size.told} mappings, which takes {size.roughly} {duration_text(seconds)}; "
                f"its limit is {MOST_MAPPINGS:,} unless forced (--force, force=True); "
                "the other engines and `map` have no limit"
                + _among_divisors(layer, accelerator, profile, space)
            )

    def forecast(
        self,
        layers: Sequence[Layer],
        accelerator: Accelerator,
        profile: CostProfile,
        space: Space = DIVISORS,
    ) -> str:
        """How many mappings there are, and how long it will take to score them."""
        sizes = [counted_mappings(layer, accelerator, profile, space) for layer in layers]
        size = MappingCount(sum(one.least for one in sizes), all(one.exact for one in sizes))
        seconds = sum(estimated_seconds(layer, accelerator, profile, space) for layer in layers)
        return (
            f"exhaustive: {size.told} mappings of {len(layers)} distinct layers, "
            f"fitting or not; {size.roughly} {duration_text(seconds)} on one core"
        )

    def explore(self, board: Scoreboard, seed: int) -> bool:
        """Score all; nothing is left to the seed."""
        layer, accelerator = board.layer, board.accelerator
        spatials = listed(board)
        for spatial in spatials:
            left = spatial_temporal_sizes(layer, accelerator.array, spatial)
            for loops in orders_of(left, board.space):
                board.check()
                for mapping in mappings_in_order(layer, accelerator, spatial, loops):
                    board.score(mapping)
        return spatials.complete


@dataclass(frozen=True, slots=True)
class MappingCount:
    """How many mappings there are, as far as they were counted.

    Attributes
    ----------
    least
        Mappings counted.
    exact
        Whether these are all.
    """

    least: int
    exact: bool

    @property
    def told(self) -> str:
        """The count as people read it."""
        return count_text(self.least) if self.exact else f"more than {count_text(self.least)}"

    @property
    def roughly(self) -> str:
        """What stands before the time that they take."""
        return "about" if self.exact else "at least"


def _some_spatials(
    layer: Layer, accelerator: Accelerator, profile: CostProfile, space: Space
) -> SpatialSpace:
    """List the spatial mappings, of very many only the first."""
    return SpatialSpace.of(layer, accelerator, profile, space, Budget.of(_COUNTING_S).is_over)


def _among_divisors(
    layer: Layer, accelerator: Accelerator, profile: CostProfile, space: Space
) -> str:
    """Say how many mappings have tiles that divide, where that is few enough."""
    if space.tile_sizes == "divisors":
        return ""
    narrow = replace(space, tile_sizes="divisors")
    size = counted_mappings(layer, accelerator, profile, narrow)
    if size.least > MOST_MAPPINGS:
        return ""
    return f"; {size.told} of them have tiles that divide (--divisors-only)"


def counted_mappings(
    layer: Layer, accelerator: Accelerator, profile: CostProfile, space: Space = DIVISORS
) -> MappingCount:
    """Count all mappings; of very many spatial mappings, those of the first."""
    spatials = _some_spatials(layer, accelerator, profile, space)
    counted = spatials if spatials.complete else spatials[:_COUNTED_SPATIALS]
    size = mapspace_size(layer, accelerator, profile, space, counted)
    return MappingCount(size, exact=spatials.complete)


def estimated_seconds(
    layer: Layer, accelerator: Accelerator, profile: CostProfile, space: Space = DIVISORS
) -> float:
    """Estimate how long it takes to score every mapping, from a sample of a fraction of a second.

    The sample is some orders of the loops of a few spatial mappings, spread over the mapspace.
    """
    spatials = _some_spatials(layer, accelerator, profile, space)
    if not len(spatials):
        return 0.0  # the bits of the layer do not fit the array
    model = CostModel(layer, accelerator, profile)
    sampled, spent_s = 0, 0.0
    for spatial in spatials[:: max(1, len(spatials) // _SAMPLED_SPATIALS)]:
        started = time.perf_counter()
        sampled += _score_some(model, spatial, space, until_s=started + _SAMPLE_S)
        spent_s += time.perf_counter() - started
    return counted_mappings(layer, accelerator, profile, space).least * spent_s / sampled


def _score_some(model: CostModel, spatial: SpatialMapping, space: Space, until_s: float) -> int:
    """Score one loop order after the other; return how many mappings these have, fitting or not."""
    layer, accelerator = model.layer, model.accelerator
    left = spatial_temporal_sizes(layer, accelerator.array, spatial)
    scored = 0
    for order in orders_of(left, space):
        for mapping in mappings_in_order(layer, accelerator, spatial, order):
            model.evaluate(mapping)
        scored += math.prod(
            math.comb(len(order) + len(levels) - 1, len(levels) - 1)
            for levels in accelerator.levels.values()
        )
        if time.perf_counter() > until_s:
            break
    return scored


def count_text(count: int) -> str:
    """Return a count as people read it: all digits up to a billion."""
    return f"{count:,}" if count < 10**9 else f"{count:.1e}"


def duration_text(seconds: float) -> str:
    """Return a duration in its largest sensible unit."""
    place = bisect.bisect(_UNITS, seconds / 2, key=operator.itemgetter(0))
    length_s, unit = _UNITS[max(0, place - 1)]
    return f"{_few_digits(seconds / length_s)} {unit}"


def _few_digits(count: float) -> str:
    """Return a count without more digits than an estimate deserves."""
    if count < 2:
        return f"{count:.1f}"
    return f"{count:.0f}" if count < 10**6 else f"{count:.0e}"

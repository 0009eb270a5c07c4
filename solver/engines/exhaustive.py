"""Every mapping of the mapspace: a proof by counting, for small layers."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.enumeration import loop_orders_of, mappings_in_order, prime_loops
from zigzag_imc.models.mapspace.spatial_space import mapspace_size
from zigzag_imc.models.mapspace.unrollings import spatial_mappings
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.engines.engine import Engine
from zigzag_imc.solver.scoring.scoreboard import Scoreboard

MOST_MAPPINGS = 2_000_000
"""Mappings, fitting or not, beyond which a search has to be forced: minutes at worst, where nearly
all fit."""

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

    def check(self, layer: Layer, accelerator: Accelerator, profile: CostProfile) -> None:
        """Raise `OptionError` where the mapspace is too large to go through."""
        size = mapspace_size(layer, accelerator, profile)
        if size > MOST_MAPPINGS and not self.force:
            seconds = estimated_seconds(layer, accelerator, profile)
            raise OptionError(
                f"layer {layer.name!r}: the exhaustive engine would go through "
                f"{count_text(size)} mappings, which takes about {duration_text(seconds)}; "
                f"its limit is {MOST_MAPPINGS:,} unless forced (--force, force=True); "
                "the other engines and `map` have no limit"
            )

    def forecast(
        self, layers: Sequence[Layer], accelerator: Accelerator, profile: CostProfile
    ) -> str:
        """How many mappings there are, and how long it will take to score them."""
        count = sum(mapspace_size(layer, accelerator, profile) for layer in layers)
        seconds = sum(estimated_seconds(layer, accelerator, profile) for layer in layers)
        return (
            f"exhaustive: {count_text(count)} mappings of {len(layers)} distinct layers, "
            f"fitting or not; about {duration_text(seconds)} on one core"
        )

    def explore(self, board: Scoreboard, seed: int) -> bool:
        """Score all; nothing is left to the seed."""
        layer, accelerator = board.layer, board.accelerator
        for spatial in spatial_mappings(layer, accelerator, board.profile):
            for loops in loop_orders_of(prime_loops(spatial.temporal_sizes(layer.loop_dims))):
                board.check()
                for mapping in mappings_in_order(layer, accelerator, spatial, loops):
                    board.score(mapping)
        return True


def estimated_seconds(layer: Layer, accelerator: Accelerator, profile: CostProfile) -> float:
    """Estimate how long it takes to score every mapping, from a sample of a fraction of a second.

    The sample is some orders of the loops of a few spatial mappings, spread over the mapspace.
    """
    model = CostModel(layer, accelerator, profile)
    spatials = list(spatial_mappings(layer, accelerator, profile))
    accelerator = model.accelerator
    levels = [len(accelerator.levels[operand]) - 1 for operand in OPERANDS]
    sampled, spent_s = 0, 0.0
    for spatial in spatials[:: max(1, len(spatials) // _SAMPLED_SPATIALS)]:
        loops = prime_loops(spatial.temporal_sizes(layer.loop_dims))
        cuts = math.prod(math.comb(len(loops) + count, count) for count in levels)
        started = time.perf_counter()
        for order in loop_orders_of(loops):
            for mapping in mappings_in_order(layer, accelerator, spatial, order):
                model.evaluate(mapping)
            sampled += cuts
            if time.perf_counter() - started > _SAMPLE_S:
                break
        spent_s += time.perf_counter() - started
    return mapspace_size(layer, accelerator, profile) * spent_s / sampled


def count_text(count: int) -> str:
    """Return a count as people read it: all digits up to a billion."""
    return f"{count:,}" if count < 10**9 else f"{count:.1e}"


def duration_text(seconds: float) -> str:
    """Return a duration in its largest sensible unit."""
    for unit, length in (
        ("years", 365.25 * 86400),
        ("days", 86400.0),
        ("hours", 3600.0),
        ("minutes", 60.0),
    ):
        if seconds >= 2 * length:
            count = seconds / length
            return f"{count:.0f} {unit}" if count < 10**6 else f"{count:.0e} {unit}"
    return f"{seconds:.0f} seconds" if seconds >= 2 else f"{seconds:.1f} seconds"

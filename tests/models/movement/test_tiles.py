"""Tiles against a literal reading of the loops."""

from __future__ import annotations

import math
import random

import pytest

from tests.accelerators import variant
from tests.layers import LAYERS
from tests.mappings import random_mappings, sunk_cuts
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.movement.tiles import operand_tiles


@pytest.mark.parametrize("layer_name", LAYERS)
def test_tiles_are_products_of_the_loops_below_the_cut(layer_name: str) -> None:
    """For every operand and boundary."""
    layer, accelerator = LAYERS[layer_name], variant("aimc")
    rng = random.Random(layer_name)
    for _, mapping in zip(range(20), random_mappings(rng, layer, accelerator), strict=False):
        loops = mapping.temporal.loops
        for operand in OPERANDS:
            relevant = layer.relevant(operand)
            in_window = (
                {d for w in layer.windows for d in (w.output_dim, w.filter_dim)}
                if operand == "I"
                else set()
            )
            tiles = operand_tiles(layer, mapping.temporal, operand)
            for a, cut in enumerate(
                (*sunk_cuts(mapping.temporal, operand, relevant), len(loops)), start=1
            ):
                below, above = loops[:cut], loops[cut:]
                assert tiles.cycles[a] == math.prod(f for _, f in below)
                assert tiles.tile[a] == math.prod(f for d, f in below if d in relevant - in_window)
                assert tiles.reduced_above[a] == any(d not in relevant for d, _ in above)
                for window, pair in zip(
                    layer.windows if operand == "I" else (), tiles.windows[a], strict=True
                ):
                    assert pair == (
                        math.prod(f for d, f in below if d == window.output_dim),
                        math.prod(f for d, f in below if d == window.filter_dim),
                    )


def test_uppermost_loops_of_a_level() -> None:
    """Runs of relevant or irrelevant loops right below a cut; a level without loops has none."""
    from zigzag_imc.core.mapping import TemporalMapping

    loops = (("OX", 2), ("K", 3), ("C", 5), ("OY", 7), ("K", 11))
    tiles = operand_tiles(LAYERS["conv3x3"], TemporalMapping(loops, ((0,), (0, 3), (0, 3))), "W")
    # The cut at 0 sinks past OX: the weights rest there for two activations.
    assert list(tiles.cycles) == [2, 2, 2 * 3 * 5 * 7 * 11]
    assert list(tiles.top_irrelevant) == [1, 2, 1]
    assert list(tiles.top_relevant) == [1, 1, 11]

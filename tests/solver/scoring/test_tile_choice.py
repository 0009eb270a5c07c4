"""Segments between tiles, and the loop orders that can matter inside them."""

from __future__ import annotations

from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.solver.scoring.runs import Run
from zigzag_imc.solver.scoring.tile_choice import TileChoice

LAYER = matmul_layer("small", rows=2, out_channels=2, in_channels=3)
"""Rows (OX) are irrelevant to weights, output channels (K) to inputs, C to outputs."""

NOTHING = SpatialMapping(())


def test_segments_lie_between_different_tiles() -> None:
    """Of K2 C3, the weights are cut above C3 and the inputs there, too: C3, then K2."""
    temporal = {"K": 2, "C": 3}
    choice = TileChoice.of(NOTHING, temporal, [((0, 1), {"C": 3}), ((1, 1), {"C": 3})])
    below, above = choice.segments
    assert (below.places, below.sizes) == (((0, 1), (1, 1)), {"C": 3})
    assert (above.places, above.sizes) == ((), {"K": 2})


def test_a_mapping_cuts_where_the_tiles_are() -> None:
    """One loop, C3, lies below the cut of the weights, none below that of the inputs."""
    choice = TileChoice.of(NOTHING, {"K": 2, "C": 3}, [((0, 1), {"C": 3}), ((1, 1), {})])
    mapping = choice.mapping()
    assert mapping.temporal.loops == (("C", 3), ("K", 2))
    assert mapping.temporal.cuts[:2] == ((1,), (0,))


def test_two_loops_below_a_cut_have_two_orders_where_one_is_idle() -> None:
    """K2 is idle to inputs, C3 is held: which of them is at the top matters.

    With C3 there, the whole period is left for the transfer: that order comes first.
    """
    choice = TileChoice.of(NOTHING, {"K": 2, "C": 3}, [((1, 1), {"K": 2, "C": 3})])
    loops = [mapping.temporal.loops for mapping in choice.arrangements(LAYER)]
    assert loops == [(("K", 2), ("C", 3)), (("C", 3), ("K", 2))]


def test_two_loops_that_nobody_sees_have_one_order() -> None:
    """Above the last cut, all orders cost the same."""
    choice = TileChoice.of(NOTHING, {"K": 2, "C": 3}, [((0, 1), {})])
    assert len(list(choice.arrangements(LAYER))) == 1


def test_a_run_ends_at_a_loop_of_another_kind() -> None:
    """Held 2, held 3, idle 5: the run has 6 iterations."""
    run = Run().above("held", 2).above("held", 3).above("idle", 5)
    assert run == Run("held", 6, goes_on=False)

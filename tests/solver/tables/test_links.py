"""Which links between memories wait for the other input."""

from __future__ import annotations

from tests.solver.presolve.tiny import buffer, tiny_accelerator
from tests.solver.tables.tiny_columns import model_of
from zigzag_imc.core.layer import INPUTS, WEIGHTS
from zigzag_imc.solver.tables.links import link_kinds


def test_links_out_of_one_memory_are_private() -> None:
    """From the DRAM to the cells, and to the registers: one end of each carries both inputs."""
    assert link_kinds(model_of()) == {(WEIGHTS, 1): "private", (INPUTS, 1): "private"}


def test_a_link_between_two_memories_of_both_is_shared() -> None:
    """From the DRAM to a buffer of both inputs, boundary 2 of either."""
    kinds = link_kinds(model_of(accelerator=tiny_accelerator(shared=buffer("I1 I2", 64))))
    assert kinds[WEIGHTS, 2] == kinds[INPUTS, 2] == "shared"


def test_links_below_an_outer_one_are_hidden() -> None:
    """Weights pass a buffer of their own above the shared one: each link has one end of both.

    The outermost counts, those below it run at the same time. Inputs do not pass that buffer.
    """
    accelerator = tiny_accelerator(shared=buffer("I1 I2", 64), own=buffer("I2", 64))
    kinds = link_kinds(model_of(accelerator=accelerator))
    weights = [kinds[WEIGHTS, boundary] for boundary in (1, 2, 3)]
    assert weights == ["hidden", "hidden", "private"]
    assert [kinds[INPUTS, boundary] for boundary in (1, 2)] == ["private", "shared"]

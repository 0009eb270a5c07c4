"""The smallest overflow: what no mapping avoids, and when that is not known."""

from __future__ import annotations

from tests.solver.presolve.tiny import buffer, product, tiny_accelerator
from zigzag_imc.core.layer import Precision
from zigzag_imc.solver.infeasible import smallest_overflow, why_nothing_fits

LAYER = product(rows=2, out_channels=2, in_channels=2)


def test_one_element_of_each_operand_needs_room() -> None:
    """A weight, an input and a finished output take 8 bits each: 24 bits, 4 more than 20."""
    accelerator = tiny_accelerator(shared=buffer("I1 I2 O", 20))
    expected = (
        "memory shared overflows by 4 bits: it holds 20, the mapping needs 24 (W 8, I 8, O 8)"
    )
    assert smallest_overflow(LAYER, accelerator) == expected
    assert why_nothing_fits(LAYER, accelerator) == f"even the smallest tiles do not fit: {expected}"


def test_one_element_of_each_operand_fits() -> None:
    """The same 24 bits in a memory of 24."""
    accelerator = tiny_accelerator(shared=buffer("I1 I2 O", 24))
    assert smallest_overflow(LAYER, accelerator) is None
    assert why_nothing_fits(LAYER, accelerator).startswith("no combination of tiles fits")


def test_nothing_is_said_of_outputs_that_widen() -> None:
    """Finished outputs of 24 bits: moving partial sums of 16 bits instead may need less room."""
    widening = LAYER.replace(precision=Precision(8, 8, 16, 24))
    accelerator = tiny_accelerator(shared=buffer("I1 I2 O", 20))
    assert smallest_overflow(widening, accelerator) is None


def test_nothing_is_said_of_double_buffers() -> None:
    """A forced double buffer may hold the whole of an operand once instead of two tiles of it."""
    accelerator = tiny_accelerator(shared=buffer("I1 I2 O", 20) | {"force_double_buffering": True})
    assert smallest_overflow(LAYER, accelerator) is None

"""The smallest overflow: what no mapping avoids, and when that is not known."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accelerators import port
from tests.solver.presolve.tiny import buffer, product, tiny_accelerator
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.models.hardware.files import accelerator_from_dict, accelerator_to_dict
from zigzag_imc.models.hardware.templates.template import Template
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.engines.exhaustive import Exhaustive
from zigzag_imc.solver.infeasible import smallest_overflow, why_nothing_fits
from zigzag_imc.solver.search import solve

LAYER = product(rows=2, out_channels=2, in_channels=2)


def _why(layer: Layer, accelerator: Accelerator) -> str:
    return why_nothing_fits(layer, accelerator, SpatialSpace.of(layer, accelerator, IMC))


def _weights_stay(cells_bits: int = 8, **changes: Any) -> Accelerator:
    """Two rows of two cells that nothing is above of: weights are there for good."""
    contents = accelerator_to_dict(tiny_accelerator())
    contents["memories"]["cells"]["size"] = cells_bits
    contents["memories"]["cells"]["ports"] = [port("read_write", 8, 8, "I2, tl")]
    contents["memories"]["dram"]["operands"] = ["I1", "O"]
    for entry in contents["memories"]["dram"]["ports"]:
        entry["allocation"] = [text for text in entry["allocation"] if "I2" not in text]
    for name, change in changes.items():
        contents["memories"][name] |= change
    return accelerator_from_dict(contents, "stay")


def test_one_element_of_each_operand_needs_room() -> None:
    """A weight, an input and a finished output take 8 bits each: 24 bits, 4 more than 20."""
    accelerator = tiny_accelerator(shared=buffer("I1 I2 O", 20))
    expected = (
        "memory shared overflows by 4 bits: it holds 20, the mapping needs 24 (W 8, I 8, O 8)"
    )
    assert smallest_overflow(LAYER, accelerator) == expected
    assert _why(LAYER, accelerator) == f"even the smallest tiles do not fit: {expected}"


def test_what_would_help_where_activations_lie_whole() -> None:
    """An SRAM of 1 KB above which there is nothing, while weights come from DRAM."""
    template = Template(kind="dimc", rows=16, columns=16, sram_kb=1, activations_in="sram")
    layer = product(rows=64, out_channels=16, in_channels=16)
    found = solve(layer, template.accelerator(), IMC, "energy")
    assert found.status == "INFEASIBLE"
    assert str(found.reason).endswith(
        "; I, O lie there whole, with no memory above it: a larger sram has room, or dram above it "
        "(in a template: activations_in dram)"
    )
    with_dram = template.model_copy(update={"activations_in": "dram"})
    assert solve(layer, with_dram.accelerator(), IMC, "energy").status == "OPTIMAL"


def test_one_element_of_each_operand_fits() -> None:
    """The same 24 bits in a memory of 24."""
    accelerator = tiny_accelerator(shared=buffer("I1 I2 O", 24))
    assert smallest_overflow(LAYER, accelerator) is None
    assert _why(LAYER, accelerator).startswith("no combination of tiles fits")


def test_nothing_is_said_of_outputs_that_widen() -> None:
    """Finished outputs of 24 bits: moving partial sums of 16 bits instead may need less room."""
    widening = LAYER.replace(precision=Precision(8, 8, 16, 24))
    accelerator = tiny_accelerator(shared=buffer("I1 I2 O", 20))
    assert smallest_overflow(widening, accelerator) is None


def test_nothing_is_said_of_double_buffers() -> None:
    """A forced double buffer may hold the whole of an operand once instead of two tiles of it."""
    accelerator = tiny_accelerator(shared=buffer("I1 I2 O", 20) | {"force_double_buffering": True})
    assert smallest_overflow(LAYER, accelerator) is None


def test_cells_that_hold_all_weights_for_good() -> None:
    """Eight weights of 8 bits for four cells: at best two weights, 16 bits, in each."""
    eight = product(rows=2, out_channels=4, in_channels=2)
    assert _why(eight, _weights_stay()) == (
        "whatever is unrolled, memory cells overflows by 8 bits: it holds 8, the mapping needs 16 "
        "(W 16); all 4 instances hold 32 bits, and no memory above them takes the 64 bits of W"
    )
    assert solve(eight, _weights_stay(16), IMC, "energy").status == "OPTIMAL"


def test_memories_that_want_different_unrollings() -> None:
    """Cells need both dimensions of the weights unrolled, which one register has no room for.

    The outputs of two columns, 8 bits each, then stand in one register twice: 32 bits, and it holds
    28. One of both alone leaves two weights to a cell, which holds one.
    """
    ports = [port("read_write", 32, 32, *(f"O, {way}" for way in ("fh", "tl", "fl", "th")))]
    shared = {"size": 28, "served_dimensions": ["D1", "D2"], "force_double_buffering": True}
    accelerator = _weights_stay(rf_o=shared | {"ports": ports})
    reason = _why(product(rows=3, out_channels=2, in_channels=2), accelerator)
    assert reason == (
        "no unrolling suits all memories; with the closest, D1 K 2, D2 C 2, memory rf_o overflows "
        "by 4 bits: it holds 28, the mapping needs 32 (O 32)"
    )


def test_all_of_an_operand_may_be_smaller_than_two_tiles() -> None:
    """A double buffer that takes one element, 8 bits, and needs two where there is another."""
    doubled = buffer("I1", 8) | {"force_double_buffering": True}
    accelerator = tiny_accelerator(inputs=doubled)
    assert solve(product(), accelerator, IMC, "energy").status == "OPTIMAL"
    assert _why(LAYER, accelerator).startswith(
        "even the smallest tiles do not fit: memory inputs overflows by 8 bits: it holds 8, the "
        "mapping needs 16 (I 16)"
    )


CASES = {
    "room for nothing": (LAYER, tiny_accelerator(shared=buffer("I1 I2 O", 20))),
    "widening": (
        LAYER.replace(precision=Precision(8, 8, 16, 24)),
        tiny_accelerator(shared=buffer("I1 I2 O", 20)),
    ),
    "doubled": (
        LAYER,
        tiny_accelerator(shared=buffer("I1 I2 O", 20) | {"force_double_buffering": True}),
    ),
    "weights stay": (product(rows=2, out_channels=4, in_channels=2), _weights_stay()),
    "a small top": (product(rows=9, in_channels=9), _weights_stay(800, dram={"size": 640})),
}


@pytest.mark.parametrize("case", CASES)
def test_every_search_names_the_memory(case: str) -> None:
    layer, accelerator = CASES[case]
    searched = solve(layer, accelerator, IMC, "edp")
    listed = Exhaustive(force=True).search(layer, accelerator, IMC, "edp")
    for solution in (searched, listed):
        assert solution.status == "INFEASIBLE"
        assert solution.reason is not None
        named = [
            memory for memory in accelerator.memories if f"y {memory.name} ov" in solution.reason
        ]
        assert len(named) == 1
        assert f"it holds {named[0].size_bits}, the mapping needs " in solution.reason

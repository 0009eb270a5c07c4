"""Faults planted into the exact cost model on purpose.

The comparison with the reference tool has to see each.

Solver, enumeration and checker share this model, so none of them would notice.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice

import pytest

from tests.accelerators import variant, variant_text
from tests.layers import layer_for
from tests.mappings import random_mappings
from tests.oracle import oracle_evaluate
from tests.terms import differences, our_terms, their_terms
from zigzag_imc.core.layer import Window
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement import energy, flows
from zigzag_imc.models.profile import ZIGZAG
from zigzag_imc.models.timing import buffering, latency
from zigzag_imc.zigzag_bridge.comparable import comparable

PAIRS = [
    (accelerator, layer)
    for accelerator in ("aimc", "shared_all", "separate", "macros", "deep")
    for layer in ("conv3x3", "not_dividing", "gemm")
]


def no_halo(patch: pytest.MonkeyPatch) -> None:
    """Neighbouring windows share no input."""
    patch.setattr(
        Window,
        "extent",
        lambda self, outputs, filters, phantom=False: min(outputs * filters, self.size),
    )


def one_transfer_too_few(patch: pytest.MonkeyPatch) -> None:
    """Partial sums come back down once less."""
    patch.setattr(flows, "readbacks", lambda transfers, distinct, profile: transfers - 1)


def one_access_too_many(patch: pytest.MonkeyPatch) -> None:
    """Every movement makes one access more than it does."""
    plain = energy.memory_words
    patch.setattr(
        "zigzag_imc.models.evaluate.memory_words",
        lambda *args: [count + 1 for count in plain(*args)],
    )


def always_double_buffered(patch: pytest.MonkeyPatch) -> None:
    """There is always room for a second tile."""
    patch.setattr(
        buffering.Buffering, "_double_buffered", lambda self, memory, found: memory.tenants
    )


def never_double_buffered(patch: pytest.MonkeyPatch) -> None:
    """There is never room for a second tile."""
    patch.setattr(buffering.Buffering, "_double_buffered", lambda self, memory, found: ())


def nothing_hides(patch: pytest.MonkeyPatch) -> None:
    """First loads are exposed as a whole."""
    patch.setattr(latency, "hide_loads", lambda *_: None)


def inputs_one_after_the_other(patch: pytest.MonkeyPatch) -> None:
    """The loads of both inputs never overlap."""
    patch.setattr(latency, "onloading", lambda *cycles: sum(cycles))


FAULTS = (
    no_halo,
    one_transfer_too_few,
    one_access_too_many,
    always_double_buffered,
    never_double_buffered,
    nothing_hides,
    inputs_one_after_the_other,
)


@cache
def _compared(
    accelerator_name: str, layer_name: str
) -> list[tuple[LayerMapping, dict[tuple[object, ...], float]]]:
    """A few mappings, and what the reference says of them."""
    layer, accelerator = layer_for(accelerator_name, layer_name), variant(accelerator_name)
    rng = random.Random(f"planted {accelerator_name} {layer_name}")
    drawn = (
        m for m in random_mappings(rng, layer, accelerator) if comparable(layer, accelerator, m)
    )
    return [
        (mapping, their_terms(oracle_evaluate(layer, variant_text(accelerator_name), mapping)))
        for mapping in islice(drawn, 4)
    ]


def _differences() -> Iterator[str]:
    for accelerator_name, layer_name in PAIRS:
        model = CostModel(
            layer_for(accelerator_name, layer_name), variant(accelerator_name), ZIGZAG
        )
        for mapping, theirs in _compared(accelerator_name, layer_name):
            yield from differences(our_terms(model.evaluate(mapping)), theirs)


def test_nothing_differs_without_a_fault() -> None:
    assert list(_differences()) == []


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_planted_faults_are_seen(plant: Callable[[pytest.MonkeyPatch], None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        assert any(True for _ in _differences()), plant.__doc__

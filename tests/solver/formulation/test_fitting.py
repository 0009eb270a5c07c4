"""The least that every mapping takes: CP-SAT refutes what does not fit, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from tests.solver.presolve.tiny import buffer, product, tiny_accelerator
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.formulation.fitting import Fitting
from zigzag_imc.solver.formulation.refuting import is_refuted
from zigzag_imc.solver.pareto import pareto_front
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions

LAYER = product(rows=2, out_channels=2, in_channels=2)
TOO_SMALL = tiny_accelerator(shared=buffer("I1 I2 O", 20))
"""One element of every operand takes 24 bits."""


def refuted(fitting: Fitting) -> bool:
    return is_refuted(fitting.model())


@pytest.mark.parametrize(("slices", "columns"), [(1, 1), (2, 1), (2, 2), (4, 3), (3, 4)])
def test_a_weight_needs_as_many_columns_as_it_has_slices(slices: int, columns: int) -> None:
    assert refuted(Fitting(slices=slices, columns=columns)) == (slices > columns)


@pytest.mark.parametrize(("width", "bits"), [(3, 2), (4, 2), (4, 3), (8, 3), (3, 8)])
def test_ports_move_whole_bits_of_weights(width: int, bits: int) -> None:
    fitting = Fitting(weight_bits=bits, cell_bits=8, widths=(8, width))
    assert refuted(fitting) == (math.gcd(width * bits, 8) < 8)


@pytest.mark.parametrize("size_bits", [0, 23, 24, 2**62])
def test_a_memory_holds_the_least_of_all_operands(size_bits: int) -> None:
    held: tuple[dict[str, int], ...] = ({}, {"W": 8, "I": 8, "O": 8})
    assert refuted(Fitting(held_bits=held, size_bits=(0, size_bits))) == (size_bits < 24)


def test_the_last_word_is_that_of_the_smallest_tiles() -> None:
    found = solve(LAYER, TOO_SMALL, IMC, "energy")
    assert (found.status, found.bound) == ("INFEASIBLE", None)
    assert found.reason is not None
    assert found.reason.startswith("even the smallest tiles do not fit: memory shared overflows")
    assert found.last_word is not None
    whole = found.spatial_mappings, found.mapspace_size
    assert (found.last_word.left_spatial_mappings, found.last_word.left_mappings) == whole
    assert (found.last_word.by_tiles, found.last_word.models) == (0, 1)


def test_the_last_word_is_that_of_the_bits() -> None:
    wide = LAYER.replace(precision=Precision(W=136))
    for found in (
        solve(wide, load_accelerator("dimc"), IMC, "energy"),
        pareto_front(wide, load_accelerator("dimc"), IMC),
    ):
        assert found.last_word is not None
        assert (found.last_word.left_mappings, found.last_word.models) == (0, 1)


def test_without_counts_there_is_no_last_word() -> None:
    found = solve(LAYER, TOO_SMALL, IMC, "energy", SearchOptions(counted=False))
    assert (found.status, found.last_word) == ("INFEASIBLE", None)


def no_capacities(patch: pytest.MonkeyPatch) -> None:
    """Memories hold whatever there is."""
    patch.setattr(Fitting, "_add_capacities", lambda self, model: None)


def no_columns(patch: pytest.MonkeyPatch) -> None:
    """A weight takes no columns."""
    patch.setattr(Fitting, "_add_columns", lambda self, model: None)


@pytest.mark.parametrize(
    ("fault", "layer", "accelerator"),
    [
        (no_capacities, LAYER, TOO_SMALL),
        (no_columns, LAYER.replace(precision=Precision(W=136)), load_accelerator("dimc")),
    ],
)
def test_nothing_is_infeasible_without_its_constraint(
    fault: Callable[[pytest.MonkeyPatch], None],
    layer: Layer,
    accelerator: Accelerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """CP-SAT has the last word: what it does not refute is an error, not a claim."""
    fault(monkeypatch)
    with pytest.raises(RuntimeError, match="CP-SAT finds room where there is none"):
        solve(layer, accelerator, IMC, "energy")

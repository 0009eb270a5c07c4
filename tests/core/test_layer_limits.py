"""Numbers of layers that are too large to count exactly are refused in one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from zigzag_imc import Layer, conv_layer, load_accelerator, map_layer, map_network, matmul_layer
from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.layer import MOST_MACS, Window
from zigzag_imc.core.space import DIVISORS

Build = Callable[..., Layer]


def _conv(**changed: Any) -> Layer:
    sizes = {"out_channels": 2, "in_channels": 2, "output_size": 2, "filter_size": 2}
    return conv_layer("c", **(sizes | changed))


def _matmul(**changed: Any) -> Layer:
    return matmul_layer("m", **({"rows": 2, "out_channels": 2, "in_channels": 2} | changed))


def _refused(build: Build, **changed: Any) -> str:
    with pytest.raises(WorkloadError) as caught:
        build(**changed)
    said = str(caught.value)
    assert "\n" not in said
    return said


@pytest.mark.parametrize("size", [2**60, 2**200, 10**400, -(2**200)])
@pytest.mark.parametrize(
    ("build", "name"),
    [(_matmul, name) for name in ("rows", "out_channels", "in_channels", "batch", "heads")]
    + [
        (_conv, name)
        for name in (
            *("out_channels", "in_channels", "output_size", "filter_size", "batch", "groups"),
            *("stride", "dilation", "input_size"),
        )
    ],
)
def test_every_number_has_a_limit(build: Build, name: str, size: int) -> None:
    """Each is named, with what would be valid."""
    said = _refused(build, **{name: size})
    assert f"{name}: found " in said
    assert "expected a whole number" in said


def test_the_product_has_the_same() -> None:
    """2^53 multiply-accumulates are a layer, more are none, however many loops there are."""
    half = MOST_MACS // 4
    assert _matmul(rows=half).macs == MOST_MACS
    assert _refused(_matmul, rows=half + 1).startswith(
        "layer 'm': found at least 2^53 multiply-accumulates, the product of its loop sizes, "
        "expected at most 9007199254740992 (2^53)"
    )
    names = [f"D{place}" for place in range(40)]
    many = tuple((name, MOST_MACS) for name in names)
    with pytest.raises(WorkloadError, match="found at least 2\\^2120 multiply"):
        Layer("many", "MatMul", many, frozenset(names), frozenset(names), frozenset(names))


def test_windows_that_reach_too_far_are_refused() -> None:
    """Where nobody says how wide the input is, it is as wide as the windows reach."""
    said = _refused(_conv, stride=MOST_MACS)
    assert said == (
        f"layer 'c': its windows reach over {MOST_MACS + 2} inputs, expected at most {MOST_MACS}"
    )
    assert _conv(stride=MOST_MACS, input_size=9).windows[0].size == 9
    with pytest.raises(WorkloadError, match="window: size: found 9007199254740993"):
        Window("OX", "FX", 1, 1, MOST_MACS + 1)


def test_counts_are_exact_up_to_the_limit() -> None:
    """The largest matrix that a memory of 10^15 bits holds, and as many cycles as it should take.

    One column of weights per output: every activation of the preset takes 8 cycles.
    """
    dimc = load_accelerator("dimc")
    top = dimc.memories[-1]
    large = dimc.replace(memories=(*dimc.memories[:-1], replace(top, size_bits=10**15)))
    rows = 2**45
    result = map_layer(
        matmul_layer("m", rows=rows, out_channels=1, in_channels=1), large, space=DIVISORS
    )
    assert result.status == "OPTIMAL"
    assert result.breakdown is not None
    assert result.breakdown.latency.compute_cycles == rows * 8


@pytest.mark.parametrize("size", [2**60, 2**200])
@pytest.mark.parametrize("place", range(7))
def test_workload_files_say_where(tmp_path: Path, place: int, size: int) -> None:
    """File, layer, and what would be valid, in one line."""
    sizes = [1, 2, 2, 2, 2, 2, 2]
    sizes[place] = size
    entry = {
        "id": 0,
        "operator_type": "Conv",
        "equation": "O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]",
        "dimension_relations": ["ix=1*ox+1*fx", "iy=1*oy+1*fy"],
        "loop_dims": ["B", "K", "C", "OY", "OX", "FY", "FX"],
        "loop_sizes": sizes,
        "operand_precision": {"W": 8, "I": 8, "O": 16, "O_final": 8},
        "operand_source": {"I": 0, "W": 0},
    }
    path = tmp_path / "w.yaml"
    path.write_text(yaml.safe_dump([entry]))
    with pytest.raises(WorkloadError) as caught:
        map_network(path, "dimc")
    said = str(caught.value)
    assert said.startswith(f"{path}: ")
    assert said.count("layer 'Layer0'") <= 1
    assert "\n" not in said
    assert str(size)[:12] in said
    assert "expected" in said

"""Mappings that leave and come back are the same, and cost the same.

Whatever the layer and the accelerator.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accelerators import VARIANTS, variant
from tests.layers import LAYERS, layer_for
from tests.mappings import random_mappings
from tests.small_results import read_back, same_mappings_and_costs, scored
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import ResultError
from zigzag_imc.core.layer import Layer
from zigzag_imc.exchange.loopnest import loopnest_text
from zigzag_imc.exchange.loopnest_tokens import WrongLineError, parse_loop
from zigzag_imc.exchange.zigzag_folder import write_zigzag_folder
from zigzag_imc.models.profile import PROFILES
from zigzag_imc.results.result import NetworkResult

ODD_NAMES = (
    "/features/0/Conv",
    'with "quotes"',
    "# none",
    "a, b: c",
    "Größe\n2",
    "no mapping",
    "loopnest 1",
    "x" * 300,
)


def _drawn(seed: int) -> tuple[list[Layer], Accelerator, NetworkResult]:
    """Some layers with odd names on one accelerator, randomly mapped."""
    rng = random.Random(seed)
    name = rng.choice(sorted(VARIANTS))
    accelerator, profile = variant(name), PROFILES[rng.choice(sorted(PROFILES))]
    layers, mappings = [], []
    for number, odd in enumerate(rng.sample(ODD_NAMES, 3)):
        layer = layer_for(name, rng.choice(sorted(LAYERS)))
        # Sizes differ, so that no two of them are identical layers.
        sizes = tuple((dim, size + number if dim == "K" else size) for dim, size in layer.loop_dims)
        layer = layer.replace(name=odd, loop_dims=sizes)
        mapping = next(random_mappings(rng, layer, accelerator, profile), None)
        if mapping is not None:
            layers.append(layer)
            mappings.append(mapping)
    return (
        layers,
        accelerator,
        scored(list(zip(layers, mappings, strict=True)), accelerator, profile),
    )


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_loop_nests_come_back(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    layers, accelerator, result = _drawn(seed)
    path = tmp_path_factory.mktemp("nest") / "nest.txt"
    path.write_text(loopnest_text(result), encoding="utf-8")
    if layers:
        assert same_mappings_and_costs(read_back(path, result, layers, accelerator), result)


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_complete_json_comes_back(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    layers, accelerator, result = _drawn(seed)
    folder = tmp_path_factory.mktemp("zigzag")
    files = write_zigzag_folder(result, folder / "out")
    assert len(files) == 3 + len(layers)
    if layers:
        assert same_mappings_and_costs(
            read_back(folder / "out", result, layers, accelerator), result
        )


def test_indentation_and_comments_mean_nothing(tmp_path: Path) -> None:
    layers, accelerator, result = _drawn(1)
    text = loopnest_text(result)
    bare = "\n".join(line.split("  #")[0].strip() for line in text.splitlines())
    assert bare != text
    path = tmp_path / "bare.txt"
    path.write_text(bare, encoding="utf-8")
    assert same_mappings_and_costs(read_back(path, result, layers, accelerator), result)


def test_a_mapping_for_another_accelerator_is_refused(tmp_path: Path) -> None:
    layers, _, result = _drawn(1)
    path = tmp_path / "nest.txt"
    path.write_text(loopnest_text(result), encoding="utf-8")
    other = next(variant(name) for name in ("short", "deep") if name != result.accelerator.name)
    with pytest.raises(ResultError, match=r"nest\.txt: (line \d+: |layer )"):
        read_back(path, result, layers, other)


def test_a_factor_of_thousands_of_digits_is_refused() -> None:
    tokens = ["for", "OX", "in", "[", "0", ",", "9" * 5000, ")"]
    with pytest.raises(WrongLineError, match="expected a whole number, at least 1"):
        parse_loop(tokens, 8, "for DIM in [0, FACTOR)")

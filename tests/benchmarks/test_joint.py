"""The script that compares the joint model with the usual search."""

from __future__ import annotations

import pytest

from benchmarks import joint


def test_a_row_says_what_both_searches_found(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--networks", "ds_cnn", "--accelerators", "dimc", "--objectives", "energy"]
    joint.main(asked)
    *_, last = capsys.readouterr().out.splitlines()
    cells = [cell.strip() for cell in last.strip("|").split("|")]
    assert cells[:6] == ["ds_cnn", "dimc", "energy", "4", "4", "4"]
    assert all(float(seconds) > 0 for seconds in cells[6:])


def test_layers_are_told_apart_by_more_than_their_names() -> None:
    layers = joint.distinct_layers("resnet18")
    assert len(layers) == len({(layer.loop_dims, layer.windows) for layer in layers}) == 12

"""What the joint model leaves open, the usual search is asked: seen and counted with the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from zigzag_imc import map_network, matmul_layer
from zigzag_imc.checking import prove, questions
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.runs.local import run_jobs
from zigzag_imc.runs.run import Progress

HOURS_S = 7200.0


def test_both_searches_are_shown_and_their_seconds_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no time for the joint model, of a mapspace that is too large to go through."""
    layer = matmul_layer("product", rows=64, out_channels=64, in_channels=256)
    result = map_network(Network("n", (layer,)), "dimc", objective="latency", jobs=1)
    for name in ("JOINT_SECONDS", "JOINT_SECONDS_WITH_DIAGONALS"):
        monkeypatch.setattr(questions, name, 1e-6)

    def slow(*asked: Any) -> Any:
        outcomes, stopped = run_jobs(*asked)
        return [replace(each, seconds=each.seconds + HOURS_S) for each in outcomes], stopped

    monkeypatch.setattr(prove, "run_jobs", slow)
    news: list[Progress] = []
    (proof,) = prove.prove_result(result, jobs=1, progress=news.append).proofs
    assert (proof.method, proof.outcome) == ("solver", "proved")
    assert 2 * HOURS_S < proof.seconds < 3 * HOURS_S
    assert [(each.layer, each.done, each.total) for each in news] == [
        ("product", 0, 1),
        ("product", 1, 1),
        ("product", 1, 2),
        ("product", 2, 2),
    ]

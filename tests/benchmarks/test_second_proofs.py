"""The script that asks the joint model for anything below the optima of networks."""

from __future__ import annotations

import pytest

from benchmarks import second_proofs


def test_a_row_says_how_many_claims_are_proved(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--networks", "ds_cnn", "--accelerators", "dimc", "--objectives", "energy"]
    second_proofs.main(asked)
    *_, last = capsys.readouterr().out.splitlines()
    cells = [cell.strip() for cell in last.strip("|").split("|")]
    assert cells[:3] == ["ds_cnn", "dimc", "energy"]
    assert cells[-1] == "4 of 4"
    assert all(float(seconds) > 0 for seconds in cells[3:6])

"""A user's script knows all its types."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(find_spec("basedpyright") is None, reason="basedpyright is not installed")
@pytest.mark.parametrize("script", ["tests/user_script.py", None])
def test_pyright_knows_every_type_of_a_users_script(script: str | None, tmp_path: Path) -> None:
    """In its strict mode; what is unknown or not there would be an error, as in the second."""
    path = tmp_path / "wrong.py"
    path.write_text('import zigzag_imc\n\nzigzag_imc.load_result("r.json").totals.energy = 1.0\n')
    config = tmp_path / "pyrightconfig.json"
    checked = ROOT / script if script else path
    settings = {
        "typeCheckingMode": "strict",
        "include": [str(checked)],
        "extraPaths": [str(ROOT)],
        "pythonVersion": "3.11",
    }
    config.write_text(json.dumps(settings), encoding="utf-8")
    command = ["--project", str(config), "--pythonpath", sys.executable, "--outputjson"]
    done = subprocess.run(
        [sys.executable, "-m", "basedpyright", *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == 1
    errors = [f"{one['range']['start']}: {one['message']}" for one in report["generalDiagnostics"]]
    if script:
        assert not errors
    else:
        assert any('"energy"' in error for error in errors)

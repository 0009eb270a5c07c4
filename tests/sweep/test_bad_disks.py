"""Caches that cannot be written, full disks, two sweeps at once: one line, and nothing lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars
import pytest

from tests.sweep.studies import COLUMNS, ROWS, write_study
from zigzag_imc.core.errors import OptionError
from zigzag_imc.sweep.store import Store
from zigzag_imc.sweep.sweeping import sweep_study

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
AS_OTHERS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Runs a command of root's that has to ask for permissions as others have to."""

GROWN = {"accelerator": "mine.yaml", "ranges": {ROWS: [8, 16, 32], COLUMNS: [2, 4]}}


def _asks_for_permissions() -> bool:
    """Whether commands can be run that may not write everywhere."""
    if not IS_ROOT:
        return True
    if shutil.which(AS_OTHERS[0]) is None:
        return False
    return subprocess.run([*AS_OTHERS, "true"], check=False).returncode == 0


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "zigzag_imc", *map(str, arguments)]


def rows(folder: Path) -> polars.DataFrame:
    return polars.read_parquet(folder / "layers.parquet").drop("solve_s")


@pytest.mark.skipif(not _asks_for_permissions(), reason="root may write everywhere here")
def test_a_read_only_cache_is_said_in_one_line(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    sweep_study(study, tmp_path / "out", jobs=1)
    before = (tmp_path / "points.sqlite").read_bytes()
    write_study(tmp_path, accelerators=GROWN)
    out = tmp_path / "elsewhere"
    (tmp_path / "points.sqlite").chmod(0o444)
    kept = tmp_path / "kept"
    kept.mkdir()
    shutil.move(tmp_path / "points.sqlite", kept)
    kept.chmod(0o555)
    asked = command("sweep", study, "-o", out, "--cache", kept / "points.sqlite", "--jobs", 1, "-q")
    ran = subprocess.run(
        [*(AS_OTHERS if IS_ROOT else ()), *asked], capture_output=True, text=True, check=False
    )
    kept.chmod(0o755)
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: --cache: ")
    assert "expected a file that can be written" in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert (kept / "points.sqlite").read_bytes() == before
    again = sweep_study(study, out, jobs=1, cache=kept / "points.sqlite")
    assert (again.counts.solved, again.counts.known) == (4, 8)


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """Let the system refuse to make files of this process larger, as a full disk does."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_said_in_one_line(tmp_path: Path) -> None:
    """What there was is still there, and the sweep goes on from it."""
    study = write_study(tmp_path)
    sweep_study(study, tmp_path / "out", jobs=1)
    write_study(tmp_path, accelerators=GROWN)
    full = (tmp_path / "points.sqlite").stat().st_size
    with (
        no_file_above(full // 2),
        pytest.raises(OptionError, match=r"^cache: .*what was solved before is kept") as told,
    ):
        sweep_study(study, tmp_path / "more", jobs=1)
    assert "\n" not in str(told.value)
    assert not (tmp_path / "more" / "layers.parquet").exists()
    with Store(tmp_path / "points.sqlite") as store:
        assert len(store) == 8
    again = sweep_study(study, tmp_path / "more", jobs=1)
    assert (again.counts.solved, again.counts.known) == (4, 8)


def test_tables_that_cannot_be_written_leave_the_old_ones(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    sweep_study(study, tmp_path / "out", jobs=1)
    before = rows(tmp_path / "out")
    (tmp_path / "out" / "layers.csv.part").mkdir()
    with pytest.raises(OptionError, match=r"tables cannot be written: .*kept in the cache"):
        sweep_study(study, tmp_path / "out", jobs=1)
    assert rows(tmp_path / "out").equals(before)


def test_two_sweeps_share_a_cache_at_once(tmp_path: Path) -> None:
    """Both find all that an undisturbed one finds."""
    study = write_study(tmp_path)
    cache = tmp_path / "shared.sqlite"
    asked = command("sweep", study, "-o", tmp_path / "other", "--cache", cache, "--jobs", 1, "-q")
    with (
        Store(cache),  # both find it open
        subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as other,
    ):
        mine = sweep_study(study, tmp_path / "mine", jobs=1, cache=cache)
        _, stderr = other.communicate()
    assert (other.returncode, stderr) == (0, b"")
    assert mine.counts.done == mine.counts.total == 8
    with Store(cache) as store:
        assert len(store) == 8
    sweep_study(study, tmp_path / "alone", jobs=1, cache=tmp_path / "alone.sqlite")
    assert rows(tmp_path / "mine").equals(rows(tmp_path / "alone"))
    assert rows(tmp_path / "other").equals(rows(tmp_path / "alone"))

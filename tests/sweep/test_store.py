"""The cache keeps what it was given, whole, whoever else writes and whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zigzag_imc.core.errors import OptionError
from zigzag_imc.sweep.record import PointRecord
from zigzag_imc.sweep.store import Store

ONE, OTHER = b"1" * 32, b"2" * 32


def record(value: float) -> str:
    return PointRecord("OPTIMAL", objective_value=value).text()


def test_answers_are_found_again(tmp_path: Path) -> None:
    with Store(tmp_path / "points.sqlite") as store:
        store.keep([(ONE, record(1.5))])
        assert store.known([ONE, OTHER]) == {ONE: PointRecord("OPTIMAL", objective_value=1.5)}
    with Store(tmp_path / "points.sqlite") as store:
        assert len(store) == 1
        store.keep([(ONE, record(2.5)), (OTHER, record(1.0))])
        assert store.known([ONE])[ONE].objective_value == 2.5


def test_thousands_of_keys_are_asked_for_in_parts(tmp_path: Path) -> None:
    keys = [number.to_bytes(32, "big") for number in range(1200)]
    with Store(tmp_path / "points.sqlite") as store:
        store.keep([(key, record(1.0)) for key in keys])
        assert store.known(keys).keys() == set(keys)


def test_two_write_at_once(tmp_path: Path) -> None:
    with Store(tmp_path / "points.sqlite") as one, Store(tmp_path / "points.sqlite") as other:
        for number in range(50):
            one.keep([(bytes([number]) * 32, record(number))])
            other.keep([(bytes([number + 100]) * 32, record(number))])
        assert len(one) == len(other) == 100


def test_a_full_disk_loses_nothing_of_before(tmp_path: Path) -> None:
    with Store(tmp_path / "points.sqlite") as store:
        store.keep([(ONE, record(1.0))])
        (pages,) = store._base.execute("pragma page_count").fetchone()
        store._base.execute(f"pragma max_page_count = {pages}")
        with pytest.raises(OptionError, match=r"^cache: .*full; what was solved before is kept"):
            store.keep([(bytes([number]) * 32, record(number)) for number in range(200)])
        assert len(store) == 1
        store._base.execute("pragma max_page_count = 100000")
        store.keep([(OTHER, record(1.0))])
        assert len(store) == 2


def test_a_folder_is_no_cache(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"^cache: "):
        Store(tmp_path)


_WRITER = """
import sys
from zigzag_imc.sweep.record import PointRecord
from zigzag_imc.sweep.store import Store

text = PointRecord("OPTIMAL", objective_value=1.0).text()
with Store(sys.argv[1]) as store:
    for number in range(10**9):
        store.keep([(bytes([place]) + number.to_bytes(31, "big"), text) for place in range(8)])
        print(number, flush=True)
"""


def test_what_is_written_is_there_after_a_kill(tmp_path: Path) -> None:
    """All batches of which the writer could tell, none of them in part."""
    path = tmp_path / "points.sqlite"
    for seconds in (0.05, 0.2, 0.4):
        path.unlink(missing_ok=True)
        command = [sys.executable, "-c", _WRITER, str(path)]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(seconds)
        os.kill(writer.pid, signal.SIGKILL)
        told = len(writer.communicate()[0].splitlines()) + 1
        with Store(path) as store:
            assert len(store) % 8 == 0
            assert len(store) >= 8 * told

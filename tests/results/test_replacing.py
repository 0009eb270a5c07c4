"""Files that are written: what stays of an old one, and what is found out beforehand."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from zigzag_imc.core.errors import OptionError
from zigzag_imc.results import replacing
from zigzag_imc.results.replacing import check_writable, write_bytes

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def test_a_new_file_is_as_the_system_makes_files(tmp_path: Path) -> None:
    (tmp_path / "made").touch()
    write_bytes(b"new", tmp_path / "new")
    assert (tmp_path / "new").read_bytes() == b"new"
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "made").stat().st_mode
    assert sorted(os.listdir(tmp_path)) == ["made", "new"]


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o640])
def test_the_mode_stays_and_the_file_is_another(tmp_path: Path, mode: int) -> None:
    """A reader that has the old file open reads it to its end."""
    target = tmp_path / "r.json"
    target.write_bytes(b"old")
    target.chmod(mode)
    with target.open("rb") as before:
        write_bytes(b"new, and longer", target)
        assert before.read() == b"old"
    assert target.read_bytes() == b"new, and longer"
    assert target.stat().st_mode & 0o777 == mode


@pytest.mark.parametrize("there", [True, False])
def test_links_are_followed_and_stay(tmp_path: Path, there: bool) -> None:
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder" / "real.json"
    if there:
        target.write_bytes(b"old")
    (tmp_path / "one").symlink_to("folder/real.json")
    (tmp_path / "two").symlink_to("one")
    check_writable(tmp_path / "two")
    assert target.exists() == there
    write_bytes(b"new", tmp_path / "two")
    assert (tmp_path / "two").is_symlink()
    assert (tmp_path / "one").is_symlink()
    assert target.read_bytes() == b"new"


def test_other_names_of_a_file_stay_names_of_it(tmp_path: Path) -> None:
    target, other = tmp_path / "r.json", tmp_path / "other.json"
    target.write_bytes(b"old and long")
    os.link(target, other)
    write_bytes(b"new", target)
    assert other.read_bytes() == b"new"
    assert target.samefile(other)


def test_a_file_that_is_held_fast_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that is mounted alone into a container."""
    target = tmp_path / "r.json"
    target.write_bytes(b"old and long")
    number = target.stat().st_ino

    def busy(self: Path, target: Path) -> Path:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(Path, "replace", busy)
    write_bytes(b"new", target)
    assert (target.read_bytes(), target.stat().st_ino) == (b"new", number)
    assert os.listdir(tmp_path) == ["r.json"]


@pytest.mark.skipif(IS_ROOT, reason="nothing is forbidden to root")
def test_a_folder_that_takes_no_new_files(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "r.json").write_bytes(b"old")
    folder.chmod(0o500)
    try:
        check_writable(folder / "r.json")
        write_bytes(b"new", folder / "r.json")
        assert (folder / "r.json").read_bytes() == b"new"
        with pytest.raises(OptionError, match=r"s\.json: cannot be written: permission denied"):
            check_writable(folder / "s.json")
    finally:
        folder.chmod(0o700)


def test_a_full_disk_costs_no_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "r.json"
    target.write_bytes(b"old")

    def full(file: object, old: object) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(replacing, "_made_alike", full)
    with pytest.raises(OptionError, match=r"r\.json: cannot be written: No space left on device"):
        write_bytes(b"new", target)
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["r.json"]


def test_what_is_tried_out_is_left_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "r.json"
    check_writable(target)
    assert os.listdir(tmp_path) == []
    target.write_bytes(b"old")
    before = target.stat()
    check_writable(target)
    after = target.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert os.listdir(tmp_path) == ["r.json"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "is a folder, expected the name of a file"),
        ("nowhere/r.json", "there is no folder"),
        ("file/r.json", "there is no folder"),
        ("x" * 300, "cannot be written: File name too long"),
        ("a\0b", "cannot be written: .*null"),
        ("round", "cannot be written: "),
        ("socket", "is a socket, expected the name of a file"),
    ],
)
def test_what_cannot_be_written_is_told_beforehand(
    tmp_path: Path, name: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "round").symlink_to("round")
    with socket.socket(socket.AF_UNIX) as heard:
        heard.bind("socket")
        with pytest.raises(OptionError, match=reason):
            check_writable(name)


def test_a_name_of_250_bytes(tmp_path: Path) -> None:
    check_writable(tmp_path / ("a" * 250))
    write_bytes(b"new", tmp_path / ("a" * 250))
    assert os.listdir(tmp_path) == ["a" * 250]


def test_a_pipe_is_written_when_it_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    check_writable(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_bytes(b"new", pipe)
    reader.join(10)
    assert read == [b"new"]
    assert pipe.is_fifo()

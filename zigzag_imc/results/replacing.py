"""Files replaced as a whole where that is safe, else written in place.

Safe means that nothing is lost but the old contents: not the mode, the owner or the attributes of
a file, not its other names, not a link to it.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.paths import path_text

_BLOCK = 4096
"""Bytes that are written to try whether a disk is full."""


def write_bytes(content: bytes, path: str | os.PathLike[str]) -> None:
    """Write a file, whole or not at all where it can be replaced safely.

    A link is followed, and stays one. A file that has another name, another owner or attributes of
    its own, or that is mounted, is written in place; so is a pipe or a device.

    Raises
    ------
    OptionError
        When the file cannot be written.
    """
    try:
        target = Path(os.path.realpath(path))
        if not _replaced(target, content):
            with target.open("wb") as file:
                file.write(content)
    except (OSError, ValueError) as error:
        raise _refusal(path, error) from None


def check_writable(path: str | os.PathLike[str]) -> None:
    """Try to write a file, and leave all as it was.

    Nobody wants to learn after a search that its result cannot be written.

    Raises
    ------
    OptionError
        When the file could not be written later.
    """
    shown = path_text(path)
    try:
        target = Path(os.path.realpath(path))
        kind = _kind(target)
        if kind == "folder":
            raise OptionError(f"{shown}: is a folder, expected the name of a file")
        if kind == "socket":
            raise OptionError(f"{shown}: is a socket, expected the name of a file")
        if not target.parent.is_dir():
            raise OptionError(f"{shown}: there is no folder {path_text(Path(path).parent)!r}")
        _try_out(target, kind)
    except (OSError, ValueError) as error:
        raise _refusal(path, error) from None


def _refusal(path: str | os.PathLike[str], error: OSError | ValueError) -> OptionError:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    if isinstance(error, PermissionError):
        reason = "permission denied"
    return OptionError(f"{path_text(path)}: cannot be written: {reason}")


def _kind(target: Path) -> str:
    """Return what there is: ``nothing``, a ``file``, a ``folder``, a ``socket``, or a ``stream``.

    Raises
    ------
    OSError
        When the name is none that a file could have.
    """
    try:
        mode = target.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "nothing"
    tests = {"file": stat.S_ISREG, "folder": stat.S_ISDIR, "socket": stat.S_ISSOCK}
    return next((name for name, is_it in tests.items() if is_it(mode)), "stream")


def _try_out(target: Path, kind: str) -> None:
    """Open what is there for writing, or make a file of that name and remove it.

    Raises
    ------
    OSError
        When that does not work.
    """
    if kind == "stream":  # opening a pipe would wait for its reader
        if not os.access(target, os.W_OK):
            raise PermissionError
        return
    if kind == "file":
        os.close(os.open(target, os.O_WRONLY))
        with suppress(PermissionError):  # then it is written in place
            _fill(_partial(target.parent))
        return
    _fill(target)


def _fill(path: Path) -> None:
    """Write a new file and remove it."""
    with path.open("xb") as file:
        try:
            file.write(b"\0" * _BLOCK)
            file.flush()
        finally:
            path.unlink(missing_ok=True)


def _partial(folder: Path) -> Path:
    """Return a name under which a file grows; short, whatever it will be called."""
    return folder / f".zigzag-imc-{secrets.token_hex(6)}.partial"


def _replaced(target: Path, content: bytes) -> bool:
    """Write a file and give it the name of the target; false where that would not be safe."""
    old = target.stat() if target.exists() else None
    if old is not None and not _is_plain(target, old):
        return False
    partial = _partial(target.parent)
    try:
        file = partial.open("xb")
    except OSError:
        if old is None:
            raise
        return False  # the folder takes no new files
    try:
        with file:
            if old is not None and not _made_alike(file, old):
                return False
            file.write(content)
        return _renamed(partial, target, is_new=old is None)
    finally:
        partial.unlink(missing_ok=True)


def _made_alike(file: BinaryIO, old: os.stat_result) -> bool:
    """Give a file the mode of an old one; false where their owners differ."""
    new = os.fstat(file.fileno())
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        return False
    Path(file.name).chmod(stat.S_IMODE(old.st_mode))
    return True


def _renamed(partial: Path, target: Path, *, is_new: bool) -> bool:
    """Give a file the name of the target; false where that one is held fast, such as by a mount."""
    try:
        partial.replace(target)
    except OSError:
        if is_new:
            raise
        return False
    return True


def _is_plain(target: Path, old: os.stat_result) -> bool:
    """Whether a file is no more than its contents and its mode."""
    if not stat.S_ISREG(old.st_mode) or old.st_nlink != 1:
        return False
    attributes = getattr(os, "listxattr", None)  # not on every system
    with suppress(OSError):
        return attributes is None or not attributes(target)
    return True

"""Solved problems kept in an SQLite file, by their keys.

Every batch of answers is one transaction in a write-ahead log: a process that is killed loses what
it had not written yet, and nothing of what it had. Several sweeps may use one file at once; an
answer that is there already is replaced by one that says as much or more.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.paths import path_text
from zigzag_imc.sweep.kept_record import KeptRecord, record_of_text
from zigzag_imc.sweep.record import PointRecord

FILE_NAME = "points.sqlite"
"""Name of the file where nobody says another."""

_WAIT_S = 60.0
"""Seconds that a sweep waits for another one to finish writing."""

_ASKED_AT_ONCE = 500
"""Keys of one query; SQLite takes 999 in any version."""

AnyRecord = PointRecord | KeptRecord
"""The record of a layer, or of a network whose layers were mapped together."""

_SCHEMA = """
create table if not exists points (key blob primary key, record text not null) without rowid
"""


class Store:
    """Solved problems by key.

    Parameters
    ----------
    path
        File of the database; it is made where there is none.

    Raises
    ------
    OptionError
        When it cannot be opened, or is no such file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        with self._explained():
            self._base = sqlite3.connect(self.path, timeout=_WAIT_S, isolation_level=None)
            self._base.execute("pragma journal_mode = wal")
            self._base.execute("pragma synchronous = normal")
            if not self._has_table:  # a full cache that is read-only can still be read
                self._base.execute(_SCHEMA)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; nothing waits to be written."""
        self._base.close()

    def known(self, keys: Sequence[bytes]) -> dict[bytes, AnyRecord]:
        """Return the answers that there are to some problems."""
        found: dict[bytes, AnyRecord] = {}
        with self._explained():
            for start in range(0, len(keys), _ASKED_AT_ONCE):
                asked = keys[start : start + _ASKED_AT_ONCE]
                marks = ",".join("?" * len(asked))
                rows = self._base.execute(
                    f"select key, record from points where key in ({marks})", asked
                )
                found.update((bytes(key), record_of_text(text)) for key, text in rows)
        return found

    def keep(self, answers: Iterable[tuple[bytes, str]]) -> None:
        """Write answers, all of them or none."""
        rows = list(answers)
        if not rows:
            return
        with self._explained():
            self._base.execute("begin immediate")
            try:
                self._base.executemany("insert or replace into points values (?, ?)", rows)
                self._base.execute("commit")
            except BaseException:
                if self._base.in_transaction:
                    self._base.execute("rollback")
                raise

    def __len__(self) -> int:
        with self._explained():
            (count,) = self._base.execute("select count(*) from points").fetchone()
        return int(count)

    @property
    def _has_table(self) -> bool:
        named = "select 1 from sqlite_master where type = 'table' and name = 'points'"
        return self._base.execute(named).fetchone() is not None

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say in one line what SQLite has to say."""
        try:
            yield
        except (sqlite3.Error, ValueError) as error:  # ValueError: a null character in the path
            raise OptionError(
                f"cache: {path_text(self.path)}: {error}; what was solved before is kept; "
                "expected a file that can be written, on a local disk"
            ) from None

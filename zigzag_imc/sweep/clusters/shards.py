"""Answers in files of their own, one a task, for machines that share nothing but a file system.

SQLite's log wants a local disk. Each job therefore appends to a file that no one else writes, a
line for an answer, and one process reads all of them and writes the store. What a job had written
when it was killed, or its parent was, is read as well; a last line that is cut off is left out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from zigzag_imc.core.budget import never
from zigzag_imc.sweep.store import Store
from zigzag_imc.sweep.task import Found, Task

SUFFIX = ".answers"


def solve_into(task: Task, path: Path) -> None:
    """Do a task, appending each answer when it is there; runs on a node of the cluster."""
    with path.open("a", encoding="ascii") as file:
        for one in task.split():
            for key, text in one.run(never):
                file.write(json.dumps([key.hex(), text]) + "\n")
                file.flush()
                os.fsync(file.fileno())


def answers_in(path: Path) -> Found:
    """Return the answers of a file, as far as their lines are whole; none where it is not there."""
    return tuple(_answers(path))


def _answers(path: Path) -> Iterator[tuple[bytes, str]]:
    try:
        lines = path.read_text(encoding="ascii").splitlines(keepends=True)
    except FileNotFoundError:
        return
    for line in lines:
        if line.endswith("\n"):
            key, text = json.loads(line)
            yield bytes.fromhex(key), text


def take_leftovers(folder: Path, store: Store) -> int:
    """Put the answers of all files of a folder into the store; return how many files there were."""
    files = sorted(folder.glob(f"*{SUFFIX}"))
    for path in files:
        store.keep(answers_in(path))
        path.unlink()
    return len(files)

"""Processes that a command has started."""

from __future__ import annotations

from pathlib import Path


def descendants(number: int | str) -> list[str]:
    """Return the children of a process, and theirs: workers are forked from a child.

    None where the system does not list them.
    """
    try:
        own = Path(f"/proc/{number}/task/{number}/children").read_text(encoding="utf-8").split()
    except OSError:
        return []
    return own + [later for child in own for later in descendants(child)]

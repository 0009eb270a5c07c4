"""When a page of figures was made, and of which state of the project."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]


def measured() -> str:
    """Return day and commit, such as ``on 26 November 2026, commit 5c2edcd``.

    Without a commit, where the project is no repository.
    """
    found = commit()
    return f"on {today()}" + (f", commit {found}" if found else "")


def today() -> str:
    """Return the day, such as ``26 November 2026``."""
    day = datetime.now(tz=UTC)
    return f"{day.day} {day:%B %Y}"


def commit() -> str:
    """Return the commit; empty where the project is no repository."""
    asked = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip()

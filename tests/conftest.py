"""Settings for all tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")  # figures are drawn without a screen

# Examples are as quick as the machine is free; in continuous integration they are the same every
# time.
settings.register_profile("anywhere", deadline=None)
settings.register_profile("ci", parent=settings.get_profile("anywhere"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "anywhere")


@pytest.fixture(scope="session", autouse=True)
def _one_core_unless_asked() -> Iterator[None]:
    """Search in this process where a test does not ask for several jobs.

    Else every search of a small network would start workers, each of which imports the solver. The
    tool in a process of its own still takes all cores.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "sched_getaffinity", lambda process: {0}, raising=False)
        patch.setattr(os, "cpu_count", lambda: 1)
        yield


@pytest.fixture(autouse=True)
def _nothing_is_shared_between_tests() -> Iterator[None]:
    """Forget what presolve keeps for the next accelerator: tests plant faults into it."""
    yield
    sharing = sys.modules.get("zigzag_imc.solver.presolve.spatial.sharing")
    if sharing is not None:
        sharing.SHARING.forget()

"""How worker processes start.

In a user's process each starts afresh (``spawn``), which needs nothing of that process and leaves
nothing in it. In a process of our own, one more process imports the solver once, as early as it
may, and every worker is forked from it (``forkserver``): workers start in milliseconds, and
importing goes on beside reading the network.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from multiprocessing.resource_tracker import ensure_running
from types import ModuleType

from zigzag_imc.runs.loading import ONE_THREAD, is_own_process

_SPAWN = get_context("spawn")

_SAME_SETS = {"PYTHONHASHSEED": "0"}
"""Sets have the same order every time."""


def context() -> SpawnContext | ForkServerContext:
    """Return what starts the workers of this process."""
    if not is_own_process() or "forkserver" not in get_all_start_methods():
        return _SPAWN
    server = get_context("forkserver")
    server.set_forkserver_preload(["zigzag_imc.runs.preloading"])
    return server


def expect_workers() -> None:
    """Let the solver be imported beside this process, which will want workers soon.

    Does nothing where every worker imports it for itself, or the system gives no process: that is
    for those who ask for a worker to tell.
    """
    if not isinstance(context(), ForkServerContext):
        return
    from multiprocessing import forkserver

    try:
        with _surroundings():
            forkserver.ensure_running()
    except OSError:
        return


def start(process: BaseProcess) -> None:
    """Start a worker.

    Raises
    ------
    OSError
        When the system gives no process.
    """
    try:
        with _without_main(), _surroundings():
            process.start()
    except EOFError:  # what forks them is gone
        raise OSError("the process that starts them has ended (out of memory?)") from None


@contextmanager
def _surroundings() -> Iterator[None]:
    """Start processes that do not hear Ctrl-C and whose environment makes them all alike."""
    # Numpy's threads would not outlive a fork, and workers use all cores by themselves.
    with _ctrl_c_blocked(), _environment(_SAME_SETS | ONE_THREAD):
        yield


@contextmanager
def _without_main() -> Iterator[None]:
    """Hide the caller's script from a process that starts.

    It would run it again in there.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """Start processes with Ctrl-C blocked: they never hear it, not even while Python starts."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # The first start would start multiprocessing's tracker, too, which unblocks Ctrl-C when it has.
    ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _environment(wanted: dict[str, str]) -> Iterator[None]:
    """Start processes with variables of the environment, where the user has not set them."""
    added = {name: text for name, text in wanted.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]

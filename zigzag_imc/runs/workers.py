"""Worker processes for the searches of a run.

Workers are fresh processes that import only the solver, never the caller's script, which therefore
needs no ``if __name__ == "__main__"``. They do not hear Ctrl-C: the parent answers it by raising a
flag that all searches ask for, and collects what they have found so far.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ctypes import c_bool
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from types import ModuleType

from zigzag_imc.core.errors import ZigzagImcError
from zigzag_imc.runs.job import Job, Outcome, not_run, prepare, run_job
from zigzag_imc.runs.run import Flag, Run

_CONTEXT = get_context("spawn")


class WorkerError(RuntimeError):
    """A worker met a fault of the program; carries its traceback as text."""


def shared_flag() -> Flag:
    """Return a flag that all workers can read.

    Without a lock, which a worker that is killed could keep.
    """
    flag: Flag = _CONTEXT.RawValue(c_bool, False)
    return flag


class _Worker:
    """A process and the job it is busy with."""

    def __init__(self, flag: Flag) -> None:
        self.connection, theirs = _CONTEXT.Pipe()
        self.index: int | None = None
        self.ready = False
        self.process = _CONTEXT.Process(target=work, args=(theirs, flag, os.getpid()), daemon=True)
        with _without_main(), _ctrl_c_blocked(), _fixed_hashes():
            self.process.start()
        theirs.close()

    def give(self, index: int, job: Job) -> None:
        """Hand over a job; that the worker is gone shows when its answer is awaited."""
        self.index = index
        with suppress(OSError):
            self.connection.send(job)

    def end(self) -> None:
        """End the process at once."""
        self.process.terminate()
        self.process.join(1.0)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.connection.close()


def run_in_processes(run: Run) -> None:
    """Do the jobs of a run in its number of worker processes."""
    workers = [_Worker(run.flag) for _ in range(run.workers)]
    try:
        while not run.gave_up and (run.open or any(worker.index is not None for worker in workers)):
            if run.stopped and all(worker.index is None for worker in workers):
                break
            listening = [
                worker for worker in workers if worker.index is not None or not worker.ready
            ]
            news = wait([worker.connection for worker in listening], run.patience_s())
            run.check_deadline()
            for worker in [worker for worker in listening if worker.connection in news]:
                if not _hear(worker, run):
                    worker.end()
                    workers.remove(worker)
                    if run.open and not run.stopped:
                        workers.append(_Worker(run.flag))
                elif run.open and not run.stopped:
                    worker.give(*run.take())
    finally:
        for worker in workers:
            worker.end()


def _hear(worker: _Worker, run: Run) -> bool:
    """Take a worker's message; false when the worker is gone.

    Raises
    ------
    ZigzagImcError
        What the job raised for the user to read.
    WorkerError
        Any other exception in the worker.
    """
    try:
        message = worker.connection.recv()
    except (EOFError, OSError):
        if worker.index is None:
            raise WorkerError("a worker process could not start") from None
        run.finish(
            worker.index,
            not_run(run.jobs[worker.index], "its worker process was killed (out of memory?)"),
        )
        return False
    if isinstance(message, Exception):
        raise message from None
    if isinstance(message, Outcome) and worker.index is not None:
        run.finish(worker.index, message)
        worker.index = None
    worker.ready = True
    return True


def work(connection: Connection, flag: Flag, parent: int) -> None:
    """Do jobs from the connection until it closes; runs in the worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def should_stop() -> bool:
        return (
            bool(flag.value) or os.getppid() != parent
        )  # a parent that was killed wants no results

    try:
        prepare()
        connection.send(None)
        while True:
            job: Job = connection.recv()
            connection.send(run_job(job, should_stop))
    except (EOFError, BrokenPipeError):
        return
    except ZigzagImcError as error:
        connection.send(error)
    except Exception:
        connection.send(WorkerError(traceback.format_exc()))


@contextmanager
def _without_main() -> Iterator[None]:
    """Hide the caller's script from a process that starts.

    ``spawn`` would run it again in there.
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
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _fixed_hashes() -> Iterator[None]:
    """Start processes in which sets have the same order every time.

    Unless the user chose another.
    """
    if "PYTHONHASHSEED" in os.environ:
        yield
        return
    os.environ["PYTHONHASHSEED"] = "0"
    try:
        yield
    finally:
        del os.environ["PYTHONHASHSEED"]

"""Worker processes for the searches of a run.

Workers are processes that import only the solver, never the caller's script, which therefore
needs no ``if __name__ == "__main__"``. They do not hear Ctrl-C: the parent answers it by raising a
flag that all searches ask for, and collects what they have found so far.
"""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from ctypes import c_bool
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

from zigzag_imc.core.errors import OptionError, ZigzagImcError
from zigzag_imc.runs.job import prepare
from zigzag_imc.runs.loading import own_process
from zigzag_imc.runs.run import Flag
from zigzag_imc.runs.starting import context, start

_NONE_STARTS = "jobs: no worker process starts; with one job none is needed"

_MOST_LOST = 3
"""Workers that may end while they start until no more are started."""


class WorkersError(OptionError):
    """The system gives no process to search in."""


class WorkerError(RuntimeError):
    """A worker met a fault of the program; carries its traceback as text."""


class Assignment(Protocol):
    """What a worker can do: a job, or several together."""

    def run(self, should_stop: Callable[[], bool]) -> Any:
        """Do it; what is returned goes back to whoever assigned it."""


class Assigner(Protocol):
    """What gives workers something to do, and takes what they find.

    See `zigzag_imc.runs.run.Run`.

    Attributes
    ----------
    workers
        How many work side by side.
    flag
        Raised when they are to come back.
    """

    workers: int
    flag: Flag

    @property
    def is_open(self) -> bool:
        """Whether anything is left to be given away."""

    @property
    def is_stopped(self) -> bool:
        """Whether nothing more is given away."""

    @property
    def gave_up(self) -> bool:
        """Whether whoever has not come back by now is left behind."""

    def take(self) -> tuple[int, Assignment]:
        """Give away the next assignment, with its number."""

    def finish(self, index: int, found: Any) -> None:
        """Take what an assignment found."""

    def lose(self, index: int) -> None:
        """Hear that the worker with an assignment is gone."""

    def check_deadline(self) -> None:
        """Stop when the time is over."""

    def patience_s(self) -> float:
        """Seconds to wait for news before looking at the clock again."""


def shared_flag() -> Flag:
    """Return a flag that all workers can read.

    Without a lock, which a worker that is killed could keep.
    """
    flag: Flag = context().RawValue(c_bool, False)
    return flag


class _Worker:
    """A process and the job it is busy with."""

    def __init__(self, flag: Flag) -> None:
        self.connection, theirs = context().Pipe()
        self.index: int | None = None
        self.is_new = True
        self.process = context().Process(target=work, args=(theirs, flag), daemon=True)
        try:
            start(self.process)
        except BaseException:
            self.connection.close()
            raise
        finally:
            theirs.close()

    @property
    def is_free(self) -> bool:
        """Whether it waits for something to do."""
        return self.index is None and not self.is_new

    def give(self, index: int, job: Assignment) -> None:
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


def run_in_processes(run: Assigner) -> None:
    """Do what a run has to give away in its number of worker processes.

    Raises
    ------
    WorkersError
        Where none can be started.
    """
    crew = _Crew(run)
    try:
        crew.start()
        while not run.gave_up and (run.is_open or crew.is_busy):
            if run.is_stopped and not crew.is_busy:
                break
            crew.listen()
    finally:
        crew.end()


class _Crew:
    """The workers of a run: as many as it asks for, or as the system gives."""

    def __init__(self, run: Assigner) -> None:
        self.run = run
        self.workers: list[_Worker] = []
        self.lost = 0

    @property
    def is_busy(self) -> bool:
        """Whether any of them has a job."""
        return any(worker.index is not None for worker in self.workers)

    def start(self) -> None:
        """Start workers until there are enough, or the run is stopped."""
        while len(self.workers) < self.run.workers and not self.run.is_stopped:
            try:
                self.workers.append(_Worker(self.run.flag))
            except OSError as error:  # no more processes, or no memory for one
                if not self.workers:
                    raise WorkersError(f"{_NONE_STARTS}: {error.strerror or error}") from None
                return

    def listen(self) -> None:
        """Wait a little for news, and hand out jobs to those that are free."""
        listening = [worker for worker in self.workers if worker.index is not None or worker.is_new]
        news = wait([worker.connection for worker in listening], self.run.patience_s())
        self.run.check_deadline()
        for worker in [worker for worker in listening if worker.connection in news]:
            if not _hear(worker, self.run):
                self._replace(worker)
        # Also those that were free before: what one finds may open work for another.
        for worker in self.workers:
            if worker.is_free and self.run.is_open and not self.run.is_stopped:
                worker.give(*self.run.take())

    def _replace(self, worker: _Worker) -> None:
        """Start a worker in the place of one that is gone; not forever, if all end at once."""
        self.workers.remove(worker)
        worker.end()
        self.lost += worker.is_new
        if not self.run.is_open or self.run.is_stopped:
            return
        if self.lost < _MOST_LOST:
            self.start()
        elif not self.workers:
            raise WorkersError(f"{_NONE_STARTS}: they end while they start (out of memory?)")

    def end(self) -> None:
        """End all of them at once."""
        for worker in self.workers:
            worker.end()


def _hear(worker: _Worker, run: Assigner) -> bool:
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
        if worker.index is not None:
            run.lose(worker.index)
        return False
    if isinstance(message, Exception):
        raise message from None
    if worker.index is not None:  # else it says that it is ready
        run.finish(worker.index, message)
        worker.index = None
    worker.is_new = False
    return True


def work(connection: Connection, flag: Flag) -> None:
    """Do jobs from the connection until it closes; runs in the worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def should_stop() -> bool:
        return bool(flag.value)

    own_process()
    try:
        prepare()
        connection.send(None)
        while True:
            job: Assignment = connection.recv()
            connection.send(job.run(should_stop))
    except (EOFError, BrokenPipeError):
        return
    except ZigzagImcError as error:
        connection.send(error)
    except Exception:
        connection.send(WorkerError(traceback.format_exc()))


def _end_with_parent() -> None:
    """End this process as soon as its parent has: one that was killed wants no results."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
